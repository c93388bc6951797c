"""Group commit: one thread takes all frames and self-reports that wait and commits them at once.

A transaction and its disk flush cost nearly the same for one frame as for sixty, so under load the
cost is shared; alone, a frame waits for nobody. Whoever submits is woken only after the commit.
"""

import queue
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from server.engine.frame_engine import SIMULATED, EngineClosed
from server.ledger import Sent
from server.metrics import Metrics
from server.promise import Promise, tell_all
from server.store.counting import count_batch
from server.store.database import Database, DatabaseNotMigrated, DatabaseUnavailable
from server.store.frame_counts import FrameCount
from server.store.marks import CountOutcome
from server.store.self_report_counts import SelfReportCount

MOST_FRAMES = 64
"""Frames and self-reports per transaction."""

PAUSE_SECONDS = 0.02
"""From the beginning of one transaction to that of the next: under load so many frames share one
that it costs each of them little; alone, a frame still waits for nobody."""

_log = structlog.get_logger()


@dataclass(frozen=True)
class _Waiting:
    submitted: FrameCount | SelfReportCount
    outcome: Promise[CountOutcome]
    came_at: float = field(default_factory=time.perf_counter)

    @property
    def sent(self) -> Sent:
        """What it is of."""
        if isinstance(self.submitted, SelfReportCount):
            return Sent.SELF_REPORT
        return Sent.READING if self.submitted.network_version == SIMULATED else Sent.FRAME


class GroupCommit:
    """Commits counts of frames and self-reports. `commit` may be called from any event loop."""

    def __init__(self, database: Database, metrics: Metrics) -> None:
        self._database, self._metrics = database, metrics
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self.failure: str | None = None
        """Why the last transaction failed, if the database could not be used. A sentence and not
        the error, which would keep all that its traceback passes, pictures too."""
        self._failed_at = 0.0
        self._thread = threading.Thread(target=self._run, name="group-commit", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the thread that commits is there."""
        return self._thread.is_alive()

    async def commit(self, submitted: FrameCount | SelfReportCount) -> CountOutcome:
        """Count one; return after the commit.

        Raises `DatabaseUnavailable`, or `EngineClosed` where nothing is committed any more. Whoever
        goes away meanwhile is counted all the same.
        """
        waiting = _Waiting(submitted, Promise())
        self._queue.put(waiting)
        if not self.alive:
            raise EngineClosed("The server counts no frames any more. Start it again.")
        return await waiting.outcome.wait()

    def close(self, seconds: float | None = None) -> None:
        """Commit what waits, then stop the thread; leave it alone after `seconds`."""
        self._queue.put(None)
        self._thread.join(seconds)
        if self.alive:
            _log.warning("gave up commits that were not done in time", frames=self._queue.qsize())

    def _run(self) -> None:
        rested = 0.0
        while (first := self._queue.get()) is not None:
            time.sleep(max(rested - time.perf_counter(), 0))
            rested = time.perf_counter() + PAUSE_SECONDS
            batch, last = self._drain(first)
            outcomes = self._commit_batch(batch)
            tell_all([waiting.outcome for waiting in batch], outcomes)
            del first, batch, outcomes  # a thread that waits must not hold what sources showed
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

    def _commit_batch(self, batch: Sequence[_Waiting]) -> Sequence[CountOutcome | Exception]:
        """Return an outcome for each, whatever happens: no error may end the thread."""
        if self.failure and all(waiting.came_at < self._failed_at for waiting in batch):
            return _tell_each(self.failure, batch)  # they have waited for it once already
        submitted = [waiting.submitted for waiting in batch]
        started = time.perf_counter()
        try:
            with self._database.counting() as db:
                outcomes = count_batch(db, submitted)
            self.failure = None
            self._observe(batch, outcomes, started)
        except (DatabaseUnavailable, DatabaseNotMigrated) as error:
            _log.error("commit failed", frames=len(batch), reason=str(error))
            self.failure, self._failed_at = str(error), time.perf_counter()
            return _tell_each(self.failure, batch)
        except Exception as error:  # noqa: BLE001 - it belongs to those who wait
            _log.error("commit failed", frames=len(batch), exc_info=error)
            if len(batch) == 1:
                return [error]
            return [self._commit_batch([waiting])[0] for waiting in batch]  # one spoils no other
        return outcomes

    def _observe(
        self, batch: Sequence[_Waiting], outcomes: Sequence[CountOutcome], started: float
    ) -> None:
        """Keep the books of what is committed, before anybody is told of it."""
        now, metrics = time.perf_counter(), self._metrics
        pairs = zip(batch, outcomes, strict=True)
        counted = Counter(each.sent for each, told in pairs if told is CountOutcome.COUNTED)
        for sent, number in counted.items():
            metrics.committed[sent].inc(number)
        for waiting in batch:
            metrics.stages.commit_queue.observe(started - waiting.came_at)
        metrics.commit_frames.observe(len(batch))
        metrics.stages.commit.observe(now - started)


def _tell_each(failure: str, batch: Sequence[_Waiting]) -> list[CountOutcome | Exception]:
    """Return an error of its own for each, because each passes through another frame's call."""
    return [DatabaseUnavailable(failure) for _ in batch]
