"""Group commit: one thread takes all frames that wait and commits them in one transaction.

A disk flush costs the same for one frame as for sixty, so under load the cost is shared; alone, a
frame waits for nobody. Whoever submits is woken only after the commit.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from server.metrics import Metrics
from server.store.database import Database
from server.store.tallies import CountOutcome, FrameCount, count_frames

MOST_FRAMES = 64
"""Frames per transaction."""

_log = structlog.get_logger()


@dataclass(frozen=True)
class _Waiting:
    frame: FrameCount
    loop: asyncio.AbstractEventLoop
    outcome: asyncio.Future[CountOutcome]

    def tell(self, outcome: CountOutcome | Exception) -> None:
        self.loop.call_soon_threadsafe(self._tell_in_loop, outcome)

    def _tell_in_loop(self, outcome: CountOutcome | Exception) -> None:
        if self.outcome.done():  # whoever asked has gone; the count stands all the same
            return
        if isinstance(outcome, Exception):
            self.outcome.set_exception(outcome)
        else:
            self.outcome.set_result(outcome)


class GroupCommit:
    """Commits frame counts. `commit` may be called from any event loop."""

    def __init__(self, database: Database, metrics: Metrics) -> None:
        self._database, self._metrics = database, metrics
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="group-commit", daemon=True)
        self._thread.start()

    async def commit(self, frame: FrameCount) -> CountOutcome:
        """Count one frame; return after the commit. Raises `DatabaseUnavailable`."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(frame, loop, loop.create_future())
        self._queue.put(waiting)
        return await waiting.outcome

    def close(self) -> None:
        """Commit what waits, then stop the thread."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            batch, last = self._drain(first)
            self._commit_batch(batch)
            if last:
                return

    def _drain(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        batch = [first]
        while len(batch) < MOST_FRAMES:
            try:
                waiting = self._queue.get_nowait()
            except queue.Empty:
                break
            if waiting is None:
                return batch, True
            batch.append(waiting)
        return batch, False

    def _commit_batch(self, batch: list[_Waiting]) -> None:
        started = time.perf_counter()
        outcomes: Sequence[CountOutcome | Exception]
        try:
            with self._database.writing() as db:
                outcomes = count_frames(db, [waiting.frame for waiting in batch])
        except Exception as error:  # noqa: BLE001 - it belongs to those who wait, not to this thread
            _log.error("commit failed", frames=len(batch), reason=str(error))
            outcomes = [error] * len(batch)
        seconds = time.perf_counter() - started
        self._metrics.commit_frames.observe(len(batch))
        self._metrics.stage_seconds.labels("store").observe(seconds)
        for waiting, outcome in zip(batch, outcomes, strict=True):
            waiting.tell(outcome)
