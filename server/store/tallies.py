"""Tallies: folding them once their bucket has ended, and reading them.

Imports `server.tally` for the arithmetic. Every function works inside the caller's transaction
`db`; folding wants one of its own, for its locks (see `server.store.sessions`).
"""

from collections import defaultdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, delete, select

from server.store.self_report_counts import fold_answers
from server.store.tables import open_self_report, open_tally, session, tally
from server.store.tally_rows import (
    SOURCE_TALLY_COLUMNS,
    TALLY_COLUMNS,
    read_source_tally,
    read_tally,
    write_tally,
)
from server.store.upserts import add_rows
from server.tally import SourceTally, Tally, fold_by_bucket


def fold_buckets(db: Connection, ended_before: int, *, started_after: int | None = None) -> int:
    """Fold every open bucket that had ended by a moment (unix seconds); return how many.

    `started_after`: fold those of a future, too, which a clock that was set back leaves behind.

    Afterwards nothing says what a single source showed in them. Several servers may do this at
    once: a row is folded by whoever deletes it. A bucket that was folded before and got frames
    again, because a clock was set back, is added to.
    """
    of_open_tally = session.c.id == open_tally.c.session_id
    seconds = select(session.c.bucket_seconds).where(of_open_tally).scalar_subquery()
    due = open_tally.c.bucket_start + seconds.correlate(open_tally) <= ended_before
    if started_after is not None:
        due |= open_tally.c.bucket_start > started_after
    late = select(open_tally.c.session_id).where(due)
    held = db.scalars(_lock_for_folding(session.c.id.in_(late))).all()
    return _fold_rows(db, open_tally.c.session_id.in_(held) & due) if held else 0


def fold_session(db: Connection, session_id: str) -> int:
    """Fold all open buckets of a session that has ended, with its self-reports.

    Returns how many buckets of frames.
    """
    db.execute(_lock_for_folding(session.c.id == session_id))
    fold_answers(db, open_self_report.c.session_id == session_id)
    return _fold_rows(db, open_tally.c.session_id == session_id)


def read_tallies(db: Connection, session_id: str, since: int | None) -> list[Tally]:
    """Return the tallies of all buckets that start at `since` (unix seconds) or later.

    Open buckets are folded on the fly. Oldest first.
    """
    still_open = read_open_tallies(db, session_id, since)
    found = [*read_folded_tallies(db, session_id, since), *fold_by_bucket(still_open)]
    return sorted(found, key=lambda each: (each.key, each.network_version))


def read_folded_tallies(db: Connection, session_id: str, since: int | None) -> list[Tally]:
    """Return the tallies of the buckets that are folded, from a moment on."""
    folded = select(*TALLY_COLUMNS).where(_of_session(tally, session_id, since))
    return [read_tally(row) for row in db.execute(folded)]


def read_open_tallies(
    db: Connection, session_id: str, since: int | None
) -> list[list[SourceTally]]:
    """Return the open buckets since a moment, a list per source, without saying whose.

    For the server's own sums only: never leaves the server.
    """
    wanted = select(*SOURCE_TALLY_COLUMNS, open_tally.c.source_id)
    wanted = wanted.where(_of_session(open_tally, session_id, since))
    grouped: defaultdict[str, list[SourceTally]] = defaultdict(list)
    for *row, source_id in db.execute(wanted.order_by(open_tally.c.bucket_start)):
        grouped[source_id].append(read_source_tally(row))
    return list(grouped.values())


def _lock_for_folding(condition: ColumnElement[bool]) -> Select[Any]:
    """Select sessions so that no frame is counted in them until this transaction is over."""
    chosen = select(session.c.id).where(condition).order_by(session.c.id)
    return chosen.with_for_update(key_share=True)


def _fold_rows(db: Connection, condition: ColumnElement[bool]) -> int:
    columns = open_tally.c.session_id, open_tally.c.source_id, *SOURCE_TALLY_COLUMNS
    taken = delete(open_tally).where(condition).returning(*columns)
    grouped: defaultdict[str, defaultdict[str, list[SourceTally]]]
    grouped = defaultdict(lambda: defaultdict(list))
    for session_id, source_id, *row in db.execute(taken):
        grouped[session_id][source_id].append(read_source_tally(row))
    folded = [
        write_tally(session_id, whole)
        for session_id, by_source in grouped.items()
        for whole in fold_by_bucket(by_source.values())
    ]
    add_rows(db, tally, folded)
    return len(folded)


def _of_session(table: Table, session_id: str, since: int | None) -> ColumnElement[bool]:
    own: ColumnElement[bool] = table.c.session_id == session_id
    return own if since is None else own & (table.c.bucket_start >= since)
