"""Tallies: folding them once their bucket has ended, and reading them.

Imports `server.mood` for the arithmetic. Every function works inside the caller's transaction
`db`; folding wants one of its own, for its locks (see `server.store.sessions`).
"""

from collections import defaultdict
from functools import reduce
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, delete, select

from server.mood import SourceTally, Tally, add_tallies, fold_sources
from server.store.database import add_rows
from server.store.frame_counts import CountOutcome, FrameCount, count_frames
from server.store.tables import open_tally, session, tally
from server.store.tally_rows import (
    SOURCE_TALLY_COLUMNS,
    TALLY_COLUMNS,
    read_source_tally,
    read_tally,
    write_tally,
)

__all__ = [
    "CountOutcome",
    "FrameCount",
    "count_frames",
    "fold_buckets",
    "fold_session",
    "read_open_tallies",
    "read_tallies",
]


def fold_buckets(db: Connection, ended_before: int) -> int:
    """Fold every open bucket that had ended by a moment (unix seconds); return how many.

    Afterwards nothing says what a single source showed in them. Several servers may do this at
    once: a row is folded by whoever deletes it. A bucket that was folded before and got frames
    again, because a clock was set back, is added to.
    """
    of_open_tally = session.c.id == open_tally.c.session_id
    seconds = select(session.c.bucket_seconds).where(of_open_tally).scalar_subquery()
    due = open_tally.c.bucket_start + seconds.correlate(open_tally) <= ended_before
    late = select(open_tally.c.session_id).where(due)
    held = db.scalars(_lock_for_folding(session.c.id.in_(late))).all()
    return _fold_rows(db, open_tally.c.session_id.in_(held) & due) if held else 0


def fold_session(db: Connection, session_id: str) -> int:
    """Fold all open buckets of a session that has ended; return how many."""
    db.execute(_lock_for_folding(session.c.id == session_id))
    return _fold_rows(db, open_tally.c.session_id == session_id)


def read_tallies(db: Connection, session_id: str, since: int | None) -> list[Tally]:
    """Return the tallies of all buckets that start at `since` (unix seconds) or later.

    Open buckets are folded on the fly. Oldest first; one tally per bucket and network.
    """
    folded = select(*TALLY_COLUMNS).where(_of_session(tally, session_id, since))
    still_open = select(*SOURCE_TALLY_COLUMNS).where(_of_session(open_tally, session_id, since))
    found = [read_tally(row) for row in db.execute(folded)]
    found += [fold_sources([read_source_tally(row)]) for row in db.execute(still_open)]
    grouped: defaultdict[tuple[int, str], list[Tally]] = defaultdict(list)
    for each in found:
        grouped[each.bucket_start, each.network_version].append(each)
    return [reduce(add_tallies, grouped[key]) for key in sorted(grouped)]


def read_open_tallies(db: Connection, session_id: str, since: int) -> dict[str, list[SourceTally]]:
    """Return each source's tallies of open buckets since a moment, oldest first.

    For the server's own sum over the last seconds only: never leaves the server.
    """
    wanted = select(*SOURCE_TALLY_COLUMNS, open_tally.c.source_id)
    wanted = wanted.where(_of_session(open_tally, session_id, since))
    grouped: defaultdict[str, list[SourceTally]] = defaultdict(list)
    for *row, source_id in db.execute(wanted.order_by(open_tally.c.bucket_start)):
        grouped[source_id].append(read_source_tally(row))
    return dict(grouped)


def _lock_for_folding(condition: ColumnElement[bool]) -> Select[Any]:
    """Select sessions so that no frame is counted in them until this transaction is over."""
    chosen = select(session.c.id).where(condition).order_by(session.c.id)
    return chosen.with_for_update(key_share=True)


def _fold_rows(db: Connection, condition: ColumnElement[bool]) -> int:
    columns = open_tally.c.session_id, *SOURCE_TALLY_COLUMNS
    taken = delete(open_tally).where(condition).returning(*columns)
    grouped: defaultdict[tuple[str, int, str], list[SourceTally]] = defaultdict(list)
    for session_id, *row in db.execute(taken):
        own = read_source_tally(row)
        grouped[session_id, own.bucket_start, own.network_version].append(own)
    folded = [write_tally(key[0], fold_sources(sources)) for key, sources in grouped.items()]
    add_rows(db, tally, folded)
    return len(folded)


def _of_session(table: Table, session_id: str, since: int | None) -> ColumnElement[bool]:
    own: ColumnElement[bool] = table.c.session_id == session_id
    return own if since is None else own & (table.c.bucket_start >= since)
