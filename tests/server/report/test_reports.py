"""A report of a lesson that has ended, as its teacher asks for it."""

import subprocess
import sys
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


def change_everything(classroom, session):
    """Yield, one after the other, each change that a report tells, made after the end."""

    def call(method, path, **body):
        answer = classroom.client.request(
            method, path_of(session, path), headers=classroom.teacher, **body
        )
        assert answer.status_code < 300, answer.text
        return answer

    at = session["started_at"]
    marker = call("POST", "/markers", json={"label": "A", "at": at}).json()
    yield "a marker"
    call("PATCH", f"/markers/{marker['marker_id']}", json={"label": "B"})
    yield "its words"
    call("DELETE", f"/markers/{marker['marker_id']}")
    yield "its end"
    call("PUT", "/outline", json=[{"title": "Salt", "begins_s": 5}])
    yield "slides"
    call("DELETE", "/outline")
    yield "no slides"
    call("PATCH", "", json={"title": "Biology 9c"})
    yield "the title"
    call("PATCH", "", json={"course": "Biology"})
    yield "the course"
    profile = {"title": "Mine", "screen_weight": 1.0, "emotion_weights": {}}
    call("PUT", "/engagement-profile", json=profile)
    yield "the profile"


def test_whatever_changes_what_it_tells_makes_it_anew(classroom):
    session = classroom.start(simulated=True)
    hold_lesson(classroom, session, [happy(0.75)] * 12)
    before = read_report(classroom, session)
    for what in change_everything(classroom, session):
        after = read_report(classroom, session)
        assert {**after, "made_at": 0} != {**before, "made_at": 0}, what
        assert read_report(classroom, session) == after, "made twice"
        before = after


def test_slides_of_later_divide_it(classroom):
    session = classroom.start(simulated=True)
    hold_lesson(classroom, session, [happy(0.75)] * 12)
    slides = [{"title": "Salt", "begins_s": 0}, {"title": "Water", "begins_s": 30}]
    classroom.client.put(path_of(session, "/outline"), json=slides, headers=classroom.teacher)
    told = read_report(classroom, session)["segments"]
    assert [(one["title"], one["kind"], one["seconds"]) for one in told] == [
        ("Salt", "slide", 30),
        ("Water", "slide", 30),
    ]


def test_only_a_note_may_have_many_words(classroom, session):
    address = path_of(session, "/markers")
    for kind, status in (("note", 201), ("marker", 422)):
        new = {"label": "word " * 300, "kind": kind}
        answer = classroom.client.post(address, json=new, headers=classroom.teacher)
        assert answer.status_code == status, answer.text
    short = {"label": "Osmosis", "kind": "question"}
    marker = classroom.client.post(address, json=short, headers=classroom.teacher).json()
    longer = classroom.client.patch(
        f"{address}/{marker['marker_id']}", json={"label": "x" * 201}, headers=classroom.teacher
    )
    assert "longer words are a note" in refused(longer, 422)


def test_it_speaks_the_language_asked_for(classroom, session):
    classroom.clock.now += 10
    classroom.end(session)
    address = path_of(session, "/report")
    for query, header, told in (
        ({}, "de-CH, en;q=0.5", "de"),
        ({"lang": "en"}, "de", "en"),
        ({"lang": "xx"}, "fr", "en"),
    ):
        headers = {**classroom.teacher, "Accept-Language": header}
        answer = classroom.client.get(address, params=query, headers=headers)
        assert answer.headers["content-language"] == told


def test_what_it_can_not_be_written_as_is_said(classroom, session):
    classroom.end(session)
    for query in ({"format": "docx"}, {"zone": "Mars/Olympus"}, {"zone": "../etc/passwd"}):
        answer = classroom.client.get(
            path_of(session, "/report"), params=query, headers=classroom.teacher
        )
        assert next(iter(query)) in refused(answer, 422)


def test_a_kept_one_that_is_no_longer_understood_is_made_anew(classroom, session):
    classroom.end(session)
    before = read_report(classroom, session)
    with classroom.app.state.service.database.writing() as db:
        db.execute(report.update().values(document='{"version": 0}'))
    assert read_report(classroom, session)["session"] == before["session"]


def test_an_ended_lesson_without_one_gets_it_at_the_next_start(classroom, session):
    classroom.end(session)
    read_report(classroom, session)
    service = classroom.app.state.service
    with service.database.writing() as db:
        db.execute(report.delete())
    service.reports.make_missing()
    until = time.monotonic() + 20
    while not classroom.rows(report) and time.monotonic() < until:
        time.sleep(0.02)
    assert len(classroom.rows(report)) == 1


def test_a_server_that_starts_loads_none_of_its_libraries():
    code = "import sys, server.app; print(*{'ruptures', 'reportlab', 'pyarrow'} & set(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ended.stdout.split() == []


def test_slides_of_another_day_or_zone_are_refused(classroom, session):
    classroom.clock.now += 1800
    classroom.end(session)
    answer = classroom.client.put(
        path_of(session, "/outline"),
        json=[{"title": "Salt", "begins_s": 36_300}],
        headers=classroom.teacher,
    )
    said = refused(answer, 422)
    assert "begins 10:05:00 h after" in said
    assert "lasted 0:30:00 h" in said
    read = classroom.client.get(path_of(session, "/outline"), headers=classroom.teacher)
    assert read.json() == []
