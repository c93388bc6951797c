"""What is drawn on the live page, in a real browser: switches, marks, alert, formula, tables."""

from datetime import UTC, datetime, timedelta

import pytest

from server.schemas import Marker, MarkerKind
from tests.dashboard.browsers import PHONE, chromium, fake, open_page, origin, port, settle
from tests.dashboard.fake_server import MadeUpClass

__all__ = ["chromium", "fake", "open_page", "origin", "port"]

pytestmark = pytest.mark.browser


@pytest.fixture
def lively(fake):
    """A class that became livelier a minute ago; half of it is no longer seen."""
    students = MadeUpClass(lively_from=740, visible=lambda s: 27 if s < 740 else 12)
    lesson = fake.add("Lively", minutes_ago=13.4, students=students)
    told = fake.lessons[lesson.session_id].teaching.markers
    for number, ago in enumerate((200, 198, 60)):
        at = datetime.now(UTC) - timedelta(seconds=ago)
        told.append(Marker(marker_id=f"{number:024x}", at=at, kind=MarkerKind.SLIDE,
                           label=f"A long title of slide {number}"))  # fmt: skip
    return f"/dashboard/session/{lesson.session_id}"


def test_an_alert_is_said_once_and_stays_away_when_it_was_seen(open_page, lively):
    page = open_page(lively)
    page.wait_for_selector("#alert .alert")
    said = page.inner_text("#alert p")
    assert said.startswith("Surprise up, coverage down")
    assert "beyond noise." in said
    page.click("#alert-seen")
    page.wait_for_selector("#alert .alert", state="hidden")
    page.wait_for_timeout(6000)  # a bucket more
    assert not page.is_visible("#alert .alert")


def test_the_switches_change_the_chart_and_are_remembered(open_page, lively):
    page = open_page(lively)
    settle(page)
    page.locator("#view-kind").get_by_text("Curves").click()
    page.wait_for_selector("text=Shares with 95 % interval")
    page.locator("#view-span").get_by_text("Whole lesson").click()
    page.wait_for_selector(".live-page.is-whole")
    page.reload()
    page.wait_for_selector("text=Shares with 95 % interval")
    page.wait_for_selector(".live-page.is-whole")
    assert page.complaints == []


def test_names_of_marks_do_not_lie_on_each_other_on_a_phone(open_page, lively):
    page = open_page(lively, size=PHONE)
    page.wait_for_selector(".mark-name")
    boxes = page.evaluate("""() => [...document.querySelectorAll(".mark-name:not(.is-unseen)")].map(
      (name) => name.getBoundingClientRect().toJSON())""")
    assert len(boxes) >= 2
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            beside = one["x"] + one["width"] <= other["x"] + 1
            above = abs(one["y"] - other["y"]) >= one["height"] - 1
            assert beside or above or other["x"] + other["width"] <= one["x"] + 1
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_formula_stays_open_and_the_tables_have_every_row(open_page, lively):
    page = open_page(lively)
    settle(page)
    page.click("#formula-details summary")
    page.wait_for_selector("#formula .worked-out")
    page.click("#twin-details summary")
    page.wait_for_selector("#twin td")
    captions = page.locator("#twin caption").all_inner_texts()
    assert captions == [
        "Mood, with 95 % intervals",
        "What students say of themselves, with 95 % intervals",
        "Markers, slides, chapters and notes",
    ]
    aligned = """() => ["thead tr", "tbody tr"].map((row) => [
      ...document.querySelector(`#twin ${row}`).cells].map((c) => getComputedStyle(c).textAlign))"""
    heads, cells = page.evaluate(aligned)
    assert heads == cells
    assert heads[0] == heads[6] == "left"
    assert heads[1] == "right"
    page.wait_for_timeout(6000)
    assert page.is_visible("#formula .worked-out")
