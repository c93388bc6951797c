"""A lesson taught in a real browser: markers, slides and the profile, by mouse and by key."""

import socket
from typing import NamedTuple

import pytest

from dashboard.app import create_dashboard
from server.schemas import OutlineEntry
from tests.dashboard.browsers import chromium, serving  # noqa: F401
from tests.dashboard.fake_server import TOKEN, FakeServer, connect

pytestmark = pytest.mark.browser

SLIDES = [
    OutlineEntry(position=at, kind="slide", title=title, begins_s=None, begun=False)
    for at, title in enumerate(("What is a cell?", "Membranes", "Osmosis"), 1)
]


@pytest.fixture(scope="module")
def fake():
    return FakeServer()


@pytest.fixture(scope="module")
def origin(fake):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with serving(create_dashboard(connect(fake)), port):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def lesson(fake):
    return fake.lessons[fake.add("Biology 9b", minutes_ago=8).session_id]


@pytest.fixture
def open_page(chromium, origin):  # noqa: F811
    contexts = []

    def open_it(path="/dashboard/", clock_ahead_s=0, **more):
        context = chromium.new_context(timezone_id="Europe/Rome", **more)
        contexts.append(context)
        page = context.new_page()
        if clock_ahead_s:
            page.add_init_script(f"const n = Date.now; Date.now = () => n() + {clock_ahead_s}000;")
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(f"{origin}{path}?token={TOKEN}")
        return page

    yield open_it
    for context in contexts:
        context.close()


@pytest.fixture
def live(open_page, lesson):
    def live(**more):
        page = open_page(f"/dashboard/session/{lesson.session.session_id}", **more)
        page.wait_for_selector("#marker-list :is(.nothing, .rows)")
        page.wait_for_selector("text=Mostly neutral.")
        return page

    return live


def expect(page, selector, **more):
    return page.wait_for_selector(selector, timeout=15_000, **more)


class Press(NamedTuple):
    """When a key was pressed, by the server's clock: between the two, however busy the machine."""

    begun: float
    done: float


def press(page, key, fake):
    begun = fake.now()
    page.keyboard.press(key)
    return Press(begun, fake.now())


def test_a_marker_has_the_moment_at_which_its_key_was_pressed(live, lesson, fake):
    page = live()
    at = press(page, "m", fake)
    page.wait_for_timeout(5000)
    page.keyboard.type("quick question about membranes")
    page.keyboard.press("Enter")
    expect(page, "#marker-list >> text=quick question about membranes")
    [marker] = lesson.teaching.markers
    assert marker.label == "quick question about membranes"
    assert at.begun - 1 < marker.at.timestamp() < at.done + 1  # far from Enter, 5 s later
    assert page.complaints == []


def test_a_marker_is_placed_by_the_servers_clock_where_this_computers_is_wrong(live, lesson, fake):
    page = live(clock_ahead_s=90)
    at = press(page, "q", fake)
    expect(page, ".toast")
    [marker] = lesson.teaching.markers
    assert at.begun - 2.5 < marker.at.timestamp() < at.done + 2.5


def test_one_key_marks_a_question_and_another_takes_it_back(live, lesson):
    page = live()
    page.keyboard.press("q")
    expect(page, ".toast:has-text('Question') >> text=Undo")
    assert [(m.label, m.kind) for m in lesson.teaching.markers] == [("Question", "question")]
    page.keyboard.press("u")
    expect(page, ".toast >> text=Taken back.")
    assert lesson.teaching.markers == []
    expect(page, "#marker-list .nothing")


def test_keys_do_nothing_while_somebody_types_or_has_switched_them_off(live, lesson):
    page = live()
    page.keyboard.press("?")
    page.locator("#alert-least").press("q")
    page.get_by_label("Single keys work").uncheck()
    page.keyboard.press("Escape")
    expect(page, "#keys-dialog", state="hidden")
    page.keyboard.press("q")
    page.keyboard.press("Control+m")
    page.wait_for_timeout(500)
    assert lesson.teaching.markers == []
    page.reload()
    expect(page, "#question-ask")
    page.keyboard.press("q")
    page.get_by_role("button", name="Question").click()
    expect(page, ".toast")
    assert len(lesson.teaching.markers) == 1


