"""Courses and comparisons in a real browser, in front of the real server."""

from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tests.dashboard.browsers import PHONE, axe, chromium, open_page, port, serving
from tests.dashboard.compared_courses import ALONE, BIOLOGY, PHYSICS, courses

__all__ = ["chromium", "courses", "open_page", "port"]

pytestmark = pytest.mark.browser

TOLD = "#course .lessons, #compare .lessons, #compare .notice, #sessions h2"


@pytest.fixture(scope="module")
def origin(courses, port):
    with serving(courses.app, port):
        yield f"http://127.0.0.1:{port}"


def address(courses, name):
    if name in (BIOLOGY, PHYSICS, ALONE):
        return f"/dashboard/course/{quote(name, safe='')}"
    return "/dashboard/" if name == "list" else compare_address(courses)


def compare_address(courses):
    lessons = [*(f"Lesson {at}" for at in range(7)), "Part 0", "Part 1", "Running"]
    return "/dashboard/compare?" + "&".join(f"session={i}" for i in courses.ids(*lessons))


def open_any(open_page, courses, name, **more):
    page = open_page(signed_in=True, **more)
    page.goto(page.url.split("/dashboard")[0] + address(courses, name))
    page.wait_for_selector(TOLD)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [BIOLOGY, PHYSICS, "compare", "list"])
def test_a_page_is_accessible_and_quiet_and_asks_nobody_else(
    open_page, courses, origin, name, scheme
):
    page = open_any(open_page, courses, name, scheme=scheme)
    if name != "list":
        page.click(".twin-figures summary")
    assert not [url for url in page.requests if not url.startswith((origin, "data:", "blob:"))]
    assert page.complaints == []
    found = axe.Axe().run(page).response["violations"]
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found
            if v["impact"] in ("serious", "critical")] == []  # fmt: skip


@pytest.mark.parametrize("name", [BIOLOGY, PHYSICS, ALONE, "compare", "list"])
def test_a_phone_never_scrolls_sideways(open_page, courses, name):
    page = open_any(open_page, courses, name, size=PHONE)
    if page.query_selector(".twin-figures"):
        page.click(".twin-figures summary")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("name", [BIOLOGY, "list"])
def test_lessons_are_chosen_and_compared_by_keyboard(open_page, courses, name):
    page = open_any(open_page, courses, name)
    button = page.get_by_role("button", name="Compare the chosen ones")
    assert not button.is_visible()
    for title in ("Lesson 1", "Lesson 4"):
        page.get_by_label(f"Choose {title} to compare", exact=True).focus()
        page.keyboard.press("Space")
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#compare .lessons")
    chosen = parse_qs(urlsplit(page.url).query)["session"]
    assert sorted(chosen) == sorted(courses.ids("Lesson 1", "Lesson 4"))
    assert page.locator("#compare .lessons h3 a").all_inner_texts() == ["Lesson 1", "Lesson 4"]


def test_the_switch_lays_lessons_by_title_and_back(open_page, courses):
    page = open_any(open_page, courses, "compare")
    page.get_by_text("By slides and chapters").click()
    page.wait_for_selector(".titles")
    assert page.locator(".titles li").all_inner_texts() == ["Introduction", "Osmosis"]
    page.get_by_text("By time").click()
    page.wait_for_selector(".titles", state="detached")
    page.wait_for_selector("text=minutes since the start")


def test_rows_share_one_left_edge_and_one_scale(open_page, courses):
    page = open_any(open_page, courses, "compare")
    boxes = [each.bounding_box() for each in page.query_selector_all(".bands img")]
    assert len(boxes) == 9
    assert len({(box["x"], box["width"], box["height"]) for box in boxes}) == 1
    axis = page.query_selector(".axis").bounding_box()
    assert (axis["x"], axis["width"]) == (boxes[0]["x"], boxes[0]["width"])


def test_the_differences_are_saved_as_csv(open_page, courses):
    page = open_any(open_page, courses, "compare")
    with page.expect_download() as saving:
        page.get_by_role("link", name="Save as CSV").click()
    assert saving.value.suggested_filename == "roomtone-comparison.csv"
    lines = Path(saving.value.path()).read_text("utf-8").splitlines()
    assert len(lines) == 1 + 9 * 7
    assert "Lesson 4" in "".join(lines)


@pytest.mark.parametrize("name", [PHYSICS, ALONE])
def test_a_course_of_any_name_is_opened_from_the_list_and_by_its_address(open_page, courses, name):
    page = open_any(open_page, courses, "list")
    page.get_by_role("link", name=name, exact=True).first.click()
    page.wait_for_selector("#course .lessons")
    assert page.locator("h1").inner_text() == name
    page.reload()
    page.wait_for_selector("#course .lessons")
    assert page.locator("h1").inner_text() == name
    assert page.title() == f"{name} · Roomtone"


def test_a_deleted_lesson_is_told_and_the_others_are_a_click_away(open_page, courses, origin):
    gone = courses.add("Gone soon", course=None)
    page = open_any(open_page, courses, "list")
    some = courses.ids("Lesson 0")[0]
    page.request.delete(
        f"{origin}/api/v1/sessions/{gone.id}",
        headers={"Authorization": "Bearer a-good-token_for-tests"},
    )
    page.goto(f"{origin}/dashboard/compare?session={some}&session={gone.id}")
    page.wait_for_selector("#compare .notice")
    assert gone.id in page.inner_text("#compare .notice")
