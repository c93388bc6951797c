"""What happens to what a source sends, between the request and the answer. Knows no web."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

import numpy as np

from model.emotions import EMOTIONS
from model.faces import Floats
from model.pipeline import FrameReading
from server.engine import (
    SIMULATED,
    Busy,
    Counted,
    Duplicate,
    FrameEngine,
    Submitted,
    SubmittedFrame,
    SubmittedReading,
    SubmittedSelfReport,
)
from server.keyring import SourceTicket
from server.known_sources import KnownSources
from server.pace import Pace
from server.refusals import (
    CameraNotWanted,
    NotSimulated,
    SelfReportNotWanted,
    SentTooFast,
    ServerBusy,
    SessionSimulated,
)
from server.schemas import Outcome, SelfReport, SelfReportReceipt, SimulatedReading
from server.store.database import Database, DatabaseNotMigrated, DatabaseUnavailable
from server.store.sessions import SessionEnded, SessionNotFound
from server.store.sources import (
    SourceLeft,
    SourceNotFound,
    SourceState,
    ensure_window_source,
    leave_session,
    look_up_source,
    window_source_id,
)

MOST_RECEIVED = 64
"""Pictures on their way in at once: more would only fill the memory."""
RETRY_SECONDS = 2
BURST_SECONDS = 2
"""What a source may send in so many seconds may come at once: networks bunch things up."""


class OpenFrame(Protocol):
    """Reads the request's body once the source is known to be welcome."""

    async def __call__(self) -> bytes:
        """Return the encoded picture."""
        ...


@dataclass(frozen=True)
class Taken:
    """What became of a frame. `reading` is None for a duplicate and for an invented reading."""

    outcome: Outcome
    seq: int
    reading: FrameReading | None
    network_version: str


