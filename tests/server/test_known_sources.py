"""What is remembered of sources, and that it never counts what should not be."""

from contextlib import contextmanager

import pytest

from server.known_sources import KnownSources
from server.store.sessions import delete_session, end_session
from server.store.sources import SourceState, leave_session
from tests.hand_clock import HandClock
from tests.server.conftest import path_of, refused


def state(last_seq=None):
    return SourceState(
        session_title="x",
        simulated=False,
        camera=True,
        self_report=True,
        send_seconds=2.0,
        ended=False,
        left=False,
        last_seq=last_seq,
    )


@pytest.fixture
def clock():
    return HandClock(100.0)


@pytest.fixture
def known(clock):
    return KnownSources(10, clock=clock)


def test_what_was_looked_up_is_known_for_a_while(known, clock):
    known.keep("session", "a", state(5), known.changes)
    clock.now += 9
    assert known.recall("session", "a") == state(5)
    assert known.recall("session", "b") is None
    clock.now += 2
    assert known.recall("session", "a") is None


def test_a_mark_only_rises(known):
    known.keep("session", "a", state(), known.changes)
    for seq in (3, 7, 5):
        known.note_mark("session", "a", seq)
    known.note_mark("session", "never-looked-up", 9)
    assert known.recall("session", "a").last_seq == 7
    assert known.recall("session", "never-looked-up") is None


def test_a_session_that_changed_is_forgotten_and_no_other(known):
    known.keep("session", "a", state(), known.changes)
    known.keep("other", "b", state(), known.changes)
    known.forget("session")
    assert known.recall("session", "a") is None
    assert known.recall("other", "b") is not None
    known.forget_all()
    assert known.recall("other", "b") is None


def test_what_was_read_before_a_change_is_not_kept_after_it(known):
    before = known.changes
    known.forget("session")
    known.keep("session", "a", state(), before)
    assert known.recall("session", "a") is None


def test_what_is_too_old_takes_no_memory(known, clock):
    for number in range(1000):
        known.keep(f"session-{number}", "a", state(), known.changes)
        clock.now += 1
    assert len(known) <= 20


@contextmanager
def another_process(classroom):
    """Change the database so that this server is not told."""
    with classroom.app.state.service.database.writing() as db:
        yield db


def test_a_frame_after_the_end_by_another_process_is_refused(classroom, session, token, portrait):
    assert classroom.send(session, token, 1, portrait).status_code == 200
    with another_process(classroom) as db:
        end_session(db, session["session_id"], classroom.app.state.service.now())
    for _ in range(2):  # the first is read in vain, the second is refused from memory or SQL
        assert "has ended" in refused(classroom.send(session, token, 2, portrait), 409)
    assert classroom.mood(session)["session"]["frames"] == 1


def test_a_frame_of_a_session_erased_by_another_process_is_refused(
    classroom, session, token, portrait
):
    assert classroom.send(session, token, 1, portrait).status_code == 200
    with another_process(classroom) as db:
        delete_session(db, session["session_id"])
    for _ in range(2):
        refused(classroom.send(session, token, 2, portrait), 404)


def test_a_frame_after_leaving_through_another_process_is_refused(
    classroom, session, token, portrait
):
    assert classroom.send(session, token, 1, portrait).status_code == 200
    service = classroom.app.state.service
    ticket = service.keyring.read_source(token["Authorization"].split()[1], now=service.now())
    with another_process(classroom) as db:
        leave_session(db, ticket.session_id, ticket.source_id, left_at=service.now())
    for _ in range(2):
        refused(classroom.send(session, token, 2, portrait), 410)


def test_what_this_server_ended_is_not_read_any_more(classroom, session, token, portrait):
    assert classroom.send(session, token, 1, portrait).status_code == 200
    classroom.end(session)
    broken = classroom.send(session, token, 2, b"no picture, and nobody looks")
    assert "has ended" in refused(broken, 409)
    again = classroom.send(session, token, 1, b"no picture, and nobody looks")
    assert again.json()["outcome"] == "duplicate"
    classroom.client.delete(path_of(session), headers=classroom.teacher)
    refused(classroom.send(session, token, 3, b"no picture, and nobody looks"), 404)
