"""Leaving: what a source knows of itself, and what is erased when it withdraws."""

from server.store.tables import open_self_report, open_tally, source
from tests.server.conftest import path_of, refused


def test_a_source_looks_up_itself_and_nobody_else(classroom, session, token, portrait):
    other = classroom.join(session)
    classroom.send(session, other, 40, portrait)
    assert classroom.look(session, token).json() == {
        "session_title": "Biology 9b",
        "simulated": False,
        "camera": True,
        "self_report": True,
        "send_seconds": 2,
        "last_seq": None,
        "left": False,
        "ended": False,
    }
    assert classroom.look(session, other).json()["last_seq"] == 40
    classroom.leave(session, other)
    classroom.end(session)
    told = classroom.look(session, other).json()
    assert (told["left"], told["ended"]) == (True, True)
    assert classroom.look(session, token).json()["left"] is False


def test_leaving_erases_what_is_open_and_takes_nothing_more(classroom, session, token, portrait):
    stays = classroom.join(session)
    for seq in (1, 2):
        classroom.send(session, token, seq, portrait)
        classroom.send(session, stays, seq, portrait)
        classroom.clock.now += 5
    classroom.say(session, token, 3)
    classroom.say(session, stays, 3)
    assert classroom.leave(session, token).json() == {"erased_buckets": 3}
    assert {len(classroom.rows(open_tally)), len(classroom.rows(open_self_report))} == {2, 1}
    now = classroom.mood(session)["session"]
    assert (now["frames"], now["joined"], now["present"]) == (2, 2, 1)
    for answer in (
        classroom.send(session, token, 9, portrait),
        classroom.send(session, token, 1, portrait),  # also what was counted before
        classroom.say(session, token, 10),
    ):
        assert "left this session" in refused(answer, 410)
    assert classroom.leave(session, token).json() == {"erased_buckets": 0}
    assert classroom.send(session, stays, 9, portrait).status_code == 200


def test_leaving_again_keeps_the_first_moment(classroom, session, token):
    classroom.leave(session, token)
    first = [row.left_at for row in classroom.rows(source)]
    classroom.clock.now += 60
    classroom.leave(session, token)
    assert [row.left_at for row in classroom.rows(source)] == first


def test_leaving_after_the_end_works_and_changes_nobodys_numbers(classroom, session, token):
    classroom.say(session, token, 1)
    classroom.end(session)
    classroom.clock.now += 60
    assert classroom.leave(session, token).json() == {"erased_buckets": 0}
    refused(classroom.say(session, token, 2), 410)
    told = classroom.mood(session)["session"]
    assert (told["joined"], told["present"]) == (1, 1)  # as it was at the end


def test_who_left_may_join_again(classroom, session, token, portrait):
    classroom.leave(session, token)
    again = classroom.join(session)
    assert classroom.send(session, again, 1, portrait).json()["outcome"] == "counted"
    told = classroom.mood(session)["session"]
    assert (told["joined"], told["present"]) == (2, 1)


def test_leaving_a_session_that_was_deleted_is_told(classroom, session, token):
    classroom.client.delete(path_of(session), headers=classroom.teacher)
    refused(classroom.leave(session, token), 404)
    refused(classroom.look(session, token), 404)
    refused(classroom.say(session, token, 1), 404)
