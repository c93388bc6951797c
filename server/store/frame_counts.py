"""Counting frames into the open tallies of their sources.

Imports nothing of `server` but the store and the arithmetic of `server.mood`. Counting wants a
transaction of its own, for its locks (see `server.store.sessions`).
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, select, update

from model.emotions import EMOTIONS
from model.quantification import even_out
from server.store.tables import open_tally, session, source
from server.store.tally_rows import write_source_tally
from server.store.upserts import add_rows
from server.tally import Kind, SourceTally, merge_source_buckets

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


class _HeldSource(NamedTuple):
    last_seq: int | None
    kind: Kind


def count_frames(db: Connection, frames: Sequence[FrameCount]) -> list[CountOutcome]:
    """Count a batch and say what became of each frame, in order.

    The sources' high-water marks move in the same transaction: a frame sent again, in this batch
    or a later one, is a `DUPLICATE`. A frame that can't be counted does not touch the others.
    """
    sessions = _hold_sessions(db, {frame.session_id for frame in frames})
    sources = _hold_sources(db, {frame.source_id for frame in frames})
    marks = {key: held.last_seq for key, held in sources.items()}
    outcomes: list[CountOutcome] = []
    counted: list[FrameCount] = []
    for frame in frames:
        outcome = _judge_frame(frame, sessions, marks)
        outcomes.append(outcome)
        if outcome is CountOutcome.COUNTED:
            counted.append(frame)
            marks[frame.session_id, frame.source_id] = frame.seq
    _move_marks(db, counted)
    add_rows(db, open_tally, _tally_frames(counted, sessions, sources))
    return outcomes


# Built once: they are asked for every batch.
_HOLD_SESSIONS = (
    select(session.c.id, session.c.bucket_seconds, session.c.ended_at)
    .where(session.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(session.c.id)
    .with_for_update(read=True)
)
_HOLD_SOURCES = (
    select(source.c.session_id, source.c.id, source.c.last_seq, source.c.kind)
    .where(source.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(source.c.id)
    .with_for_update(key_share=True)
)
_MOVE_MARK = (
    update(source).where(source.c.id == bindparam("of_source")).values(last_seq=bindparam("mark"))
)


def _hold_sessions(db: Connection, ids: set[str]) -> dict[str, _HeldSession]:
    rows = db.execute(_HOLD_SESSIONS, {"ids": list(ids)})
    return {row.id: _HeldSession(row.bucket_seconds, row.ended_at is not None) for row in rows}


def _hold_sources(db: Connection, ids: set[str]) -> dict[tuple[str, str], _HeldSource]:
    rows = db.execute(_HOLD_SOURCES, {"ids": list(ids)})
    return {(row.session_id, row.id): _HeldSource(row.last_seq, row.kind) for row in rows}


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
        db.execute(_MOVE_MARK, [{"of_source": key, "mark": seq} for key, seq in highest.items()])


def _tally_frames(
    counted: Sequence[FrameCount],
    sessions: Mapping[str, _HeldSession],
    sources: Mapping[tuple[str, str], _HeldSource],
) -> list[dict[str, Any]]:
    grouped: defaultdict[tuple[str, str, int, str], list[SourceTally]] = defaultdict(list)
    for frame in counted:
        seconds = sessions[frame.session_id].bucket_seconds
        own = _tally_frame(frame, seconds, sources[frame.session_id, frame.source_id].kind)
        key = (frame.session_id, frame.source_id, own.bucket_start, own.network_version)
        grouped[key].append(own)
    return [
        write_source_tally(session_id, source_id, merge_source_buckets(tallies))
        for (session_id, source_id, *_), tallies in grouped.items()
    ]


def _tally_frame(frame: FrameCount, seconds: int, kind: Kind) -> SourceTally:
    probabilities = frame.probabilities.astype(np.float64)
    faces = len(probabilities)
    return SourceTally(
        bucket_start=int(frame.received_at // seconds) * seconds,
        kind=kind,
        network_version=frame.network_version,
        frames=1,
        frames_with_faces=int(faces > 0),
        faces=faces,
        counts=np.bincount(probabilities.argmax(1), minlength=len(EMOTIONS)),
        sums=probabilities.sum(0),
        squares=(probabilities**2).sum(0),
        even_sums=even_out(probabilities).sum(0),
    )
