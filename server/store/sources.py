"""Sources in SQL: who sends frames into a session. No names, only random ids.

Every function works inside the caller's transaction `db`.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, delete, select, update

from server.store.sessions import SessionEnded, SessionNotFound
from server.store.tables import open_self_report, open_tally, session, source
from server.store.upserts import insert_unless_there
from server.tally import Kind


class SourceNotFound(LookupError):
    """The session has no source with this id."""

    def __init__(self) -> None:
        super().__init__("This session does not know the sender. Join it again.")


class SourceLeft(Exception):
    """The source has left the session; nothing of it is taken any more."""

    def __init__(self) -> None:
        super().__init__("You have left this session. Join it again with the code.")


@dataclass(frozen=True)
class SourceState:
    """What to know about a source and its session before taking something from it.

    send_seconds: how often its page sends a frame; last_seq: highest number counted so far.
    """

    session_title: str
    simulated: bool
    camera: bool
    self_report: bool
    send_seconds: float
    ended: bool
    left: bool
    last_seq: int | None


def add_source(db: Connection, session_id: str, *, kind: Kind, joined_at: datetime) -> str:
    """Let a new source join and return its id. Raises `SessionNotFound` or `SessionEnded`."""
    _hold_running_session(db, session_id)
    source_id = secrets.token_hex(12)
    _insert_source(db, source_id, session_id, kind, joined_at)
    return source_id


def window_source_id(session_id: str) -> str:
    """Return the id that the teacher's own window has for the whole session."""
    return f"window-{session_id}"


def ensure_window_source(db: Connection, session_id: str, *, joined_at: datetime) -> str:
    """Return the id of the teacher's own window; see `window_source_id`.

    It is stored on first use. Raises `SessionNotFound`, and `SessionEnded` where a session ended
    without one.
    """
    source_id = window_source_id(session_id)
    known = select(source.c.id).where(source.c.id == source_id)
    if db.execute(known).first() is None:
        _hold_running_session(db, session_id)
        _insert_source(db, source_id, session_id, "window", joined_at)
    return source_id


def look_up_source(db: Connection, session_id: str, source_id: str) -> SourceState:
    """Return the state of a source. Raises `SessionNotFound` or `SourceNotFound`."""
    row = db.execute(_STATE, {"of_session": session_id, "of_source": source_id}).first()
    if row is None:
        raise SessionNotFound
    if row.id is None:
        raise SourceNotFound
    return SourceState(
        row.title,
        row.simulated,
        row.camera,
        row.self_report,
        row.send_seconds,
        row.ended_at is not None,
        row.left_at is not None,
        row.last_seq,
    )


def leave_session(db: Connection, session_id: str, source_id: str, *, left_at: datetime) -> int:
    """Let a source leave and erase its open rows; return of how many buckets.

    Buckets of frames and of self-reports are told apart. Leaving again changes nothing, and it
    works after the session's end. Wants a transaction of its own, for its locks. Raises
    `SessionNotFound` or `SourceNotFound`.
    """
    held = select(session.c.id).where(session.c.id == session_id).with_for_update(read=True)
    if db.execute(held).first() is None:
        raise SessionNotFound
    own = (source.c.session_id == session_id) & (source.c.id == source_id)
    known = select(source.c.id).where(own).with_for_update(key_share=True)
    if db.execute(known).first() is None:
        raise SourceNotFound
    db.execute(update(source).where(own & source.c.left_at.is_(None)).values(left_at=left_at))
    erased: set[tuple[str, int]] = set()
    for table in (open_tally, open_self_report):
        rows = delete(table).where(table.c.source_id == source_id)
        starts = db.scalars(rows.returning(table.c.bucket_start))
        erased.update((table.name, start) for start in starts)
    return len(erased)


# Asked for every frame: building the statement anew would take longer than running it.
_STATE = (
    select(
        session.c.title,
        session.c.simulated,
        session.c.camera,
        session.c.self_report,
        session.c.send_seconds,
        session.c.ended_at,
        source.c.left_at,
        source.c.last_seq,
        source.c.id,
    )
    .select_from(
        session.outerjoin(
            source,
            and_(source.c.session_id == session.c.id, source.c.id == bindparam("of_source")),
        )
    )
    .where(session.c.id == bindparam("of_session"))
)


def _hold_running_session(db: Connection, session_id: str) -> None:
    """Keep others from ending or erasing the session before this transaction is over."""
    wanted = select(session.c.ended_at).where(session.c.id == session_id)
    row = db.execute(wanted.with_for_update(read=True)).first()
    if row is None:
        raise SessionNotFound
    if row.ended_at is not None:
        raise SessionEnded


def _insert_source(
    db: Connection, source_id: str, session_id: str, kind: Kind, joined_at: datetime
) -> None:
    row = {
        "id": source_id,
        "session_id": session_id,
        "kind": kind,
        "joined_at": joined_at,
        "last_seq": None,
    }
    insert_unless_there(db, source, row)
