"""The embedded engine: readers of pictures, a bounded queue, one committing thread.

At most `queue_limit` frames are under way, and no more than can be read in `MOST_WAIT_SECONDS`; one
more is answered `Busy` at once, because a queue that grows only makes everybody late.
"""

import asyncio
import math
import random
import time

import structlog

from model.pipeline import FrameReading
from server.admission import Admission
from server.engine.frame_engine import (
    SIMULATED,
    Busy,
    Counted,
    Duplicate,
    EngineClosed,
    Submitted,
    SubmittedFrame,
    SubmittedReading,
)
from server.engine.group_commit import GroupCommit
from server.engine.sightings import Sightings
from server.metrics import Metrics
from server.readers import Readers
from server.store.failures import DatabaseUnavailable
from server.store.frame_counts import FrameCount
from server.store.marks import CountOutcome
from server.store.self_report_counts import SelfReportCount
from server.store.sessions import SessionEnded, SessionNotFound
from server.store.sources import SourceLeft, SourceNotFound

MOST_WAIT_SECONDS = 0.15
"""How long a frame may have to wait until it is read, as far as that can be foreseen."""
OUTLIER = 5
"""So many times as slow as usual counts as no slower: one hold-up says little of what follows."""
RETRY_SPREAD = 2
"""Seconds over which those who are refused at once are asked to come back."""
CLOSE_SECONDS = 8.0
"""How long `close` waits for the frames under way, and again for their commit."""

_log = structlog.get_logger()


