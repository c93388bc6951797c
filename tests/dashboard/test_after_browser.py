"""After the lesson in a real browser: report, what was said, title and course."""

from datetime import timedelta

import pytest

from server.schemas import Marker, TranscriptCue
from tests.dashboard.browsers import PHONE, chromium  # noqa: F401
from tests.dashboard.fake_report import LONG_WORD
from tests.dashboard.test_desk import faults
from tests.dashboard.test_teaching import (  # noqa: F401
    SLIDES,
    expect,
    fake,
    live,
    open_page,
    origin,
)

pytestmark = pytest.mark.browser

VTT = """WEBVTT

00:00:10.000 --> 00:00:14.000
<v Anna>Good morning.

00:02:00.000 --> 00:02:04.000
Water moves towards the salt.
"""
WEBVTT = {"name": "said.vtt", "mimeType": "text/vtt", "buffer": VTT.encode()}


@pytest.fixture
def lesson(fake):  # noqa: F811
    session = fake.add("Biology 9b", minutes_ago=60, ended_minutes_ago=40)
    return fake.lessons[session.session_id]


@pytest.fixture
def over(open_page, lesson):  # noqa: F811
    def over(**more):
        page = open_page(f"/dashboard/session/{lesson.session.session_id}", **more)
        expect(page, "#report-words >> text=The class looked mostly neutral.")
        expect(page, "#moment-slider")
        return page

    return over


def test_the_report_is_opened_in_a_tab_and_saved_in_each_format(over):
    page = over()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Open the report").click()
    opened.value.wait_for_load_state()
    assert opened.value.title() == "A report"
    assert opened.value.evaluate("() => self.origin") == "null"  # the sandbox
    for name in ("PDF", "HTML", "CSV", "Parquet", "JSON"):
        with page.expect_download() as saved:
            page.get_by_role("link", name=f"Save the report as {name}").click()
        assert saved.value.suggested_filename.endswith(f".{name.lower()}")
    assert page.complaints == []


def test_after_the_end_the_page_tells_of_the_report_without_being_asked(open_page, fake):  # noqa: F811
    session = fake.add("Latin", minutes_ago=8)
    page = open_page(f"/dashboard/session/{session.session_id}")
    expect(page, "text=Mostly neutral.")
    assert page.locator("#report").is_hidden()
    page.get_by_role("button", name="End", exact=True).click()
    page.get_by_role("button", name="End it").click()
    expect(page, "#report-words >> text=The class looked mostly neutral.")


def test_what_was_said_is_loaded_told_at_its_moment_and_removed(over, lesson):
    page = over()
    expect(page, "#transcript-state:has-text('Nothing is loaded.')")
    page.click("#transcript-ask")
    assert page.get_by_label("What was said").is_checked()
    field = page.locator("#outline-file")
    field.set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": b",One"})
    expect(page, "#outline-dialog-problem:has-text('a.csv is no WebVTT file')")
    field.set_input_files({"name": "b.vtt", "mimeType": "text/vtt", "buffer": b"no WebVTT"})
    expect(page, "#outline-dialog-problem:has-text('a WebVTT file begins with WEBVTT')")
    field.set_input_files(WEBVTT)
    expect(page, "#transcript-state:has-text('2 sentences, ')")
    assert [cue.words for cue in lesson.after.transcript] == [
        "Good morning.",
        "Water moves towards the salt.",
    ]
    page.evaluate("(at) => window.roomtone.moment.choose(at)",
                  (lesson.session.started_at.timestamp() + 122) * 1000)  # fmt: skip
    assert "Water moves towards the salt." in page.inner_text("#moment-told")
    assert "Water" in page.locator("#moment-slider").get_attribute("aria-valuetext")
    page.reload()
    expect(page, "#transcript-state:has-text('2 sentences, ')")
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("#transcript-remove")
    expect(page, "#transcript-state:has-text('Nothing is loaded.')")
    assert lesson.after.transcript == []


def test_a_long_webvtt_file_that_is_loaded_as_chapters_is_asked_about(over, lesson):
    page = over()
    cues = [f"00:{n // 60:02}:{n % 60:02}.000 --> 00:{n // 60:02}:{n % 60:02}.900\nwords {n}\n"
            for n in range(150)]  # fmt: skip
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.click("#outline-ask")
    page.locator("#outline-file").set_input_files(
        {"name": "c.vtt", "mimeType": "text/vtt", "buffer": "\n".join(["WEBVTT\n", *cues]).encode()}
    )
    expect(page, "#transcript-state:has-text('150 sentences')")
    assert "150 entries" in asked[0]
    assert lesson.teaching.outline == []


def test_pointing_at_the_chart_tells_the_slide_of_then(over, lesson):
    lesson.teaching.outline = [
        entry.model_copy(update={"begins_s": at * 300.0}) for at, entry in enumerate(SLIDES)
    ]
    page = over()
    lane = page.evaluate("() => document.getElementById('marks').getBoundingClientRect().toJSON()")
    page.mouse.move(lane["left"] + lane["width"] * 0.3, lane["top"] + 90)
    expect(page, "#moment-told:has-text('Membranes')")
    page.mouse.move(lane["left"] + lane["width"] * 0.3, 5)
    expect(page, "#moment-told:has-text('Point at the chart')")


def test_title_and_course_are_changed_with_known_courses_offered(over, lesson, fake):  # noqa: F811
    fake.add("Latin", minutes_ago=2, course="Latin 6a")
    page = over()
    page.click("#session-change")
    assert page.locator("#session-title").input_value() == "Biology 9b"
    expect(page, "#courses option[value='Latin 6a']", state="attached")
    page.locator("#session-title").fill(" ")
    page.get_by_role("button", name="Save").click()
    expect(page, "#session-dialog-problem:has-text('Give it a title')")
    page.locator("#session-title").fill("Osmosis")
    page.locator("#session-course").fill("Latin 6a")
    page.keyboard.press("Enter")
    expect(page, "#head h1:has-text('Osmosis')")
    assert page.get_by_role("link", name="Latin 6a").get_attribute("href").endswith("Latin%206a")
    page.wait_for_function("() => document.title.startsWith('Osmosis')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_after_the_lesson_is_accessible_and_fits_a_phone(over, lesson, scheme):
    at = lesson.session.started_at + timedelta(minutes=4)
    lesson.teaching.markers = [
        Marker(marker_id="a" * 24, at=at, kind="note", label="word " * 80),
        Marker(marker_id="b" * 24, at=at, kind="question", label="Why salt?"),
    ]
    lesson.teaching.outline = list(SLIDES)
    lesson.after.transcript = [TranscriptCue(begins_s=1, ends_s=9, words="Good morning.")]
    page = over(color_scheme=scheme, viewport=PHONE)
    expect(page, "#transcript-state:has-text('1 sentence, ')")
    expect(page, f"#report-words li:has-text('{LONG_WORD}')")
    assert faults(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    for name in ("note", "session", "outline"):
        page.evaluate(f"() => {{ window.roomtone.open('{name}'); }}")
        assert faults(page) == [], name
        wide = f"() => document.getElementById('{name}-dialog').scrollWidth"
        assert page.evaluate(wide) <= 390, name
        page.keyboard.press("Escape")
    assert page.complaints == []
