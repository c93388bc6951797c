from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from server.store.sessions import (
    SessionEnded,
    SessionNotFound,
    delete_session,
    end_session,
    find_session,
)
from server.store.sources import SourceNotFound, SourceState, ensure_window_source, look_up_source
from server.store.tables import source

NOW = datetime(2026, 3, 2, 12, 5, tzinfo=UTC)


def ensure_window(lesson, session):
    with lesson.database.writing() as db:
        return ensure_window_source(db, session.id, joined_at=NOW)


def look_up(lesson, session_id, source_id):
    with lesson.database.reading() as db:
        return look_up_source(db, session_id, source_id)


def test_every_source_that_joins_gets_an_id_of_its_own_and_is_counted(lesson):
    session = lesson.begin()
    assert lesson.join(session) != lesson.join(session)
    with lesson.database.reading() as db:
        assert find_session(db, session.id).joined == 2


def test_the_state_of_a_source_tells_its_mark_what_is_asked_and_the_end(lesson):
    session = lesson.begin(simulated=True, camera=False, send_seconds=3.5)
    pupil = lesson.join(session)
    state = SourceState(
        session_title="Biology 9b",
        simulated=True,
        camera=False,
        self_report=True,
        send_seconds=3.5,
        ended=False,
        left=False,
        last_seq=None,
    )
    assert look_up(lesson, session.id, pupil) == state
    lesson.count(lesson.frame(session, pupil, 41))
    with lesson.database.writing() as db:
        end_session(db, session.id, NOW)
    assert look_up(lesson, session.id, pupil) == replace(state, ended=True, last_seq=41)


def test_a_source_is_known_in_its_own_session_only(lesson):
    own, other = lesson.begin(), lesson.begin()
    pupil = lesson.join(own)
    with pytest.raises(SourceNotFound):
        look_up(lesson, other.id, pupil)
    with pytest.raises(SessionNotFound):
        look_up(lesson, "nowhere", pupil)


def test_nobody_joins_a_session_that_ended_or_is_gone(lesson):
    session = lesson.begin()
    with lesson.database.writing() as db:
        end_session(db, session.id, NOW)
    with pytest.raises(SessionEnded):
        lesson.join(session)
    with lesson.database.writing() as db:
        delete_session(db, session.id)
    with pytest.raises(SessionNotFound):
        lesson.join(session)
    with pytest.raises(SessionNotFound):
        ensure_window(lesson, session)


def test_the_teachers_window_is_one_source_even_when_first_used_by_many_at_once(lesson):
    session, other = lesson.begin(), lesson.begin()
    with ThreadPoolExecutor(4) as threads:
        ids = set(threads.map(lambda _: ensure_window(lesson, session), range(8)))
    assert len(ids) == 1
    assert ensure_window(lesson, other) not in ids
    with lesson.database.reading() as db:
        of_session = source.c.session_id == session.id
        assert db.scalar(select(func.count()).select_from(source).where(of_session)) == 1


def test_a_shared_window_is_no_student_that_joined(lesson):
    session = lesson.begin()
    ensure_window(lesson, session)
    with lesson.database.reading() as db:
        assert find_session(db, session.id).joined == 0
