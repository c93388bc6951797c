"""The report's page in Chromium, opened from the disk with the network off."""

import pytest

from server.publishing import write_report
from server.schemas import ReportFormat
from tests.dashboard.browsers import DESK, PHONE, axe, chromium
from tests.report_samples import (
    at,
    in_many_scripts,
    make_report,
    never_enough,
    self_report_only,
    simulated,
    statement,
    with_session,
)

pytestmark = pytest.mark.browser
_ = chromium  # a fixture

SERIOUS = {"serious", "critical"}


@pytest.fixture
def open_report(chromium, tmp_path):
    """Opens a report's page; remembers its complaints and every address it asked for."""
    contexts = []

    def open_it(report, *, size=DESK, scheme="light", scripts=True, zone="Europe/Rome"):
        file = tmp_path / f"{len(contexts)}.html"
        file.write_bytes(write_report(report, ReportFormat.HTML))
        context = chromium.new_context(
            viewport=size, color_scheme=scheme, timezone_id=zone, offline=True,
            java_script_enabled=scripts,
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.complaints, page.requests = [], []
        page.on("console", lambda m: page.complaints.append(m.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: page.requests.append(request.url))
        page.goto(file.as_uri())
        page.address = file.as_uri()
        return page

    yield open_it
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def lesson():
    return make_report(60, 24, series_s=15)


def hover(page, part):
    """Point at a part of the lesson, 0 to 1."""
    page.locator("#chart").scroll_into_view_if_needed()
    box = page.locator("#over-rows").bounding_box()
    page.mouse.move(box["x"] + part * box["width"], box["y"] + box["height"] / 2)


@pytest.mark.parametrize(
    "make", [make_report, never_enough, self_report_only, simulated, in_many_scripts]
)
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_it_opens_from_the_disk_without_asking_for_anything(open_report, make, size):
    page = open_report(make(), size=size)
    assert page.requests == [page.address]
    assert page.complaints == []
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= seen
    captions = "[...document.querySelectorAll('caption')].map(c => c.getBoundingClientRect().width)"
    assert all(wide <= seen for wide in page.evaluate(captions))


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_has_no_serious_fault_of_accessibility(open_report, scheme):
    page = open_report(with_session(make_report(10, 24), simulated=True), scheme=scheme)
    hover(page, 0.2)
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    found = axe.Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in SERIOUS] == []


def test_pointing_at_a_moment_shows_what_is_told_of_it(open_report, lesson):
    page = open_report(lesson)
    hover(page, 0.402)
    stretch = next(s for s in reversed(lesson.series) if s.start <= at(0.402 * 3600))
    told = page.locator("#now").inner_text()
    assert "0:24:0" in told
    assert f"{stretch.visible} visible, {stretch.present} present" in told
    assert "Osmosis: what moves, and why" in told
    assert any(cue.words in told for cue in lesson.transcript[:4])
    share = stretch.shares["happy"]
    share, low, high = (int(100 * x + 0.5) for x in (share.share, share.low, share.high))
    told = page.locator("#of-happy td").all_inner_texts()
    assert told == [f"{share}\u202f%", f"{low}–{high}"]


def test_a_gap_says_that_there_are_not_enough_faces(open_report, lesson):
    page = open_report(lesson)
    hover(page, 0.53)
    assert "Not enough faces to say" in page.locator("#now-visible").inner_text()
    assert page.locator("#now-shares").is_hidden()


def test_arrow_keys_move_from_stretch_to_stretch(open_report, lesson):
    page = open_report(lesson)
    page.locator("#moment").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert "0:00:22" in page.locator("#now-into").inner_text()
    assert page.locator("#moment").get_attribute("aria-valuetext").startswith("10:15:22: neutral")


def test_an_emotion_shows_its_curve_instead_of_the_river(open_report, lesson):
    page = open_report(lesson)
    assert page.locator(".bands").is_visible()
    assert page.locator(".curve-sad").is_hidden()
    page.get_by_label("sad", exact=True).check()
    assert page.locator(".curve-sad").is_visible()
    assert page.locator(".curve-happy").is_hidden()
    assert page.locator(".bands").is_hidden()


def test_a_change_is_gone_to_by_its_time(open_report, lesson):
    page = open_report(lesson)
    page.locator("#change-2 .go").click()
    assert "0:27:00" in page.locator("#now-into").inner_text()
    assert page.locator("#cross").is_visible()
    assert page.evaluate("document.activeElement.id") == "moment"


def test_times_are_on_the_readers_clock(open_report, lesson):
    said = statement("changes", "changed", "At 09:42 surprise went up.", at="2026-03-02T09:42:00Z")
    page = open_report(lesson.model_copy(update={"statements": [said]}), zone="Asia/Kathmandu")
    text = page.locator("main").inner_text()
    assert "UTC+5:45" in text
    assert "15:00 to 16:00" in text
    assert "At 15:27 surprise" in text


def test_without_its_script_it_is_all_there_in_utc(open_report, lesson):
    page = open_report(lesson, scripts=False)
    text = page.locator("main").inner_text()
    assert "Times are in UTC." in text
    assert "09:15 to 10:15" in text
    assert page.locator(".bands").is_visible()
    assert page.locator(".slider").is_hidden()
    page.get_by_label("sad", exact=True).check()
    assert page.locator(".curve-sad").is_visible()


def test_it_prints_on_few_sheets_with_the_lesson_on_the_first(open_report, tmp_path):
    pypdfium2 = pytest.importorskip("pypdfium2", reason="reads the printed sheets")
    page = open_report(with_session(make_report(), simulated=True))
    printed = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    texts = [sheet.get_textpage().get_text_range() for sheet in printed]
    assert len(texts) <= 4
    assert "Share of each expression" in texts[0]
    assert all("Invented readings" in text for text in texts)