@dataclass(frozen=True)
class Ingest:
    """Takes frames, invented readings and self-reports of sources into a session.

    pace: how many frames a second of each source, and self-reports besides.
    """

    database: Database
    engine: FrameEngine
    network_version: str
    pace: Pace
    clock: Callable[[], float] = time.time
    known: KnownSources = field(default_factory=KnownSources)
    receiving: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_RECEIVED))

    async def take_frame(self, ticket: SourceTicket, seq: int, open_frame: OpenFrame) -> Taken:
        """Read and count one frame.

        Raises `SentTooFast`, `SessionNotFound`, `SourceNotFound`, `SourceLeft`,
        `SessionSimulated`, `CameraNotWanted`, `SessionEnded`, `ServerBusy`, the errors of
        `model.headers` and `DatabaseUnavailable`.
        """
        self._keep_pace(ticket.source_id)
        known = self.known.recall(ticket.session_id, ticket.source_id)
        if known is None:
            self._refuse_if_busy(ticket)  # before SQL is asked in vain
        state = known or await self._find(ticket)
        if state.simulated:
            raise SessionSimulated
        if not state.camera:
            raise CameraNotWanted
        if _is_welcome(state, seq):
            if known is not None:
                self._refuse_if_busy(ticket)
            data = await self._receive(open_frame)
            frame = SubmittedFrame(ticket.session_id, ticket.source_id, seq, self.clock(), data)
            return _tell(seq, await self._submit(frame), self.network_version)
        return _tell(seq, Duplicate(), self.network_version)

    async def take_reading(
        self, ticket: SourceTicket, seq: int, reading: SimulatedReading
    ) -> Taken:
        """Count one invented reading. Raises `NotSimulated` and what `take_frame` raises."""
        self._keep_pace(ticket.source_id)
        state = await self._find(ticket)
        if not state.simulated:
            raise NotSimulated
        if not state.camera:
            raise CameraNotWanted
        if _is_welcome(state, seq):
            of = (ticket.session_id, ticket.source_id, seq, self.clock())
            turned = len(reading.faces) if reading.turned is None else reading.turned
            frame = SubmittedReading(*of, probabilities_of(reading), turned)
            return _tell(seq, await self._submit(frame), SIMULATED)
        return _tell(seq, Duplicate(), SIMULATED)

    async def take_self_report(
        self, ticket: SourceTicket, seq: int, said: SelfReport
    ) -> SelfReportReceipt:
        """Count one self-report, numbered in one row with the source's frames.

        Raises `SelfReportNotWanted` and what `take_frame` raises but for pictures.
        """
        self._keep_pace(f"self-report {ticket.source_id}")
        state = await self._find(ticket)
        if not state.self_report:
            raise SelfReportNotWanted
        outcome: Counted | Duplicate = Duplicate()
        if _is_welcome(state, seq):
            of = (ticket.session_id, ticket.source_id, seq, self.clock())
            outcome = await self._submit(SubmittedSelfReport(*of, said.answer))
        return SelfReportReceipt(outcome=_name_of(outcome), seq=seq)

    async def leave(self, ticket: SourceTicket) -> int:
        """Let a source leave, and keep nothing of it; see `leave_session`."""
        erased = await asyncio.to_thread(self._erase, ticket)
        self.engine.forget(ticket.source_id)
        return erased

    def _erase(self, ticket: SourceTicket) -> int:
        now = datetime.fromtimestamp(self.clock(), UTC)
        with self.database.writing() as db:
            return leave_session(db, ticket.session_id, ticket.source_id, left_at=now)

    def _keep_pace(self, key: str) -> None:
        if wait := self.pace.take(key):
            raise SentTooFast(self.pace.per_second, wait)

    async def _find(self, ticket: SourceTicket) -> SourceState:
        """Return the source's state, from memory where it is known."""
        known = self.known.recall(ticket.session_id, ticket.source_id)
        if known is not None:
            return known
        changes = self.known.changes
        state = await asyncio.to_thread(self._look_up, ticket)
        self.known.keep(ticket.session_id, ticket.source_id, state, changes)
        return state

    def _look_up(self, ticket: SourceTicket) -> SourceState:
        """Read the source's state; the teacher's window is stored with its first frame."""
        try:
            with self.database.reading() as db:
                state = look_up_source(db, ticket.session_id, ticket.source_id)
        except SourceNotFound:
            if ticket.source_id != window_source_id(ticket.session_id):
                raise
        else:
            if state.left:
                raise SourceLeft
            return state
        now = datetime.fromtimestamp(self.clock(), UTC)
        with self.database.writing() as db:
            ensure_window_source(db, ticket.session_id, joined_at=now)
            return look_up_source(db, ticket.session_id, ticket.source_id)

    def _refuse_if_busy(self, ticket: SourceTicket) -> None:
        """Refuse a picture that would be refused afterwards anyway. Raises `ServerBusy`."""
        if busy := self.engine.busy(ticket.source_id):
            raise ServerBusy(busy.retry_after)

    async def _receive(self, open_frame: OpenFrame) -> bytes:
        if self.receiving.locked():
            raise ServerBusy(RETRY_SECONDS)
        async with self.receiving:
            return await open_frame()

    async def _submit(self, submitted: Submitted) -> Counted | Duplicate:
        try:
            outcome = await self.engine.submit(submitted)
        except (SessionEnded, SessionNotFound, SourceNotFound, SourceLeft):
            self.known.forget(submitted.session_id)
            raise
        except (DatabaseUnavailable, DatabaseNotMigrated):
            self.known.forget_all()  # nobody is let read in vain before it is back
            raise
        if isinstance(outcome, Busy):
            raise ServerBusy(outcome.retry_after)
        self.known.note_mark(submitted.session_id, submitted.source_id, submitted.seq)
        return outcome


def _tell(seq: int, outcome: Counted | Duplicate, version: str) -> Taken:
    reading = outcome.reading if isinstance(outcome, Counted) else None
    return Taken(_name_of(outcome), seq, reading, version)


def _name_of(outcome: Counted | Duplicate) -> Outcome:
    return Outcome.COUNTED if isinstance(outcome, Counted) else Outcome.DUPLICATE


def _is_welcome(state: SourceState, seq: int) -> bool:
    """Return False for a number already passed, also after the end. Raises `SessionEnded`."""
    if state.last_seq is not None and seq <= state.last_seq:
        return False
    if state.ended:
        raise SessionEnded
    return True


def probabilities_of(reading: SimulatedReading) -> Floats:
    """Turn an invented reading into `(n, 7) float32` whose rows sum to 1."""
    rows = [[face.get(emotion, 0.0) for emotion in EMOTIONS] for face in reading.faces]
    told = np.array(rows, np.float32).reshape(-1, len(EMOTIONS))
    total = told.sum(1, keepdims=True)
    even = np.full_like(told, 1 / len(EMOTIONS))
    divided: Floats = np.divide(told, total, out=even, where=total > 0)
    return divided
