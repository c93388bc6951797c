"""What holds for all calls of a source: who, how fast, whose clock, and what the teacher learns."""

import pytest

from server.store.tables import open_self_report, open_tally
from tests.server.conftest import path_of, refused


@pytest.mark.parametrize(
    ("method", "call"), [("POST", "/self-reports"), ("GET", "/source"), ("POST", "/leave")]
)
def test_only_a_source_of_the_session_may_do_these(classroom, session, method, call):
    def ask(headers):
        body = {"json": {"answer": "lost"}} if call == "/self-reports" else {}
        headers = {**headers, "Frame-Seq": "1"}
        return classroom.client.request(method, path_of(session, call), headers=headers, **body)

    stranger = classroom.join(classroom.start())
    assert "Only a source" in refused(ask(classroom.teacher), 403)
    assert "another session" in refused(ask(stranger), 403)
    refused(ask({}), 401)
    assert classroom.rows(open_self_report) == []


@pytest.mark.parametrize("told", ["Thu, 01 Jan 1970 00:00:00 GMT", "nonsense"])
def test_a_clients_clock_is_read_nowhere(classroom, session, token, portrait, told):
    """The bucket is that of the server's clock, whatever a header says."""
    headers = {**token, "Date": told, "Last-Modified": told, "X-Sent-At": told}
    classroom.send(session, headers, 1, portrait)
    classroom.say(session, headers, 2)
    now = classroom.clock.now
    assert [row.bucket_start for row in classroom.rows(open_tally)] == [now // 5 * 5]
    assert [row.bucket_start for row in classroom.rows(open_self_report)] == [now // 30 * 30]


def test_a_source_that_sends_too_fast_is_told_to_wait(slow_classroom, portrait):
    classroom = slow_classroom
    session = classroom.start()
    token, other = classroom.join(session), classroom.join(session)
    answers = [classroom.send(session, token, seq, b"no picture") for seq in range(8)]
    refused(answers[-1], 429)
    assert answers[-1].headers["Retry-After"] == "1"
    assert [answer.status_code for answer in answers[:4]] == [400] * 4
    assert classroom.say(session, token, 9).status_code == 200  # a tap has a pace of its own
    assert classroom.send(session, other, 1, portrait).status_code == 200
    window = [classroom.send(session, classroom.teacher, seq, b"no picture") for seq in range(8)]
    assert window[-1].status_code == 429
    classroom.clock.now += 1
    assert classroom.send(session, token, 10, portrait).json()["outcome"] == "counted"


def test_too_fast_is_told_before_the_body_is_read(slow_classroom):
    session = slow_classroom.start()
    token = slow_classroom.join(session)
    sent = []

    def endless():
        while len(sent) < 100:
            sent.append(1)
            yield b"x" * 100_000

    for seq in range(5):
        slow_classroom.send(session, token, seq, b"no picture")
    refused(slow_classroom.send(session, token, 9, endless()), 429)


def test_what_is_told_of_fewer_than_five_says_nothing_of_what_one_shows(classroom):
    """Every call that the teacher's token opens answers the same, whatever a student shows."""
    told = [everything_told(classroom, *shown) for shown in [("happy", "lost"), ("sad", "bored")]]
    assert told[0] == told[1]
    assert len(told[0]) >= 4


def everything_told(classroom, emotion, answer):
    session = classroom.start(simulated=True, expected_students=4)
    for student in range(4):
        token = classroom.join(session)
        shown, said = (emotion, answer) if student == 0 else ("neutral", "following")
        classroom.client.post(
            path_of(session, "/readings"),
            json={"faces": [{shown: 1}]},
            headers={**token, "Frame-Seq": "1"},
        )
        classroom.say(session, token, 2, said)
    paths = classroom.client.get("/openapi.json").json()["paths"]
    told = {}
    for path, methods in paths.items():
        if not path.startswith("/api/v1/sessions/{session_id}") or "get" not in methods:
            continue
        if path.count("{") > 1 or path.endswith("/live"):  # /live streams what /mood tells
            continue
        address = path.replace("{session_id}", session["session_id"])
        body = classroom.client.get(address, headers=classroom.teacher).text
        told[path] = body.replace(session["session_id"], "").replace(session["join_code"], "")
    return told