def test_the_next_key_begins_slide_after_slide_and_can_be_taken_back(live, lesson):
    lesson.teaching.outline = list(SLIDES)
    page = live()
    expect(page, "#next-ask:has-text('What is a cell?')")
    page.keyboard.press("n")
    expect(page, "#next-ask:has-text('Membranes')")
    assert page.locator("[aria-current=step]").inner_text().startswith("1")
    page.locator("#next-ask").click()
    expect(page, "#next-ask:has-text('Osmosis')")
    page.keyboard.press("u")
    expect(page, "#next-ask:has-text('Membranes')")
    assert [m.label for m in lesson.teaching.markers] == ["What is a cell?"]


def test_an_outline_is_loaded_from_a_file_and_its_faults_are_said(live, lesson, tmp_path):
    page = live()
    page.click("#outline-ask")
    field = page.locator("#outline-file")
    for name, data, said in (
        ("face.png", b"\x89PNG", "face.png is none of"),
        ("slides.csv", b"no comma here", "Line 1 has no comma"),
        ("slides.pptx", bytes(30_000_000), "30 MB; at most 20 MB"),
    ):
        (tmp_path / name).write_bytes(data)
        field.set_input_files(tmp_path / name)  # as a buffer, 30 MB take half a minute
        expect(page, f"#outline-dialog-problem:has-text('{said}')")
    field.set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": b",One\n,Two"})
    expect(page, ".toast >> text=2 entries are loaded.")
    expect(page, "#outline-list >> text=Two")
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("#outline-remove")
    expect(page, ".toast >> text=are removed")
    expect(page, "#outline-list .nothing")
    assert lesson.teaching.outline == []


def test_words_are_changed_and_markers_deleted_also_after_the_end(live, lesson, fake):
    page = live()
    page.keyboard.press("q")
    expect(page, "[data-does=edit]")
    page.get_by_role("button", name="End", exact=True).click()
    page.get_by_role("button", name="End it").click()
    expect(page, "text=Ended.")
    page.get_by_label("Edit the marker “Question”").click()
    page.keyboard.type("Why salt?")
    page.keyboard.press("Enter")
    expect(page, "#marker-list >> text=Why salt?")
    page.get_by_label("Delete the marker “Why salt?”").click()
    expect(page, "#marker-list .nothing")
    page.keyboard.press("q")
    page.wait_for_timeout(300)
    assert lesson.teaching.markers == []


def test_a_marker_that_finds_no_server_is_sent_again_with_its_own_moment(live, lesson, fake):
    page = live()
    fake.down = True
    at = press(page, "q", fake)
    expect(page, ".toast >> text=is not saved yet")
    page.wait_for_timeout(1500)
    fake.down = False
    expect(page, ".toast >> text=Marked at")
    [marker] = lesson.teaching.markers
    assert at.begun - 1 < marker.at.timestamp() < at.done + 1


def test_what_the_server_says_of_a_wrong_marker_is_said_on_the_page(live, lesson):
    page = live()
    page.keyboard.press("m")
    page.evaluate("document.getElementById('marker-words').removeAttribute('maxlength')")
    page.locator("#marker-words").fill("x" * 300)
    page.keyboard.press("Enter")
    expect(page, ".toast")
    assert lesson.teaching.markers == []


def test_the_profile_is_edited_with_its_formula_before_the_eyes(live, lesson):
    page = live()
    page.get_by_role("button", name="Engagement profile").click()
    page.locator("#profile-title").fill("Only turned")
    page.locator("#profile-screen").fill("1")
    expect(page, "#profile-formula >> text=1 × share of the class turned to the screen + 0 ×")
    page.get_by_role("button", name="Save").click()
    expect(page, ".toast >> text=Saved as version 2.")
    assert lesson.teaching.profile.title == "Only turned"
    expect(page, "#profile-now [data-profile*='Only turned']", state="attached")
    page.get_by_role("button", name="Engagement profile").click()
    page.get_by_role("button", name="Back to the shipped one").click()
    expect(page, "#profile-dialog", state="hidden")
    assert lesson.teaching.profile.ours
