"""The mood of a session as bytes, read once for everybody who asks the same.

A question is asked of the store at most once in `APART_S` seconds, in threads of its own; all who
wait for the answer share it. Knows no web.
"""

import asyncio
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from server.schemas import Mood

APART_S: Final = 0.5
"""Least time between two readings of the same mood: what a viewer waits longest for it."""
STALE_S: Final = 2.0
"""A told mood is read again after so long, because another process may have changed it."""
STALE_ENDED_S: Final = 30.0
"""The same for a session that has ended: it hardly changes any more, and is long."""
MOST_KEPT: Final = 256
THREADS: Final = 2


@dataclass(frozen=True)
class MoodQuestion:
    """What is asked for: see `GET /api/v1/sessions/{id}/mood`. since: whole seconds, UTC."""

    session_id: str
    bucket_seconds: int | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class ToldMood:
    """One answer: JSON, its digest, and whether the session has ended.

    begun: when its reading began, on the monotonic clock, seconds; change: the session's number of
    changes then.
    """

    body: bytes
    digest: str
    ended: bool
    begun: float
    change: int

    @property
    def fresh_until(self) -> float:
        """The moment from which on it is worth to read again even if nobody told of a change."""
        return self.begun + (STALE_ENDED_S if self.ended else STALE_S)


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
        self, read: Callable[[MoodQuestion], Mood], changes_of: Callable[[str], int]
    ) -> None:
        self._read, self._changes_of = read, changes_of
        self._kept: OrderedDict[MoodQuestion, _Kept] = OrderedDict()
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(THREADS, "mood")

    async def tell(self, question: MoodQuestion) -> ToldMood:
        """Return the mood as it is now or will be in `APART_S`; shared. Raises what `read` does."""
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
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _find_or_begin(self, question: MoodQuestion) -> tuple[_Kept | None, float]:
        """Return the reading to wait for, or none and the seconds until one may begin."""
        with self._lock:
            now, change = time.monotonic(), self._changes_of(question.session_id)
            kept = self._kept.get(question)
            if kept is not None and kept.is_good(change, now):
                return kept, 0
            if kept is not None and now < kept.begun + APART_S:
                return None, kept.begun + APART_S - now
            told = self._threads.submit(self._tell, question, now, change)
            self._kept[question] = kept = _Kept(now, change, told)
            self._kept.move_to_end(question)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
            return kept, 0

    def _tell(self, question: MoodQuestion, begun: float, change: int) -> ToldMood:
        mood = self._read(question)
        body = mood.model_dump_json().encode()
        digest = hashlib.blake2s(body, digest_size=12).hexdigest()
        return ToldMood(body, digest, mood.session.ended_at is not None, begun, change)


def ask_mood(
    session_id: str, bucket_seconds: int | None = None, since: datetime | None = None
) -> MoodQuestion:
    """Return the question in the one form that is shared; buckets begin at whole seconds."""
    if since is not None:
        zoned = since if since.tzinfo else since.replace(tzinfo=UTC)
        since = zoned.astimezone(UTC).replace(microsecond=0)
    return MoodQuestion(session_id, bucket_seconds, since)
