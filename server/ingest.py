"""What happens to one frame between the request and the answer. Knows no web."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

import numpy as np

from model.emotions import EMOTIONS
from model.faces import Floats
from server.engine import (
    SIMULATED,
    Busy,
    Counted,
    Duplicate,
    FrameEngine,
    SubmittedFrame,
    SubmittedReading,
)
from server.keyring import SourceTicket
from server.metrics import Metrics
from server.schemas import FrameAnswer, Outcome, SimulatedReading, zero_counts
from server.store.database import Database
from server.store.sessions import SessionEnded
from server.store.sources import (
    SourceNotFound,
    SourceState,
    ensure_window_source,
    look_up_source,
    window_source_id,
)
from server.wire import faces_of_reading

MOST_RECEIVED = 64
"""Pictures on their way in at once: more would only fill the memory."""
RETRY_SECONDS = 2


class ServerBusy(Exception):
    """The queue is full; `retry_after` in seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("The server has as many frames as it can read. Try again shortly.")
        self.retry_after = retry_after


class NotSimulated(Exception):
    """An invented reading for a session that is not marked simulated."""

    def __init__(self) -> None:
        super().__init__(
            "Readings without a picture are taken in sessions marked simulated only. "
            "Send frames to …/frames."
        )


class SessionSimulated(Exception):
    """A real frame for a session that is marked simulated."""

    def __init__(self) -> None:
        super().__init__(
            "This session is marked simulated and takes invented readings only, at …/readings. "
            "Start a session that is not simulated to send frames."
        )


class OpenFrame(Protocol):
    """Reads the request's body once the source is known to be welcome."""

    async def __call__(self) -> bytes:
        """Return the encoded picture."""
        ...


@dataclass(frozen=True)
class Ingest:
    """Takes frames and invented readings of sources into a session."""

    database: Database
    engine: FrameEngine
    metrics: Metrics
    network_version: str
    clock: Callable[[], float] = time.time
    receiving: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_RECEIVED))

    async def take_frame(
        self, ticket: SourceTicket, seq: int, open_frame: OpenFrame
    ) -> FrameAnswer:
        """Read and count one frame.

        Raises `SessionNotFound`, `SourceNotFound`, `SessionSimulated`, `SessionEnded`,
        `ServerBusy`, the errors of `model.headers` and `DatabaseUnavailable`.
        """
        state = await asyncio.to_thread(self._look_up, ticket)
        if state.simulated:
            raise SessionSimulated
        if _is_welcome(state, seq):
            data = await self._receive(open_frame)
            frame = SubmittedFrame(ticket.session_id, ticket.source_id, seq, self.clock(), data)
            return self._answer(seq, await self._submit(frame), self.network_version)
        return self._answer(seq, Duplicate(), self.network_version)

    async def take_reading(
        self, ticket: SourceTicket, seq: int, reading: SimulatedReading
    ) -> FrameAnswer:
        """Count one invented reading. Raises `NotSimulated` and what `take_frame` raises."""
        state = await asyncio.to_thread(self._look_up, ticket)
        if not state.simulated:
            raise NotSimulated
        if _is_welcome(state, seq):
            frame = SubmittedReading(
                ticket.session_id, ticket.source_id, seq, self.clock(), probabilities_of(reading)
            )
            return self._answer(seq, await self._submit(frame), SIMULATED)
        return self._answer(seq, Duplicate(), SIMULATED)

    def _look_up(self, ticket: SourceTicket) -> SourceState:
        """Read the source's state; the teacher's window is stored with its first frame."""
        try:
            with self.database.reading() as db:
                return look_up_source(db, ticket.session_id, ticket.source_id)
        except SourceNotFound:
            if ticket.source_id != window_source_id(ticket.session_id):
                raise
        now = datetime.fromtimestamp(self.clock(), UTC)
        with self.database.writing() as db:
            ensure_window_source(db, ticket.session_id, joined_at=now)
            return look_up_source(db, ticket.session_id, ticket.source_id)

    async def _receive(self, open_frame: OpenFrame) -> bytes:
        """Receive the picture, unless it would be refused afterwards anyway."""
        if busy := self.engine.busy():
            raise self._refuse(busy.retry_after)
        if self.receiving.locked():
            raise self._refuse(RETRY_SECONDS)
        async with self.receiving:
            return await open_frame()

    async def _submit(self, frame: SubmittedFrame | SubmittedReading) -> Counted | Duplicate:
        outcome = await self.engine.submit(frame)
        if isinstance(outcome, Busy):
            raise self._refuse(outcome.retry_after)
        return outcome

    def _refuse(self, retry_after: float) -> ServerBusy:
        self.metrics.frames.labels("busy").inc()
        return ServerBusy(retry_after)

    def _answer(self, seq: int, outcome: Counted | Duplicate, version: str) -> FrameAnswer:
        counted = isinstance(outcome, Counted)
        name = Outcome.COUNTED if counted else Outcome.DUPLICATE
        self.metrics.frames.labels(name).inc()
        reading = outcome.reading if isinstance(outcome, Counted) else None
        return FrameAnswer(
            outcome=name,
            seq=seq,
            faces=faces_of_reading(reading) if reading else [],
            counts=reading.counts if reading else zero_counts(),
            network_version=version,
        )


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
