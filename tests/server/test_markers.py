"""Markers: moments that the teacher marks, through the whole server on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select

from server.store.markers import MOST_MARKERS
from server.store.tables import marker


@pytest.fixture
def session(classroom):
    return classroom.start()


@pytest.fixture
def mark(classroom, session):
    def mark(label="A question", **more):
        return classroom.client.post(
            path(session), json={"label": label, **more}, headers=classroom.teacher
        )

    return mark


def path(session, marker_id=None):
    whole = f"/api/v1/sessions/{session['session_id']}/markers"
    return whole if marker_id is None else f"{whole}/{marker_id}"


def listed(classroom, session):
    answer = classroom.client.get(path(session), headers=classroom.teacher)
    assert answer.status_code == 200
    return answer.json()


def refused(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].endswith(".")
    return answer.json()["detail"]


def moment(classroom):
    return datetime.fromtimestamp(classroom.clock.now, UTC)


def test_a_marker_is_now_by_the_servers_clock_and_shows_in_the_mood(classroom, session, mark):
    classroom.clock.now += 90
    made = mark("Question about osmosis", kind="question")
    assert made.status_code == 201
    told = made.json()
    assert datetime.fromisoformat(told["at"]) == moment(classroom)
    assert (told["label"], told["kind"]) == ("Question about osmosis", "question")
    assert listed(classroom, session) == [told]
    assert classroom.mood(session)["markers"] == [told]


def test_markers_are_told_by_their_time_whenever_they_were_made(classroom, session, mark):
    classroom.clock.now += 600
    mark("last")
    mark("first", at=(moment(classroom) - timedelta(minutes=9)).isoformat())
    mark("between", at=(moment(classroom) - timedelta(minutes=4)).isoformat())
    assert [each["label"] for each in listed(classroom, session)] == ["first", "between", "last"]


def test_the_same_marker_sent_again_is_one(classroom, session, mark):
    first = mark("Slide 12").json()
    classroom.clock.now += 0.9
    assert mark("Slide 12").json() == first
    assert mark("Slide 12", kind="question").json() != first
    classroom.clock.now += 300
    assert mark("Slide 12", at=first["at"]).json() == first
    assert mark("Slide 12").json() != first
    assert len(listed(classroom, session)) == 3


def test_two_markers_at_once_are_both_kept_and_the_same_one_once(classroom, session, mark):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(mark, ["same", "other"] * 8))
    assert {answer.status_code for answer in answers} == {201}
    assert sorted(each["label"] for each in listed(classroom, session)) == ["other", "same"]


def test_a_marker_gets_other_words_and_is_deleted(classroom, session, mark):
    made = mark("Slide 11").json()
    own = path(session, made["marker_id"])
    classroom.client.post(
        f"/api/v1/sessions/{session['session_id']}/end", headers=classroom.teacher
    )
    changed = classroom.client.patch(own, json={"label": "Slide 12"}, headers=classroom.teacher)
    assert changed.json() == {**made, "label": "Slide 12"}
    assert classroom.client.delete(own, headers=classroom.teacher).status_code == 204
    assert listed(classroom, session) == []
    refused(classroom.client.delete(own, headers=classroom.teacher), 404)
    refused(classroom.client.patch(own, json={"label": "x"}, headers=classroom.teacher), 404)


def test_another_sessions_marker_is_not_found(classroom, session, mark):
    own = path(classroom.start(), mark().json()["marker_id"])
    refused(classroom.client.patch(own, json={"label": "x"}, headers=classroom.teacher), 404)
    refused(classroom.client.delete(own, headers=classroom.teacher), 404)
    assert len(listed(classroom, session)) == 1


def test_a_moment_outside_the_session_is_refused_with_its_bounds(classroom, session, mark):
    began = moment(classroom)
    classroom.clock.now += 60
    for seconds in (-6, 66):
        at = (began + timedelta(seconds=seconds)).isoformat()
        assert began.isoformat() in refused(mark(at=at), 422)
    assert listed(classroom, session) == []


def test_a_moment_just_outside_the_session_is_its_edge(classroom, session, mark):
    began = moment(classroom)
    classroom.clock.now += 60
    early = mark("a", at=(began - timedelta(seconds=4)).isoformat()).json()
    ahead = mark("b", at=(began + timedelta(seconds=64)).isoformat()).json()
    assert datetime.fromisoformat(early["at"]) == began
    assert datetime.fromisoformat(ahead["at"]) == moment(classroom)


def test_an_ended_session_is_marked_by_giving_the_moment(classroom, session, mark):
    began = moment(classroom)
    classroom.clock.now += 60
    classroom.client.post(
        f"/api/v1/sessions/{session['session_id']}/end", headers=classroom.teacher
    )
    classroom.clock.now += 600
    assert "`at`" in refused(mark(), 409)
    assert mark(at=(began + timedelta(seconds=30)).isoformat()).status_code == 201
    refused(mark(at=(began + timedelta(seconds=90)).isoformat()), 422)


def test_markers_have_a_limit(classroom, session, mark):
    rows = [
        {"id": f"m{i}", "session_id": session["session_id"], "kind": "marker", "label": f"{i}",
         "at": moment(classroom)}
        for i in range(MOST_MARKERS)
    ]  # fmt: skip
    with classroom.app.state.service.database.writing() as db:
        db.execute(insert(marker), rows)
    assert "1,000 markers" in refused(mark("one more"), 422)
    assert mark("7").status_code == 201  # it is there already


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"label": ""},
        {"label": "   "},
        {"label": "x" * 201},
        {"label": "x", "kind": "slides"},
        {"label": "x", "at": "2026-03-02T10:42:05"},
        {"label": "x", "at": "yesterday"},
        {"label": "x", "who": "y"},
        [],
    ],
)
def test_a_bad_marker_is_described(classroom, session, body):
    refused(classroom.client.post(path(session), json=body, headers=classroom.teacher), 422)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_moment_at_the_end_of_the_calendar_is_outside_the_session(mark, at):
    refused(mark(at=at), 422)


def test_words_that_no_database_holds_are_kept_readable(classroom, session, mark):
    assert mark("a\x00b").json()["label"] == "a\N{REPLACEMENT CHARACTER}b"
    assert mark("a\x00b").status_code == 201
    assert len(listed(classroom, session)) == 1


def test_only_the_teacher_marks_and_only_a_session_that_is_there(classroom, session, mark):
    own = path(session, mark().json()["marker_id"])
    source = classroom.join(session)
    calls = [("GET", path(session)), ("POST", path(session)), ("PATCH", own), ("DELETE", own)]
    for method, address in calls:
        given = {"json": {"label": "x"}} if method in ("POST", "PATCH") else {}
        refused(classroom.client.request(method, address, headers=source, **given), 403)
        refused(classroom.client.request(method, address, **given), 401)
        gone = address.replace(session["session_id"], "nope")
        refused(classroom.client.request(method, gone, headers=classroom.teacher, **given), 404)


def test_markers_are_erased_with_their_session(classroom, session, mark):
    mark("one")
    classroom.client.delete(f"/api/v1/sessions/{session['session_id']}", headers=classroom.teacher)
    with classroom.app.state.service.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(marker)) == 0
