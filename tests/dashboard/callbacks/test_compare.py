"""The pages of courses and comparisons, in front of the real server, without a browser."""

import csv
import io
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from starlette.testclient import TestClient

from tests.dashboard.compared_courses import ALONE, BIOLOGY, PHYSICS, courses
from tests.dashboard.conftest import Browser
from tests.dashboard.plain_trees import unfold

__all__ = ["courses"]


@pytest.fixture(scope="module")
def browser(courses):
    with TestClient(courses.app, base_url="http://dash.test") as http:
        browser = Browser(http)
        browser.sign_in()
        yield browser


@pytest.fixture
def compare(browser, courses):
    def compare(*titles, aligned_by="time"):
        search = "?" + "&".join(f"session={each}" for each in courses.ids(*titles))
        return search_for(browser, search, aligned_by)

    return compare


@pytest.fixture
def course(browser):
    def course(name):
        return unfold(
            browser.press("course.children", "course-name.data", course_name=name)["course"]
        )

    return course


def search_for(browser, search, aligned_by="time"):
    told = browser.press(
        "compare.children", "compare-aligned.value", compare_aligned=aligned_by, url=search
    )
    return unfold(told["compare"]["children"])


def parts(tree, kind=None, **wanted):
    """Yield every component of a type with these properties, however deep."""
    if isinstance(tree, list):
        for each in tree:
            yield from parts(each, kind, **wanted)
    elif isinstance(tree, dict):
        props = tree.get("props", {})
        if kind in (None, tree.get("type")) and wanted.items() <= props.items():
            yield props
        yield from parts(list(tree.values()), kind, **wanted)


def rows(tree):
    """Return the words of each row of the tables of differences."""
    table = next(parts(tree, "Table", className="differences"))
    return [list(words(each)) for each in parts(table, "Tr")]


def words(tree):
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, list):
        for each in tree:
            yield from words(each)
    elif isinstance(tree, dict):
        yield from words(tree.get("props", tree).get("children", []))


BIOLOGY_LESSONS = [f"Lesson {at}" for at in range(7)]


def test_each_lesson_has_a_row_on_one_scale_and_the_axis_is_the_longest_ones(compare):
    told = compare(*BIOLOGY_LESSONS)
    pictures = [each for each in parts(told, "Img") if each.get("alt")]
    assert [each["alt"].split(":")[0] for each in pictures] == BIOLOGY_LESSONS
    drawn = [unquote(each["src"]) for each in pictures]
    assert "H900.0" in drawn[2]
    assert "H514.3" in drawn[0]
    ticks = list(parts(told, "Div", className="axis"))
    assert list(words(ticks[0]["children"]))[-1] == "35"


def test_the_table_says_no_difference_beyond_noise_and_what_is_beyond(compare):
    told = compare(*BIOLOGY_LESSONS)
    by_lesson = {row[0]: row[1:] for row in rows(told)}
    assert by_lesson["1. Lesson 0"] == ["no difference beyond noise"]
    assert by_lesson["5. Lesson 4"][0].startswith("+")
    assert "within noise" in by_lesson["5. Lesson 4"]
    assert "“Lesson 4”: more happy expressions" in " ".join(words(told))


def test_the_csv_has_the_tables_numbers(compare):
    told = compare(*BIOLOGY_LESSONS)
    save = next(parts(told, "A", id="compare-csv"))
    table = list(csv.DictReader(io.StringIO(unquote(save["href"].partition(",")[2]))))
    assert len(table) == 7 * 7
    happy = next(r for r in table if r["title"] == "Lesson 4" and r["emotion"] == "happy")
    assert happy["beyond_noise"] == "True"
    size = f"+{100 * float(happy['less_the_others']):.0f} "
    assert next(row for row in rows(told) if row[0] == "5. Lesson 4")[1].startswith(size)


def test_lessons_are_laid_by_the_titles_they_share(compare):
    told = compare("Lesson 0", "Lesson 4", aligned_by="segment")
    titles = next(parts(told, "Ol", className="titles"))
    assert list(words(titles["children"])) == ["Introduction", "Osmosis"]
    assert "Osmosis · 2 lessons no difference beyond noise" in " ".join(words(told))
    boxes = unquote(next(each["src"] for each in parts(told, "Img") if each.get("alt")))
    assert "M13.5 " in boxes  # each title has half of the width, with a gap beside it
    assert "M463.5 " in boxes


def test_what_cannot_be_compared_is_listed_with_its_reason(compare):
    told = " ".join(words(compare("Lesson 0", "Lesson 1", "Running", "Few came")))
    assert "It is still running." in told
    assert "There were never 5 students visible for long enough." in told


@pytest.mark.parametrize("titles", [["Lesson 0"], ["Running"], ["Few came", "Running"]])
def test_nothing_to_compare_is_said(compare, titles):
    assert "nothing to compare" in " ".join(words(compare(*titles)))


def test_nothing_chosen_leads_back_to_the_list(browser):
    told = search_for(browser, "")
    assert "Choose two lessons or more" in " ".join(words(told))
    assert next(parts(told, "Link"))["href"] == "/dashboard/"


def test_a_session_that_is_gone_is_named_and_nothing_breaks(browser, courses):
    some = courses.ids("Lesson 0")[0]
    assert "“abc”" in " ".join(words(search_for(browser, f"?session={some}&session=abc")))
    many = "?" + "&".join(f"session={number:024x}" for number in range(101))
    assert "at most 100" in " ".join(words(search_for(browser, many)))


def test_a_course_lists_its_lessons_by_date_with_what_is_said_of_them(course):
    told = course(BIOLOGY)["children"]
    said = " ".join(words(told))
    order = [said.index(f"Lesson {at} ") for at in (0, 6)] + [said.index("Running")]
    assert order == sorted(order)
    assert "9 lessons" in said
    assert "“Lesson 4”: more happy expressions" in said
    assert "25 visible, 83 % of the students" in said
    bars = list(parts(told, "Div", className="whole-bar"))
    assert len(bars) == 7


def test_a_course_is_compared_all_at_once_or_by_choice(course, courses):
    told = course(BIOLOGY)["children"]
    every = next(parts(told, "A", id="compare-all"))["href"]
    assert parse_qs(urlsplit(every).query)["session"] == courses.ids(*BIOLOGY_LESSONS)
    boxes = [each["value"] for each in parts(told, "Input", name="session")]
    assert boxes == courses.ids(*BIOLOGY_LESSONS, "Running", "Few came")


def test_a_trend_is_drawn_only_where_it_is_beyond_noise(course):
    assert not list(parts(course(BIOLOGY)["children"], "Figure"))
    told = course(PHYSICS)["children"]
    names = [next(words(each)) for each in parts(told, "Figcaption")]
    assert "happy" in names
    assert "disgust" not in names
    assert "All of these lessons are simulated" in " ".join(words(told))


def test_a_course_of_one_lesson_or_none_says_so(course):
    told = course(ALONE)["children"]
    assert "nothing to compare yet" in " ".join(words(told))
    assert not list(parts(told, "A", id="compare-all"))
    assert "No lesson belongs to a course" in " ".join(words(course("Latin")["children"]))


def test_it_is_said_once_on_each_page_what_it_is_not_for(course, compare):
    for told in (course(BIOLOGY)["children"], compare("Lesson 0", "Lesson 1")):
        assert " ".join(words(told)).count("never students or teachers. Not for appraisal.") == 1
