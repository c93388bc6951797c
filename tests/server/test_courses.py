"""A session's title and course, and the courses there are, through the whole server."""

import pytest
from sqlalchemy import select

from server.store.tables import session as sessions_table
from tests.server.conftest import path_of, refused


@pytest.fixture
def change(classroom):
    def change(session, **changes):
        return classroom.client.patch(path_of(session), json=changes, headers=classroom.teacher)

    return change


@pytest.fixture
def courses(classroom):
    def courses():
        answer = classroom.client.get("/api/v1/courses", headers=classroom.teacher)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return courses


def revision(classroom, session):
    column = sessions_table.c.report_revision
    with classroom.app.state.service.database.reading() as db:
        wanted = select(column).where(sessions_table.c.id == session["session_id"])
        return db.execute(wanted).scalar_one()


def test_what_is_left_out_of_a_change_stays_as_it_is(classroom, session, change):
    assert change(session, course=" Biology 9b ").json()["course"] == "Biology 9b"
    told = change(session, title="Osmosis").json()
    assert (told["title"], told["course"]) == ("Osmosis", "Biology 9b")
    assert change(session, title=None).json() == told
    assert change(session).json() == told
    got = classroom.client.get(path_of(session), headers=classroom.teacher).json()
    assert got == told


@pytest.mark.parametrize("nothing", ["", "   ", None])
def test_an_empty_course_takes_a_session_out_of_its_course(session, change, courses, nothing):
    change(session, course="Biology 9b")
    assert change(session, course=nothing).json()["course"] is None
    assert courses() == []


def test_a_session_that_has_ended_can_be_changed_and_its_report_is_made_anew(
    classroom, session, change
):
    classroom.end(session)
    before = revision(classroom, session)
    assert change(session, course="Biology 9b").json()["ended_at"]
    assert revision(classroom, session) == before + 1
    change(session, course="Biology 9b", title=session["title"])
    assert revision(classroom, session) == before + 1


@pytest.mark.parametrize(
    "name", ["Bio/Chem 9b", "🧬 Biologie", "../x?y=1&z#", "'; --", "a\u0000b", "ü" * 120]
)
def test_a_course_may_have_any_name(session, change, courses, name):
    told = change(session, course=name)
    assert told.status_code == 200, told.text
    assert [each["course"] for each in courses()] == [told.json()["course"]]


@pytest.mark.parametrize(
    "body",
    [{"course": "x" * 121}, {"title": " "}, {"title": "x" * 201}, {"name": "x"}, {"course": 9}],
)
def test_what_no_session_can_be_called_is_refused(classroom, session, body):
    path = path_of(session)
    refused(classroom.client.patch(path, json=body, headers=classroom.teacher), 422)
    assert classroom.client.get(path, headers=classroom.teacher).json() == session


def test_only_the_teacher_changes_a_session_that_there_is(classroom, session, token, change):
    refused(classroom.client.patch(path_of(session), json={"title": "x"}, headers=token), 403)
    refused(classroom.client.patch(path_of(session), json={"title": "x"}), 401)
    refused(change({"session_id": "nothing"}, title="x"), 404)
    refused(classroom.client.get("/api/v1/courses", headers=token), 403)


def test_courses_are_listed_with_the_newest_first(classroom, courses):
    begun = []
    for course in ("Physics", "Biology 9b", None, "Physics", "biology 9b"):
        classroom.clock.now += 3600
        begun.append(classroom.start(course=course)["started_at"])
    assert courses() == [
        {"course": "biology 9b", "sessions": 1, "first_at": begun[4], "last_at": begun[4]},
        {"course": "Physics", "sessions": 2, "first_at": begun[0], "last_at": begun[3]},
        {"course": "Biology 9b", "sessions": 1, "first_at": begun[1], "last_at": begun[1]},
    ]


def test_a_course_goes_with_its_last_session(classroom, courses):
    session = classroom.start(course="Physics")
    classroom.client.delete(path_of(session), headers=classroom.teacher)
    assert courses() == []