class EmbeddedEngine:
    """Has frames read beside each other and commits them in groups."""

    def __init__(
        self,
        readers: Readers,
        commits: GroupCommit,
        metrics: Metrics,
        *,
        queue_limit: int,
        close_seconds: float = CLOSE_SECONDS,
    ) -> None:
        self._readers, self._commits, self._metrics = readers, commits, metrics
        self._sightings = Sightings()
        metrics.queue_limit.set(queue_limit)
        self._limit = self._told_places = queue_limit
        self._under_way, self._unread, self._let_past = 0, 0, 0
        self._closed, self._close_seconds = False, close_seconds
        self._idle = asyncio.Event()
        self._idle.set()
        self._seconds_per_frame, self._admission = 0.0, Admission()

    @property
    def working(self) -> bool:
        """Whether frames are read, and the thread that commits is alive."""
        return self._commits.alive and self._readers.working

    @property
    def under_way(self) -> int:
        """Frames taken and not yet answered: what is not urgent waits for them."""
        return self._under_way

    async def open(self) -> None:
        """Return when frames can be read; see `FrameEngine`."""
        await self._readers.open()

    def busy(self, source_id: str = "") -> Busy | None:
        """Say that the queue is full, for this source at least; see `FrameEngine`."""
        self._check()
        lets_in = self._admission.lets_in(source_id, *self._count_taken())
        return None if lets_in else self._refuse()

    def turn_away(self, source_id: str) -> Busy | None:
        """Say that the queue is full for this source, and nothing else; see `FrameEngine`."""
        if self._closed or self._commits.failure is not None:
            return None
        taken, places = self._count_taken()
        if self._admission.refuses(source_id, taken + self._let_past, places):
            return self._refuse()
        self._note_let_past()
        return None

    def _check(self) -> None:
        if self._closed:
            raise EngineClosed("The server is stopping. Try again in a few seconds.")
        if self._under_way and (failure := self._commits.failure) is not None:
            raise DatabaseUnavailable(failure)  # one at a time tries whether it is back

    def _count_taken(self) -> tuple[int, int]:
        """Return how many places are taken, and of how many."""
        places = self._count_places()
        if places != self._told_places:
            self._told_places = places
            self._metrics.queue_limit.set(places)
        if self._under_way * places > self._unread * self._limit:  # it is the commits that lag
            return self._under_way, self._limit
        return self._unread, places

    def _count_places(self) -> int:
        """Return how many frames may wait to be read or be read: two for each thread at least."""
        in_time = MOST_WAIT_SECONDS * self._readers.count / max(self._seconds_per_frame, 1e-6)
        return min(self._limit, max(int(in_time), 2 * self._readers.count))

    def _refuse(self) -> Busy:
        waited = math.ceil(self._limit * self._seconds_per_frame / self._readers.count)
        spread = int(random.random() * (RETRY_SPREAD + 1))  # noqa: S311 - no secret
        return Busy(max(waited, 1) + spread)

    def _note_let_past(self) -> None:
        """Count one that may come in as there already, until it is: in this turn of the loop.

        Frames that arrive together are let past one after the other, before the first is submitted.
        """
        if not self._let_past:
            asyncio.get_running_loop().call_soon(self._forget_let_past)
        self._let_past += 1

    def _forget_let_past(self) -> None:
        self._let_past = 0

    async def submit(self, submitted: Submitted) -> Counted | Duplicate | Busy:
        """Read, commit, answer; see `FrameEngine`."""
        self._check()
        if self._under_way >= self._limit:  # it was let in when fewer were, and has its picture
            return self._refuse()
        self._begin()
        try:
            return await self._count(submitted)
        finally:
            self._finish()

    def forget(self, source_id: str) -> None:
        """Forget what a source showed; see `FrameEngine`."""
        self._sightings.forget(source_id)

    async def close(self) -> None:
        """Finish what was taken, for `close_seconds` at most, then stop the threads."""
        self._closed = True
        try:
            async with asyncio.timeout(self._close_seconds):
                await self._idle.wait()
        except TimeoutError:
            _log.warning("gave up frames that were not read in time", frames=self._under_way)
        self._readers.close(EngineClosed("The server has stopped. Send the frame again."))
        await asyncio.to_thread(self._commits.close, self._close_seconds)

    def _begin(self) -> None:
        self._idle.clear()
        self._under_way += 1
        self._metrics.under_way.set(self._under_way)

    def _finish(self) -> None:
        self._under_way -= 1
        self._metrics.under_way.set(self._under_way)
        if not self._under_way:
            self._idle.set()

    async def _count(self, submitted: Submitted) -> Counted | Duplicate:
        reading = await self._read(submitted) if isinstance(submitted, SubmittedFrame) else None
        count = self._count_of(submitted, reading)
        outcome = await self._commits.commit(count)
        if outcome is CountOutcome.DUPLICATE:
            return Duplicate()
        _refuse_unless_counted(outcome)
        if reading is not None:  # of whoever left meanwhile nothing is kept
            self._sightings.keep(submitted.source_id, reading.last_seen)
        if isinstance(count, FrameCount):
            self._metrics.faces.inc(len(count.probabilities))
            self._metrics.faces_per_frame.observe(len(count.probabilities))
        return Counted(reading)

    def _count_of(
        self, submitted: Submitted, reading: FrameReading | None
    ) -> FrameCount | SelfReportCount:
        """Turn what was submitted, and what was read of it, into numbers to count."""
        of = (submitted.session_id, submitted.source_id, submitted.seq, submitted.received_at)
        if reading is not None:
            version = self._readers.network_version
            return FrameCount(*of, version, reading.probabilities, reading.turned)
        if isinstance(submitted, SubmittedReading):
            return FrameCount(*of, SIMULATED, submitted.probabilities, submitted.turned)
        assert not isinstance(submitted, SubmittedFrame)  # noqa: S101 - a frame has a reading
        return SelfReportCount(*of, submitted.answer)

    async def _read(self, frame: SubmittedFrame) -> FrameReading:
        last_seen = self._sightings.recall(frame.source_id)
        self._unread += 1
        began = time.perf_counter()
        try:
            reading = await self._readers.read(frame.data, last_seen, whose=frame.source_id)
        finally:
            self._unread -= 1
        took, read_in = time.perf_counter() - began, sum(reading.seconds.values())
        self._metrics.stages.queue.observe(max(took - read_in, 0.0))
        self._metrics.stages.observe(reading.seconds)
        self._note_pace(read_in)
        return reading

    def _note_pace(self, seconds: float) -> None:
        usual = self._seconds_per_frame or seconds
        self._seconds_per_frame = usual + 0.1 * (min(seconds, OUTLIER * usual) - usual)


def _refuse_unless_counted(outcome: CountOutcome) -> None:
    """Raise what happened to the session or source meanwhile."""
    if outcome is CountOutcome.SESSION_ENDED:
        raise SessionEnded
    if outcome is CountOutcome.SESSION_GONE:
        raise SessionNotFound
    if outcome is CountOutcome.SOURCE_GONE:
        raise SourceNotFound
    if outcome is CountOutcome.SOURCE_LEFT:
        raise SourceLeft
