"""Comparing sessions through the whole server: what a caller is told, and what is refused."""

from datetime import timedelta

import numpy as np
import pytest

from server.schemas import MOST_COMPARED, Comparison
from tests.server.comparison.lessons import MIX, NOON, Faces, lessons_apart, store_lesson
from tests.server.conftest import path_of, refused

HAPPY = np.array([0.02, 0.01, 0.02, 0.75, 0.04, 0.06, 0.10])
SLIDES = [(0, "Introduction"), (10, "Osmosis")]


@pytest.fixture(scope="session")
def faces():
    return Faces.invent()


@pytest.fixture
def lesson(classroom, faces):
    """Writes lessons of a course, a week apart, each 20 minutes unless told otherwise."""
    begins = iter(lessons_apart(7, 200))

    def lesson(title="Cells", *, seed=1, **more):
        told = {"course": "Biology 9b", "begin": next(begins), "minutes": 20.0, **more}
        database = classroom.app.state.service.database
        chance = np.random.default_rng([seed, int(told["begin"].timestamp())])
        return store_lesson(database, chance, faces, title=title, **told)

    return lesson


@pytest.fixture
def ask(classroom):
    def ask(language="en", **query):
        return classroom.client.get(
            "/api/v1/comparison",
            params=query,
            headers={**classroom.teacher, "Accept-Language": language},
        )

    return ask


def told(answer):
    assert answer.status_code == 200, answer.text
    return Comparison.model_validate_json(answer.content)


def keys(comparison):
    return [statement.key for statement in comparison.statements]


def test_lessons_that_are_alike_show_no_difference_beyond_noise(lesson, ask):
    for number in range(4):
        lesson(f"Lesson {number}")
    comparison = told(ask(course="Biology 9b"))
    assert [each.number for each in comparison.sessions] == [1, 2, 3, 4]
    assert [each.title for each in comparison.sessions] == [f"Lesson {n}" for n in range(4)]
    assert not any(d.beyond_noise for e in comparison.sessions for d in e.against_rest.values())
    assert "no_difference" in keys(comparison)
    texts = [each.text for each in comparison.statements]
    assert texts[0].startswith("No difference beyond noise: none of these")
    assert any(each.startswith("At its fullest moment each lesson had 83 %") for each in texts)


def test_the_lesson_that_stands_out_is_named_and_by_how_much(lesson, ask):
    for number in range(7):
        lesson(mix=HAPPY if number == 4 else MIX)
    comparison = told(ask(course="Biology 9b"))
    first = comparison.statements[0]
    assert (first.key, first.figures["number"], first.figures["what"]) == (
        "session_more",
        5,
        "happy",
    )
    difference = comparison.sessions[4].against_rest["happy"]
    assert difference.low > 0
    assert f"by {100 * difference.size:.0f} points" in first.text
    assert "more happy expressions" in first.text


def test_a_session_is_less_the_mean_of_all_the_others(lesson, ask):
    for mix in (MIX, HAPPY, MIX):
        lesson(mix=mix)
    shares = [e.whole.shares["happy"].share for e in told(ask(course="Biology 9b")).sessions]
    difference = told(ask(course="Biology 9b")).sessions[1].against_rest["happy"]
    assert difference.size == pytest.approx(shares[1] - (shares[0] + shares[2]) / 2, abs=1e-6)


def test_a_course_that_gets_happier_has_a_trend_and_one_that_stays_has_none(lesson, ask):
    for number in range(8):
        part = number / 7
        lesson(mix=(1 - part) * MIX + part * HAPPY)
    comparison = told(ask(course="Biology 9b"))
    assert comparison.trend["happy"].low > 0
    trends = [s for s in comparison.statements if s.key == "trend_up"]
    assert trends[0].figures["what"] == "happy"
    assert "over 49 days and 8 lessons" in trends[0].text
    for _ in range(5):
        lesson(course="Physics")
    assert "no_trend" in keys(told(ask(course="Physics")))


def test_three_lessons_or_one_week_are_no_trend(lesson, ask):
    for hours in range(5):
        lesson(begin=NOON + timedelta(hours=hours))
    assert told(ask(course="Biology 9b")).trend is None
    for _ in range(3):
        lesson(course="Physics")
    assert told(ask(course="Physics")).trend is None


