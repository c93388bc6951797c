"""Outlines in SQL: the slides or chapters of a session. Works inside the caller's `db`."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from server.schemas import MarkerKind, OutlineEntry
from server.store.markers import drop_marker, hold_session
from server.store.sessions import SessionEnded
from server.store.tables import outline_entry


class EntryNotFound(LookupError):
    """The outline has no entry at this position."""

    def __init__(self, position: int, entries: int) -> None:
        has = f"it has {entries}" if entries else "nothing is loaded"
        super().__init__(f"The outline has no entry {position}; {has}. Load one, or read it first.")


class NothingBegins(SessionEnded):
    """The session has ended, so that no slide begins now."""

    def __init__(self) -> None:
        Exception.__init__(
            self,
            "This session has ended, so nothing begins in it now. Add a marker with `at` instead.",
        )


def replace_outline(
    db: Connection, session_id: str, entries: Sequence[OutlineEntry]
) -> list[OutlineEntry]:
    """Store an outline in place of the former one and return it. Raises `SessionNotFound`."""
    delete_outline(db, session_id)
    rows = [{"session_id": session_id, **each.model_dump(mode="json")} for each in entries]
    if rows:
        db.execute(insert(outline_entry), rows)
    return read_outline(db, session_id)


def read_outline(db: Connection, session_id: str) -> list[OutlineEntry]:
    """Return the entries in order; none where nothing is loaded or there is no such session."""
    wanted = select(*_COLUMNS).where(outline_entry.c.session_id == session_id)
    found = db.execute(wanted.order_by(outline_entry.c.position))
    return [_read_entry(*row) for row in found]


def delete_outline(db: Connection, session_id: str) -> None:
    """Erase the outline, if there is one. Raises `SessionNotFound`."""
    hold_session(db, session_id)
    db.execute(delete(outline_entry).where(outline_entry.c.session_id == session_id))


def begin_entry(db: Connection, session_id: str, position: int, *, now: datetime) -> OutlineEntry:
    """Note that a slide or chapter begins now, and mark the moment with its title.

    Begun again within a second, as by a request sent again, it keeps its first time. Raises
    `SessionNotFound`, `NothingBegins`, `EntryNotFound` or `TooManyMarkers`.
    """
    started_at, ended_at = hold_session(db, session_id)
    if ended_at is not None:
        raise NothingBegins
    own = outline_entry.c.session_id == session_id
    this = own & (outline_entry.c.position == position)
    found = db.execute(select(*_COLUMNS).where(this)).first()
    if found is None:
        counted = select(func.count()).select_from(outline_entry).where(own)
        raise EntryNotFound(position, db.scalar(counted) or 0)
    entry = _read_entry(*found)
    at = max(now, started_at)
    marked = drop_marker(db, session_id, label=entry.title, kind=entry.kind, at=at)
    begins_s = round((marked.at - started_at).total_seconds(), 3)
    db.execute(update(outline_entry).where(this).values(begins_s=begins_s))
    return entry.model_copy(update={"begins_s": begins_s})


_COLUMNS = (
    outline_entry.c.position, outline_entry.c.kind, outline_entry.c.title, outline_entry.c.begins_s
)  # fmt: skip


def _read_entry(position: int, kind: str, title: str, begins_s: float | None) -> OutlineEntry:
    return OutlineEntry(position=position, kind=MarkerKind(kind), title=title, begins_s=begins_s)
