"""A report of a lesson that has ended, as its teacher asks for it."""

import time

from server.store.tables import report
from tests.server.conftest import path_of, refused
from tests.server.crowds import fill_a_bucket


def happy(share):
    rest = (1 - share) / 6
    return {
        emotion: share if emotion == "happy" else rest
        for emotion in ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
    }


def read_report(classroom, session, **query):
    answer = classroom.client.get(
        path_of(session, "/report"), params=query, headers=classroom.teacher
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def hold_lesson(classroom, session, faces, buckets=12):
    """Let students show the same faces for so many buckets, and end the lesson."""
    sources = None
    for _ in range(buckets):
        sources = fill_a_bucket(classroom, session, faces, turned=1, sources=sources)
        classroom.clock.now += 5
    classroom.end(session)


def test_it_tells_the_lesson_as_a_whole(classroom):
    session = classroom.start(simulated=True)
    hold_lesson(classroom, session, [happy(0.75)] * 12)
    told = read_report(classroom, session)
    assert told["session"]["session_id"] == session["session_id"]
    assert told["whole"]["shares"]["happy"]["share"] == 0.75
    assert told["whole"]["visible"] == 12
    assert {one["enough"] for one in told["series"]} == {True}


def test_a_lesson_that_runs_has_none_yet(classroom, session):
    answer = classroom.client.get(path_of(session, "/report"), headers=classroom.teacher)
    assert "still running" in refused(answer, 409)


def test_it_is_there_without_asking(classroom):
    session = classroom.start(simulated=True)
    hold_lesson(classroom, session, [happy(0.75)] * 6, buckets=2)
    until = time.monotonic() + 20
    while not classroom.rows(report) and time.monotonic() < until:
        time.sleep(0.02)
    [row] = classroom.rows(report)
    assert row.session_id == session["session_id"]


def test_it_goes_with_its_session(classroom):
    session = classroom.start(simulated=True)
    hold_lesson(classroom, session, [happy(0.75)] * 6, buckets=2)
    read_report(classroom, session)
    classroom.client.delete(path_of(session), headers=classroom.teacher)
    assert classroom.rows(report) == []


def test_a_note_of_later_is_in_it(classroom):
    session = classroom.start(simulated=True)
    hold_lesson(classroom, session, [happy(0.75)] * 6, buckets=2)
    read_report(classroom, session)
    note = {
        "label": "Tell them of the exam next time.",
        "kind": "note",
        "at": session["started_at"],
    }
    classroom.client.post(path_of(session, "/markers"), json=note, headers=classroom.teacher)
    assert [one["label"] for one in read_report(classroom, session)["notes"]] == [note["label"]]


def test_nobody_came(classroom, session):
    classroom.end(session)
    told = read_report(classroom, session)
    assert told["whole"]["enough"] is False
    assert told["whole"]["shares"] is None
    assert told["changes"] == []
