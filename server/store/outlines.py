"""Outlines in SQL: the slides or chapters of a session. Works inside the caller's `db`."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from server.schemas import MarkerKind, OutlineEntry
from server.store.markers import drop_marker, hold_session, undo_marker
from server.store.reports import raise_revision
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
    rows = [
        {"session_id": session_id, **each.model_dump(mode="json", exclude={"begun"})}
        for each in entries
    ]
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
    raise_revision(db, session_id)


def begin_entry(db: Connection, session_id: str, position: int, *, now: datetime) -> OutlineEntry:
    """Note that a slide or chapter begins now, and mark the moment with its title.

    Begun again within a second, as by a request sent again, it keeps its first time. Raises
    `SessionNotFound`, `NothingBegins`, `EntryNotFound` or `TooManyMarkers`.
    """
    started_at, ended_at = hold_session(db, session_id)
    if ended_at is not None:
        raise NothingBegins
    entry = find_entry(db, session_id, position)
    at = max(now, started_at)
    marked = drop_marker(db, session_id, label=entry.title, kind=entry.kind, at=at)
    return _note_begun(db, session_id, position, (marked.at - started_at).total_seconds())


def take_back_begin(db: Connection, session_id: str, position: int) -> OutlineEntry:
    """Take back that an entry began: its marker goes, and it begins when the file says.

    A marker that got other words stays, and so does an entry that was not begun.
    Raises `SessionNotFound` or `EntryNotFound`.
    """
    started_at, _ = hold_session(db, session_id)
    entry = find_entry(db, session_id, position)
    if not entry.begun or entry.begins_s is None:
        return entry
    at = started_at + timedelta(seconds=entry.begins_s)
    undo_marker(db, session_id, label=entry.title, kind=entry.kind, at=at)
    return _note_begun(db, session_id, position, None)


def find_entry(db: Connection, session_id: str, position: int) -> OutlineEntry:
    """Return one entry of the outline. Raises `EntryNotFound`."""
    found = db.execute(select(*_COLUMNS).where(_is(session_id, position))).first()
    if found is None:
        own = outline_entry.c.session_id == session_id
        counted = select(func.count()).select_from(outline_entry).where(own)
        raise EntryNotFound(position, db.scalar(counted) or 0)
    return _read_entry(*found)


def _is(session_id: str, position: int) -> ColumnElement[bool]:
    return (outline_entry.c.session_id == session_id) & (outline_entry.c.position == position)


_COLUMNS = (
    outline_entry.c.position,
    outline_entry.c.kind,
    outline_entry.c.title,
    outline_entry.c.begins_s,
    outline_entry.c.begun_s,
)


def _note_begun(
    db: Connection, session_id: str, position: int, begun_s: float | None
) -> OutlineEntry:
    raise_revision(db, session_id)
    noted = update(outline_entry).where(_is(session_id, position)).values(begun_s=begun_s)
    return _read_entry(*db.execute(noted.returning(*_COLUMNS)).one())


def _read_entry(
    position: int, kind: str, title: str, planned_s: float | None, begun_s: float | None
) -> OutlineEntry:
    return OutlineEntry(
        position=position,
        kind=MarkerKind(kind),
        title=title,
        begins_s=planned_s if begun_s is None else round(begun_s, 3),
        begun=begun_s is not None,
    )
