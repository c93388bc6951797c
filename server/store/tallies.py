"""Counting frames into tallies, folding them and reading them.

Imports `server.mood` for the arithmetic. Every function works inside the caller's transaction
`db`; each writing one wants a transaction of its own, for its locks (see `server.store.sessions`).
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    bindparam,
    delete,
    select,
    update,
)

from model.emotions import EMOTIONS
from server.mood import SourceTally, Tally, add_tallies, fold_sources, merge_source_buckets
from server.store.database import add_rows
from server.store.tables import open_tally, session, source, tally
from server.store.tally_rows import (
    SOURCE_TALLY_COLUMNS,
    TALLY_COLUMNS,
    read_source_tally,
    read_tally,
    write_source_tally,
    write_tally,
)

LAST_SEQ = 2**63 - 1


class CountOutcome(Enum):
    """What became of one frame of a batch."""

    COUNTED = auto()
    DUPLICATE = auto()
    SESSION_ENDED = auto()
    SESSION_GONE = auto()
    SOURCE_GONE = auto()


@dataclass(frozen=True, eq=False)
class FrameCount:
    """One frame to count.

    seq: the source's own number of the frame, 0 to 2**63 - 1; received_at: unix seconds;
    probabilities: `(n, 7) float32`, one row per face. Raises `ValueError` for anything else, so
    that no frame can spoil the batch it travels in.
    """

    session_id: str
    source_id: str
    seq: int
    received_at: float
    network_version: str
    probabilities: NDArray[np.float32]

    def __post_init__(self) -> None:
        """Refuse what SQL can't hold or what would spoil a sum for good."""
        if not 0 <= self.seq <= LAST_SEQ:
            raise ValueError(f"A frame's number must be from 0 to {LAST_SEQ}, not {self.seq}.")
        if self.probabilities.shape != (len(self.probabilities), len(EMOTIONS)):
            raise ValueError(f"Expected (n, 7) probabilities, not {self.probabilities.shape}.")
        if not (np.isfinite(self.probabilities).all() and math.isfinite(self.received_at)):
            raise ValueError("A probability or the moment of a frame is not a finite number.")


class _HeldSession(NamedTuple):
    bucket_seconds: int
    ended: bool


def count_frames(db: Connection, frames: Sequence[FrameCount]) -> list[CountOutcome]:
    """Count a batch and say what became of each frame, in order.

    The sources' high-water marks move in the same transaction: a frame sent again, in this batch
    or a later one, is a `DUPLICATE`. A frame that can't be counted does not touch the others.
    """
    sessions = _hold_sessions(db, {frame.session_id for frame in frames})
    marks = _hold_sources(db, {frame.source_id for frame in frames})
    outcomes: list[CountOutcome] = []
    counted: list[FrameCount] = []
    for frame in frames:
        outcome = _judge_frame(frame, sessions, marks)
        outcomes.append(outcome)
        if outcome is CountOutcome.COUNTED:
            counted.append(frame)
            marks[frame.session_id, frame.source_id] = frame.seq
    _move_marks(db, counted)
    add_rows(db, open_tally, _tally_frames(counted, sessions))
    return outcomes


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


def _hold_sessions(db: Connection, ids: set[str]) -> dict[str, _HeldSession]:
    wanted = select(session.c.id, session.c.bucket_seconds, session.c.ended_at)
    held = wanted.where(session.c.id.in_(ids)).order_by(session.c.id).with_for_update(read=True)
    return {row.id: _HeldSession(row[1], row[2] is not None) for row in db.execute(held)}


def _hold_sources(db: Connection, ids: set[str]) -> dict[tuple[str, str], int | None]:
    wanted = select(source.c.session_id, source.c.id, source.c.last_seq)
    held = wanted.where(source.c.id.in_(ids)).order_by(source.c.id)
    rows = db.execute(held.with_for_update(key_share=True))
    return {(row.session_id, row.id): row.last_seq for row in rows}


def _judge_frame(
    frame: FrameCount,
    sessions: Mapping[str, _HeldSession],
    marks: Mapping[tuple[str, str], int | None],
) -> CountOutcome:
    if frame.session_id not in sessions:
        return CountOutcome.SESSION_GONE
    if (frame.session_id, frame.source_id) not in marks:
        return CountOutcome.SOURCE_GONE
    mark = marks[frame.session_id, frame.source_id]
    if mark is not None and frame.seq <= mark:  # also after the end: it was counted, and is told so
        return CountOutcome.DUPLICATE
    if sessions[frame.session_id].ended:
        return CountOutcome.SESSION_ENDED
    return CountOutcome.COUNTED


def _move_marks(db: Connection, counted: Sequence[FrameCount]) -> None:
    highest = {frame.source_id: frame.seq for frame in counted}
    if highest:
        moved = update(source).where(source.c.id == bindparam("of_source"))
        rows = [{"of_source": own, "mark": seq} for own, seq in highest.items()]
        db.execute(moved.values(last_seq=bindparam("mark")), rows)


def _tally_frames(
    counted: Sequence[FrameCount], sessions: Mapping[str, _HeldSession]
) -> list[dict[str, Any]]:
    grouped: defaultdict[tuple[str, str, int, str], list[SourceTally]] = defaultdict(list)
    for frame in counted:
        own = _tally_frame(frame, sessions[frame.session_id].bucket_seconds)
        key = (frame.session_id, frame.source_id, own.bucket_start, own.network_version)
        grouped[key].append(own)
    return [
        write_source_tally(session_id, source_id, merge_source_buckets(tallies))
        for (session_id, source_id, *_), tallies in grouped.items()
    ]


def _tally_frame(frame: FrameCount, seconds: int) -> SourceTally:
    probabilities = frame.probabilities.astype(np.float64)
    faces = len(probabilities)
    return SourceTally(
        bucket_start=int(frame.received_at // seconds) * seconds,
        network_version=frame.network_version,
        frames=1,
        frames_with_faces=int(faces > 0),
        faces=faces,
        counts=np.bincount(probabilities.argmax(1), minlength=len(EMOTIONS)),
        sums=probabilities.sum(0),
        squares=(probabilities**2).sum(0),
    )


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
