"""Markers in SQL: moments that the teacher marked. Every function works inside the caller's `db`.

The words are the teacher's own and the only ones, beside titles, that are kept.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select, update

from server.schemas import Marker, MarkerKind, refuse_long_words
from server.store.reports import raise_revision
from server.store.sessions import SessionEnded, SessionNotFound
from server.store.tables import marker, session

MOST_MARKERS = 1000
SAME_MARKER = timedelta(seconds=1)
"""Markers of one kind with the same words this near to each other are one, sent again."""
SLACK = timedelta(seconds=5)
"""How far `at` may lie outside the session and still mean its edge: clocks and buckets differ."""


class MarkerNotFound(LookupError):
    """The session has no such marker."""

    def __init__(self) -> None:
        super().__init__("There is no such marker. It may have been deleted; list the markers.")


class TooManyMarkers(ValueError):
    """The session has as many markers as it may have."""

    def __init__(self) -> None:
        super().__init__(
            f"This session has {MOST_MARKERS:,} markers, and more would hide the chart. Delete "
            "some of them first."
        )


class MarkerTooLong(ValueError):
    """Words too long for a marker that is no note."""


class MomentOutsideSession(ValueError):
    """A moment to mark that is before the session, after it, or yet to come."""


class SessionIsOver(SessionEnded):
    """The session has ended, so that there is no “now” in it."""

    def __init__(self) -> None:
        Exception.__init__(
            self, "This session has ended. Give `at`, a moment of the session, to mark it."
        )


def add_marker(
    db: Connection,
    session_id: str,
    *,
    label: str,
    kind: MarkerKind,
    at: datetime | None,
    now: datetime,
) -> Marker:
    """Mark a moment, or `now` where none is given; the same marker sent again is one.

    Raises `SessionNotFound`, `SessionIsOver`, `MomentOutsideSession` or `TooManyMarkers`.
    """
    started_at, ended_at = hold_session(db, session_id)
    if at is None and ended_at is not None:
        raise SessionIsOver
    moment = _place(at or now, started_at, ended_at or max(now, started_at))
    return drop_marker(db, session_id, label=label, kind=kind, at=moment)


def drop_marker(
    db: Connection, session_id: str, *, label: str, kind: MarkerKind, at: datetime
) -> Marker:
    """Store a marker of a session that `hold_session` holds. Raises `TooManyMarkers`."""
    alike = select(*_COLUMNS).where(
        marker.c.session_id == session_id,
        marker.c.kind == kind.value,
        marker.c.label == label,
        marker.c.at.between(at - SAME_MARKER, at + SAME_MARKER),
    )
    if (row := db.execute(alike.order_by(marker.c.at).limit(1)).first()) is not None:
        return _read_marker(*row)
    counted = select(func.count()).select_from(marker).where(marker.c.session_id == session_id)
    if (db.scalar(counted) or 0) >= MOST_MARKERS:
        raise TooManyMarkers
    own = {"id": secrets.token_hex(12), "session_id": session_id}
    told = {"at": at, "kind": kind.value, "label": label}
    added = db.execute(marker.insert().values({**own, **told}).returning(*_COLUMNS))
    raise_revision(db, session_id)
    return _read_marker(*added.one())


def undo_marker(
    db: Connection, session_id: str, *, label: str, kind: MarkerKind, at: datetime
) -> bool:
    """Erase the marker that was dropped with these words at this moment; tell whether there was."""
    moment = timedelta(milliseconds=1)
    alike = (
        (marker.c.session_id == session_id)
        & (marker.c.kind == kind.value)
        & (marker.c.label == label)
        & marker.c.at.between(at - moment, at + moment)
    )
    erased = db.execute(delete(marker).where(alike).returning(marker.c.id)).first()
    raise_revision(db, session_id)
    return erased is not None


def list_markers(db: Connection, session_id: str) -> list[Marker]:
    """Return all markers of a session by their time; none where there is no such session."""
    wanted = select(*_COLUMNS).where(marker.c.session_id == session_id)
    return [_read_marker(*row) for row in db.execute(wanted.order_by(marker.c.at, marker.c.id))]


def change_marker(db: Connection, session_id: str, marker_id: str, label: str) -> Marker:
    """Give a marker other words. Raises `SessionNotFound`, `MarkerNotFound` or `MarkerTooLong`."""
    hold_session(db, session_id)
    own = (marker.c.session_id == session_id) & (marker.c.id == marker_id)
    if (kind := db.scalar(select(marker.c.kind).where(own))) is None:
        raise MarkerNotFound
    try:
        refuse_long_words(label, MarkerKind(kind))
    except ValueError as error:
        raise MarkerTooLong(f"The words are too long: {error}.") from None
    changed = update(marker).where(own).values(label=label).returning(*_COLUMNS)
    raise_revision(db, session_id)
    return _read_marker(*db.execute(changed).one())


def delete_marker(db: Connection, session_id: str, marker_id: str) -> None:
    """Erase a marker. Raises `SessionNotFound` or `MarkerNotFound`."""
    hold_session(db, session_id)
    own = (marker.c.session_id == session_id) & (marker.c.id == marker_id)
    if db.execute(delete(marker).where(own).returning(marker.c.id)).first() is None:
        raise MarkerNotFound
    raise_revision(db, session_id)


def hold_session(db: Connection, session_id: str) -> tuple[datetime, datetime | None]:
    """Return when a session began and ended, and keep others from changing it meanwhile.

    Raises `SessionNotFound`.
    """
    wanted = select(session.c.started_at, session.c.ended_at).where(session.c.id == session_id)
    row = db.execute(wanted.with_for_update(key_share=True)).first()
    if row is None:
        raise SessionNotFound
    return row.started_at, row.ended_at


_COLUMNS = marker.c.id, marker.c.at, marker.c.kind, marker.c.label


def _read_marker(marker_id: str, at: datetime, kind: str, label: str) -> Marker:
    return Marker(marker_id=marker_id, at=at, kind=MarkerKind(kind), label=label)


def _place(at: datetime, first: datetime, last: datetime) -> datetime:
    """Return a moment of the session: this one, or the edge that it is near to."""
    if not first - SLACK <= at <= last + SLACK:
        raise MomentOutsideSession(
            f"`at` is {at.isoformat()}; the session has moments from {first.isoformat()} to "
            f"{last.isoformat()}. Give one of these, or none for now."
        )
    return min(max(at, first), last)
