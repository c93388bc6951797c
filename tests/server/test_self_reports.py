"""Self-reports over HTTP: numbered, counted once, refused with a sentence."""

import pytest

from server.schemas import SelfReportAnswer
from server.store.tables import open_self_report
from tests.server.conftest import path_of, refused

ANSWERS = [answer.value for answer in SelfReportAnswer]


def test_a_self_report_is_counted_when_it_is_answered(classroom, session, token):
    answer = classroom.say(session, token, 1, "lost")
    assert answer.status_code == 200
    assert answer.json() == {"outcome": "counted", "seq": 1}
    (row,) = classroom.rows(open_self_report)
    assert (row.session_id, row.answer) == (session["session_id"], "lost")
    assert row.bucket_start == classroom.clock.now // 30 * 30


def test_frames_and_self_reports_are_numbered_in_one_row(classroom, session, token, portrait):
    assert classroom.send(session, token, 1, portrait).json()["outcome"] == "counted"
    assert classroom.say(session, token, 1).json()["outcome"] == "duplicate"
    assert classroom.say(session, token, 2).json()["outcome"] == "counted"
    assert classroom.say(session, token, 2, "lost").json()["outcome"] == "duplicate"
    assert classroom.send(session, token, 2, portrait).json()["outcome"] == "duplicate"
    assert [row.answer for row in classroom.rows(open_self_report)] == ["following"]


def test_the_latest_answer_of_a_bucket_counts(classroom, session, token):
    for seq, answer in enumerate(ANSWERS):
        classroom.say(session, token, seq, answer)
    assert [row.answer for row in classroom.rows(open_self_report)] == [ANSWERS[-1]]
    classroom.clock.now += 30
    classroom.say(session, token, 10, "lost")
    assert [row.answer for row in classroom.rows(open_self_report)] == [ANSWERS[-1], "lost"]


def test_a_simulated_session_takes_self_reports(classroom):
    session = classroom.start(simulated=True)
    assert classroom.say(session, classroom.join(session), 1).status_code == 200


def test_a_session_takes_only_what_it_asks_for(classroom, portrait):
    silent = classroom.start(self_report=False)
    detail = refused(classroom.say(silent, classroom.join(silent), 1), 403)
    assert "does not ask" in detail
    blind = classroom.start(camera=False)
    for sender in (classroom.join(blind), classroom.teacher):
        assert "no pictures" in refused(classroom.send(blind, sender, 1, portrait), 403)
    invented = classroom.start(camera=False, simulated=True)
    reading = classroom.client.post(
        path_of(invented, "/readings"),
        json={"faces": [{"happy": 1}]},
        headers={**classroom.join(invented), "Frame-Seq": "1"},
    )
    refused(reading, 403)


def test_after_the_end_a_retry_is_told_that_it_was_counted(classroom, session, token):
    classroom.say(session, token, 5)
    classroom.end(session)
    assert classroom.say(session, token, 5).json()["outcome"] == "duplicate"
    refused(classroom.say(session, token, 6), 409)


@pytest.mark.parametrize(
    "body", [{}, {"answer": "happy"}, {"answer": None}, [], {"answer": "lost", "at": 1}, "lost"]
)
def test_a_self_report_that_is_none_is_described(classroom, session, token, body):
    answer = classroom.client.post(
        path_of(session, "/self-reports"), json=body, headers={**token, "Frame-Seq": "1"}
    )
    refused(answer, 422)
    assert classroom.say(session, token, 1).json()["outcome"] == "counted"  # its number is free


@pytest.mark.parametrize("seq", ["", "x", "-1", str(2**63)])
def test_a_self_report_without_a_good_number_is_refused(classroom, session, token, seq):
    assert "Frame-Seq" in refused(classroom.say(session, token, seq), 422)