def test_lessons_of_any_length_lie_on_one_axis_from_their_start(lesson, ask):
    lesson(minutes=90.0)
    lesson(minutes=5.0)
    comparison = told(ask(course="Biology 9b"))
    assert comparison.step_s == 120
    long, short = comparison.sessions
    assert (len(long.series), len(short.series)) == (45, 3)
    assert {s.seconds for s in long.series} == {120}
    assert sum(s.seconds for s in short.series) == 300
    assert all(sum(x.share for x in s.shares.values()) == pytest.approx(1, abs=1e-4)
               for s in long.series)  # fmt: skip


def test_sessions_that_cannot_be_compared_are_left_out_with_a_sentence(lesson, ask):
    lesson("seen")
    lesson("running", ended=False)
    lesson("few", students=4)
    lesson("no camera", camera=False)
    lesson("seen too")
    comparison = told(ask(course="Biology 9b"))
    assert [each.title for each in comparison.sessions] == ["seen", "seen too"]
    assert {each.title: each.reason for each in comparison.left_out} == {
        "running": "It is still running.",
        "few": "There were never 5 students visible for long enough.",
        "no camera": "Its students were not asked for their camera.",
    }


@pytest.mark.parametrize("seen", [0, 1])
def test_nothing_to_compare_is_said_and_no_error(lesson, ask, seen):
    for _ in range(seen):
        lesson()
    lesson(ended=False)
    comparison = told(ask(course="Biology 9b"))
    assert len(comparison.sessions) == seen
    assert "nothing to compare" in comparison.statements[0].text
    assert all(each.against_rest is None for each in comparison.sessions)


def test_what_was_not_read_alike_is_not_compared_and_it_is_said(classroom, lesson, ask):
    network = classroom.app.state.service.ingest.network_version
    for version in ("v1", "v1", network, "v0"):
        lesson(version=version)
    for _ in range(2):
        lesson(simulated=True)
    comparison = told(ask(course="Biology 9b"))
    compared = [each.against_rest is not None for each in comparison.sessions]
    assert compared == [True, True, False, False, True, True]
    assert [each.corrected for each in comparison.sessions] == [
        False,
        False,
        True,
        False,
        False,
        False,
    ]
    assert {"partly_corrected", "other_networks", "partly_simulated"} <= set(keys(comparison))
    assert comparison.trend is None


def test_it_is_always_said_what_it_is_not_for(lesson, ask):
    lesson()
    last = told(ask(course="Biology 9b")).statements[-1]
    assert last.text == "Lessons are compared here, never students or teachers. Not for appraisal."


def test_sessions_named_come_oldest_first_and_once(lesson, ask):
    ids = [lesson().id for _ in range(3)]
    comparison = told(ask(session=[ids[2], ids[0], ids[2]]))
    assert [each.session_id for each in comparison.sessions] == [ids[0], ids[2]]
    assert comparison.course is None


def test_titles_and_courses_change_without_making_a_report_again(classroom, lesson, ask):
    stored = lesson()
    lesson()
    before = told(ask(course="Biology 9b"))
    made = classroom.app.state.service.reports.read(stored.id).made_at
    classroom.clock.now += 60
    path = path_of({"session_id": stored.id})
    change = {"title": "Osmosis", "course": "Physics"}
    classroom.client.patch(path, json=change, headers=classroom.teacher)
    report = classroom.app.state.service.reports.read(stored.id)
    assert (report.session.title, report.session.course) == ("Osmosis", "Physics")
    assert report.made_at == made
    assert told(ask(course="Physics")).sessions[0].whole == before.sessions[0].whole


def test_what_cannot_be_asked_is_refused_with_what_to_do(classroom, lesson, ask, token):
    some = lesson().id
    refused(ask(), 422)
    refused(ask(course=" "), 422)
    refused(ask(course="Biology 9b", session=some), 422)
    refused(ask(course="Biology 9b", aligned_by="mood"), 422)
    refused(ask(course="biology 9b"), 404)
    assert "“nothing”" in refused(ask(session=[some, "nothing"]), 404)
    many = [f"{number:024x}" for number in range(MOST_COMPARED + 1)]
    assert "at most 100" in refused(ask(session=many), 422)
    refused(classroom.client.get("/api/v1/comparison?course=x", headers=token), 403)
    refused(classroom.client.get("/api/v1/comparison?course=x"), 401)


@pytest.mark.parametrize("name", ["Bio/Chem 9b", "🧬 Biologie", "a&b=c?#%2F", "ü" * 120])
def test_a_course_of_any_name_is_compared(lesson, ask, name):
    for _ in range(2):
        lesson(course=name)
    assert told(ask(course=f" {name} ")).course == name
