"""Notes in a real browser: by mouse and by key, during the lesson and after it."""
# ruff: noqa: F811  fixtures are imported, and asked for by name

from datetime import timedelta

import pytest

from server.schemas import Marker
from tests.dashboard.browsers import chromium  # noqa: F401
from tests.dashboard.test_after_browser import lesson, over  # noqa: F401
from tests.dashboard.test_teaching import (  # noqa: F401
    expect,
    fake,
    live,
    open_page,
    origin,
)

pytestmark = pytest.mark.browser


def test_a_note_is_written_for_a_moment_chosen_on_the_chart(over, lesson):
    page = over()
    page.locator("#marks").scroll_into_view_if_needed()
    box = page.evaluate("() => document.getElementById('marks').getBoundingClientRect().toJSON()")
    chart = page.locator("#mood").bounding_box()
    page.mouse.click(box["left"] + box["width"] / 2, chart["y"] + 60)
    page.keyboard.press("Shift+N")
    page.keyboard.type("Half of them laughed.\nShow the slide first.")
    page.keyboard.press("Control+Enter")
    expect(page, "#note-list >> text=Half of them laughed.")
    [note] = lesson.teaching.markers
    assert (note.kind, note.label) == ("note", "Half of them laughed.\nShow the slide first.")
    middle = lesson.session.started_at + timedelta(minutes=10)
    assert abs(note.at - middle) < timedelta(seconds=10)
    expect(page, ".note-signs li")
    page.keyboard.press("u")
    expect(page, "#note-list .nothing")
    assert lesson.teaching.markers == []


def test_by_keyboard_the_bar_chooses_the_moment_and_a_time_may_be_typed(over, lesson):
    page = over()
    page.locator("#moment-slider").focus()
    page.keyboard.press("End")
    page.keyboard.press("Home")
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    step = int(page.locator("#moment-slider").get_attribute("step")) / 1000
    page.get_by_role("button", name="Note this moment").click()
    page.keyboard.type("by the bar")
    page.get_by_role("button", name="Save").click()
    expect(page, "#note-list >> text=by the bar")
    [note] = lesson.teaching.markers
    assert (note.at - lesson.session.started_at).total_seconds() == pytest.approx(30 * step, abs=1)

    typed = lesson.session.started_at + timedelta(minutes=3)
    page.get_by_label("Edit the note of").click()
    rome = page.evaluate(
        "(at) => new Date(at).toTimeString().slice(0, 8)", typed.timestamp() * 1000
    )
    page.locator("#note-time").fill(rome)
    page.locator("#note-words").fill("typed")
    page.get_by_role("button", name="Save").click()
    expect(page, "#note-list >> text=typed")
    [note] = lesson.teaching.markers
    assert abs(note.at - typed) < timedelta(seconds=1)


def test_a_note_without_words_or_outside_the_lesson_is_refused_in_the_dialog(over, lesson):
    page = over()
    page.get_by_role("button", name="Add a note").click()
    page.get_by_role("button", name="Save").click()
    expect(page, "#note-dialog-problem:has-text('Write what you want to remember')")
    page.locator("#note-words").fill("too early")
    early = lesson.session.started_at - timedelta(minutes=5)
    page.locator("#note-time").fill(
        page.evaluate("(at) => new Date(at).toTimeString().slice(0, 8)", early.timestamp() * 1000)
    )
    page.get_by_role("button", name="Save").click()
    expect(page, "#note-dialog-problem:has-text('The lesson went from')")
    assert lesson.teaching.markers == []


@pytest.fixture
def outage(fake):
    """Takes the server away until the test is over."""
    yield lambda: setattr(fake, "down", True)
    fake.down = False


@pytest.fixture(params=[60, -1], ids=["just signed in", "asked who it is"])
def trust(monkeypatch, request):
    """How long the gate believes a token before it asks the server again, seconds."""
    monkeypatch.setattr("dashboard.gate.TRUST_S", request.param)


@pytest.mark.usefixtures("trust")
def test_words_are_not_lost_where_the_server_is_away(over, fake, outage):
    page = over()
    page.get_by_role("button", name="Add a note").click()
    page.locator("#note-words").fill("a long thought")
    outage()
    page.get_by_role("button", name="Save").click()
    expect(page, "#note-dialog-problem:has-text('can’t be reached')")
    fake.down = False
    page.get_by_role("button", name="Save").click()
    expect(page, "#note-list >> text=a long thought")


def test_a_deleted_note_can_be_brought_back(over, lesson):
    note = Marker(marker_id="a" * 24, at=lesson.session.started_at + timedelta(minutes=4),
                  kind="note", label="Keep me")  # fmt: skip
    lesson.teaching.markers = [note]
    page = over()
    page.get_by_label("Delete the note of").click()
    expect(page, "#note-list .nothing")
    page.get_by_role("button", name="Undo").click()
    expect(page, "#note-list >> text=Keep me")
    [back] = lesson.teaching.markers
    assert (back.kind, back.label, back.at) == (note.kind, note.label, note.at)


def test_while_live_a_note_has_the_moment_at_which_its_key_was_pressed(live, lesson, fake):
    lesson.session = lesson.session.model_copy(update={"ended_at": None})
    page = live()
    page.get_by_role("button", name="Note", exact=True).click()
    page.get_by_role("button", name="Cancel").click()
    before = fake.now()
    page.keyboard.press("Shift+N")
    expect(page, "#note-dialog")
    opened = fake.now()
    page.wait_for_timeout(5000)
    page.keyboard.type("They whisper")
    page.get_by_role("button", name="Save").click()
    expect(page, "#note-list >> text=They whisper")
    [note] = lesson.teaching.markers
    assert before - 2 <= note.at.timestamp() <= opened + 2
    assert page.complaints == []
