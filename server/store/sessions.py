"""Sessions in SQL. Every function works inside the caller's transaction `db`.

A transaction that touches a session locks the session's row first, then its sources', each in the
order of their ids: that keeps several servers on one PostgreSQL from waiting for each other.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    Table,
    delete,
    func,
    select,
    update,
)

from server.store.tables import open_tally, session, source, tally
from server.store.upserts import insert_unless_there


class SessionNotFound(LookupError):
    """No session has this id."""

    def __init__(self) -> None:
        super().__init__("There is no such session. It may have been deleted; list the sessions.")


class JoinCodeNotFound(LookupError):
    """No session has this join code."""

    def __init__(self) -> None:
        super().__init__("No session has this join code. Check the code with your teacher.")


class JoinCodeTaken(ValueError):
    """Another session already has this join code."""

    def __init__(self) -> None:
        super().__init__("Another session already has this join code. Try again with a new one.")


class SessionEnded(Exception):
    """The session has ended; nothing more can join it or be counted in it."""

    def __init__(self) -> None:
        super().__init__("This session has ended. Ask your teacher for a new join code.")


@dataclass(frozen=True)
class StoredSession:
    """One session with its totals.

    send_seconds: how often a student's page sends a frame; camera, self_report: what students are
    asked for; engagement_profile: JSON of the session's own, None for the shipped one; origin:
    `live` or `recording`; report_revision: grows with every change that a report tells. joined:
    students that ever joined (a shared window is no student); present: of these, not left;
    frames, faces: counted so far; network_version: of the newest counted frame, or of the server
    at the session's start.
    """

    id: str
    title: str
    join_code: str
    expected_students: int | None
    bucket_seconds: int
    simulated: bool
    started_at: datetime
    ended_at: datetime | None
    send_seconds: float
    camera: bool
    self_report: bool
    engagement_profile: str | None
    course: str | None
    origin: str
    report_revision: int
    network_version: str
    joined: int
    present: int
    frames: int
    faces: int


def add_session(
    db: Connection,
    *,
    title: str,
    join_code: str,
    expected_students: int | None,
    bucket_seconds: int,
    simulated: bool,
    started_at: datetime,
    network_version: str,
    send_seconds: float = 2.0,
    camera: bool = True,
    self_report: bool = True,
    course: str | None = None,
    origin: str = "live",
) -> StoredSession:
    """Store a new session under a random id. Raises `JoinCodeTaken`."""
    session_id = secrets.token_hex(12)  # hex: never looks like an option on a command line
    row = {
        "id": session_id,
        "title": title,
        "join_code": join_code,
        "expected_students": expected_students,
        "bucket_seconds": bucket_seconds,
        "simulated": simulated,
        "started_at": started_at,
        "ended_at": None,
        "network_version": network_version,
        "send_seconds": send_seconds,
        "camera": camera,
        "self_report": self_report,
        "engagement_profile": None,
        "course": course,
        "origin": origin,
        "report_revision": 0,
    }
    if not insert_unless_there(db, session, row):
        raise JoinCodeTaken
    return find_session(db, session_id)


def list_sessions(db: Connection) -> list[StoredSession]:
    """Return all sessions, newest first."""
    newest_first = _with_totals().order_by(session.c.started_at.desc(), session.c.id)
    return [_read_session(row) for row in db.execute(newest_first)]


def find_session(db: Connection, session_id: str) -> StoredSession:
    """Return one session. Raises `SessionNotFound`."""
    row = db.execute(_with_totals().where(session.c.id == session_id)).first()
    if row is None:
        raise SessionNotFound
    return _read_session(row)


def find_session_by_code(db: Connection, code: str) -> StoredSession:
    """Return the session with exactly this join code, ended or not. Raises `JoinCodeNotFound`."""
    row = db.execute(_with_totals().where(session.c.join_code == code)).first()
    if row is None:
        raise JoinCodeNotFound
    return _read_session(row)


def end_session(db: Connection, session_id: str, at: datetime) -> StoredSession:
    """End a session at a moment; one that has ended keeps its first end. Raises `SessionNotFound`.

    Frames in a transaction that began before are still counted; none is afterwards.
    """
    running = (session.c.id == session_id) & session.c.ended_at.is_(None)
    db.execute(update(session).where(running).values(ended_at=at))
    return find_session(db, session_id)


def delete_session(db: Connection, session_id: str) -> None:
    """Erase a session with every row of it in every table. Raises `SessionNotFound`."""
    found = delete(session).where(session.c.id == session_id).returning(session.c.id)
    if db.execute(found).first() is None:
        raise SessionNotFound


def _with_totals() -> Select[Any]:
    """Select sessions with their totals, in the order of `StoredSession`'s fields."""
    own = [column for column in session.c if column.name != "network_version"]
    students = (source.c.session_id == session.c.id) & (source.c.kind == "student")
    joined = select(func.count()).select_from(source).where(students)
    return select(
        *own,
        func.coalesce(_newest(open_tally), _newest(tally), session.c.network_version),
        joined.scalar_subquery(),
        joined.where(source.c.left_at.is_(None) | _left_after_the_end()).scalar_subquery(),
        _total(tally, "frames") + _total(open_tally, "frames"),
        _total(tally, "faces") + _total(open_tally, "faces"),
    )


def _left_after_the_end() -> ColumnElement[bool]:
    return source.c.left_at > session.c.ended_at


def _newest(table: Table) -> ScalarSelect[str]:
    newest_first = table.c.bucket_start.desc(), table.c.network_version.desc()
    own = select(table.c.network_version).where(table.c.session_id == session.c.id)
    return own.order_by(*newest_first).limit(1).scalar_subquery()


def _total(table: Table, column: str) -> ScalarSelect[int]:
    total = func.coalesce(func.sum(table.c[column]), 0)
    return select(total).where(table.c.session_id == session.c.id).scalar_subquery()


def _read_session(row: Sequence[Any]) -> StoredSession:
    return StoredSession(*row)
