"""What happens to one frame between the request and the answer. Knows no web."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from model.emotions import EMOTIONS
from model.faces import Floats
from server.engine import (
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
from server.store.sources import SourceState, look_up_source
from server.wire import faces_of_reading


class ServerBusy(Exception):
    """The queue is full; `retry_after` in seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("The server has as many frames as it can read. Try again shortly.")
        self.retry_after = retry_after


class NotSimulated(Exception):
    """An invented reading for a session that is not marked simulated."""


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

    async def take_frame(
        self, ticket: SourceTicket, seq: int, open_frame: OpenFrame
    ) -> FrameAnswer:
        """Read and count one frame.

        Raises `SessionNotFound`, `SourceNotFound`, `SessionEnded`, `ServerBusy`, the errors of
        `model.headers` and `DatabaseUnavailable`.
        """
        state = await self._welcome(ticket)
        if state.last_seq is not None and seq <= state.last_seq:
            return self._answer(seq, Duplicate())
        data = await open_frame()
        return await self._submit(
            SubmittedFrame(ticket.session_id, ticket.source_id, seq, self.clock(), data)
        )

    async def take_reading(
        self, ticket: SourceTicket, seq: int, reading: SimulatedReading
    ) -> FrameAnswer:
        """Count one invented reading. Raises `NotSimulated` and what `take_frame` raises."""
        state = await self._welcome(ticket)
        if not state.simulated:
            raise NotSimulated(
                "Readings without a picture are taken in sessions marked simulated only. "
                "Send frames to …/frames."
            )
        probabilities = probabilities_of(reading)
        return await self._submit(
            SubmittedReading(ticket.session_id, ticket.source_id, seq, self.clock(), probabilities)
        )

    async def _welcome(self, ticket: SourceTicket) -> SourceState:
        state = await asyncio.to_thread(self._look_up, ticket)
        if state.ended:
            raise SessionEnded
        return state

    def _look_up(self, ticket: SourceTicket) -> SourceState:
        with self.database.reading() as db:
            return look_up_source(db, ticket.session_id, ticket.source_id)

    async def _submit(self, frame: SubmittedFrame | SubmittedReading) -> FrameAnswer:
        outcome = await self.engine.submit(frame)
        if isinstance(outcome, Busy):
            self.metrics.frames.labels("busy").inc()
            raise ServerBusy(outcome.retry_after)
        return self._answer(frame.seq, outcome)

    def _answer(self, seq: int, outcome: Counted | Duplicate) -> FrameAnswer:
        counted = isinstance(outcome, Counted)
        name = Outcome.COUNTED if counted else Outcome.DUPLICATE
        self.metrics.frames.labels(name).inc()
        reading = outcome.reading if isinstance(outcome, Counted) else None
        return FrameAnswer(
            outcome=name,
            seq=seq,
            faces=faces_of_reading(reading) if reading else [],
            counts=reading.counts if reading else zero_counts(),
            network_version=self.network_version,
        )


def probabilities_of(reading: SimulatedReading) -> Floats:
    """Turn an invented reading into `(n, 7) float32` whose rows sum to 1."""
    rows = [[face.get(emotion, 0.0) for emotion in EMOTIONS] for face in reading.faces]
    told = np.array(rows, np.float32).reshape(-1, len(EMOTIONS))
    total = told.sum(1, keepdims=True)
    even = np.full_like(told, 1 / len(EMOTIONS))
    divided: Floats = np.divide(told, total, out=even, where=total > 0)
    return divided
