"""The mood of a session as bytes, read once for everybody who asks the same.

A question is asked of the store at most twice a second, in a thread of its own; all who
wait for the answer share it. With many lessons that are followed at once, each is told less often,
so that frames keep the processor. Knows no web.
"""

import asyncio
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from server.schemas import Mood

MOST_KEPT: Final = 256
MOST_SHARE: Final = 0.25
"""Of one core, for all moods together: the thread rests for three times what a reading took it."""


@dataclass(frozen=True)
class Tempo:
    """How often what happens, seconds.

    apart: least time between two readings of the same mood, the longest that a viewer waits for
    it. stale: a mood is read again after so long, because another process may have changed it;
    stale_ended: the same for a session that has ended, which hardly changes and is long. pace: a
    stream says something at most so often; beat: and gives a sign of life at least so often.
    """

    apart: float = 0.5
    stale: float = 2.0
    stale_ended: float = 30.0
    pace: float = 1.0
    beat: float = 15.0


SHIPPED_TEMPO: Final = Tempo()


@dataclass(frozen=True)
class MoodQuestion:
    """What is asked for: see `GET /api/v1/sessions/{id}/mood`. since: whole seconds, UTC."""

    session_id: str
    bucket_seconds: int | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class ToldMood:
    """One answer: JSON, its digest, and whether the session has ended.

    change: the session's number of changes when its reading began; fresh_until: the moment on the
    monotonic clock from which on it is worth to read again even if nobody told of a change.
    """

    body: bytes
    digest: str
    ended: bool
    change: int
    fresh_until: float


@dataclass
class _Kept:
    begun: float
    change: int
    told: "Future[ToldMood]"

    def is_good(self, change: int, now: float) -> bool:
        """Tell whether it says all that is known now; one that is under way may not yet."""
        if self.change != change:
            return False
        if not self.told.done():
            return True
        return self.told.exception() is None and now < self.told.result().fresh_until


class ToldMoods:
    """Tells moods. Any thread and any event loop may ask.

    read: reads one mood; it blocks, and raises what the store raises. changes_of: counts the
    changes of a session that this process knows of.
    """

    def __init__(
        self,
        read: Callable[[MoodQuestion], Mood],
        changes_of: Callable[[str], int],
        tempo: Tempo,
    ) -> None:
        self._read, self._changes_of, self._tempo = read, changes_of, tempo
        self._kept: OrderedDict[MoodQuestion, _Kept] = OrderedDict()
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(1, "mood")
        self._rests_until = 0.0

    async def tell(self, question: MoodQuestion) -> ToldMood:
        """Return the mood as it is now, or will be in `tempo.apart` seconds; shared.

        Raises what `read` does.
        """
        while True:
            kept, pause = self._find_or_begin(question)
            if kept is not None:
                return await asyncio.wrap_future(kept.told)
            await asyncio.sleep(pause)

    async def tell_at_once(self, question: MoodQuestion) -> ToldMood:
        """Read the mood now, for nobody else. Raises what `read` does."""
        return await asyncio.to_thread(
            self._tell, question, time.monotonic(), self._changes_of(question.session_id)
        )

    def close(self) -> None:
        """Begin no more readings."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _find_or_begin(self, question: MoodQuestion) -> tuple[_Kept | None, float]:
        """Return the reading to wait for, or none and the seconds until one may begin."""
        with self._lock:
            now, change = time.monotonic(), self._changes_of(question.session_id)
            kept = self._kept.get(question)
            if kept is not None and kept.is_good(change, now):
                return kept, 0
            if kept is not None and now < kept.begun + self._tempo.apart:
                return None, kept.begun + self._tempo.apart - now
            told = self._thread.submit(self._tell_in_turn, question, now, change)
            self._kept[question] = kept = _Kept(now, change, told)
            self._kept.move_to_end(question)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
            return kept, 0

    def _tell_in_turn(self, question: MoodQuestion, begun: float, change: int) -> ToldMood:
        """Tell a mood in the one thread, which keeps to its share of the processor."""
        time.sleep(max(0.0, self._rests_until - time.monotonic()))
        spent = time.thread_time()
        try:
            return self._tell(question, begun, change)
        finally:
            spent = time.thread_time() - spent
            self._rests_until = time.monotonic() + spent * (1 / MOST_SHARE - 1)

    def _tell(self, question: MoodQuestion, begun: float, change: int) -> ToldMood:
        mood = self._read(question)
        body = mood.model_dump_json().encode()
        digest = hashlib.blake2s(body, digest_size=12).hexdigest()
        ended = mood.session.ended_at is not None
        good_for = self._tempo.stale_ended if ended else self._tempo.stale
        return ToldMood(body, digest, ended, change, begun + good_for)


def ask_mood(
    session_id: str, bucket_seconds: int | None = None, since: datetime | None = None
) -> MoodQuestion:
    """Return the question in the one form that is shared; buckets begin at whole seconds."""
    if since is not None:
        whole = since.replace(microsecond=0)
        with suppress(OverflowError):  # at either end of time no zone makes a difference
            whole = whole.astimezone(UTC) if whole.tzinfo else whole
        since = whole.replace(tzinfo=UTC)
    return MoodQuestion(session_id, bucket_seconds, since)
