"""Who waits for a session to change, and how a change wakes them.

Every commit rings for its session (`ring`); what another process commits is found by looking from
time to time. A mood is read once for everybody who waits (`server.told_moods`). Knows no web.
"""

import asyncio
import threading
from asyncio import AbstractEventLoop
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Final

import structlog

from server.schemas import Mood
from server.store.failures import DatabaseUnavailable
from server.told_moods import SHIPPED_TEMPO, MoodQuestion, Tempo, ToldMood, ToldMoods

MOST_WAITING: Final = 1000
"""Waits and streams that may be open at once."""
MOST_SESSIONS: Final = 10_000
"""Sessions whose changes are counted; the one that changed longest ago is forgotten first."""

_log = structlog.get_logger()


class TooManyWaiting(RuntimeError):
    """No more waits or streams can be opened."""

    def __init__(self) -> None:
        super().__init__(
            f"{MOST_WAITING} calls already wait here for news. Ask without waiting, or try again "
            "shortly."
        )


class Live:
    """Tells everybody who waits of what changes. `ring` and `close` may come from any thread."""

    def __init__(self, read: Callable[[MoodQuestion], Mood], tempo: Tempo = SHIPPED_TEMPO) -> None:
        self.moods, self._tempo = ToldMoods(read, self.changes_of, tempo), tempo
        self._changes: OrderedDict[str, int] = OrderedDict()
        self._count = 0
        self._bells: dict[str, dict[AbstractEventLoop, asyncio.Event]] = {}
        self._lock = threading.Lock()
        self._waiting, self._closed = 0, False

    @property
    def waiting(self) -> int:
        """How many wait now."""
        return self._waiting

    @property
    def closed(self) -> bool:
        """Whether the server is stopping, so that nobody is kept waiting."""
        return self._closed

    def changes_of(self, session_id: str) -> int:
        """Return a number that is another one after each change of a session."""
        return self._changes.get(session_id, 0)

    def ring(self, session_id: str) -> None:
        """Tell that something of a session was committed."""
        with self._lock:
            self._count += 1
            self._changes[session_id] = self._count
            self._changes.move_to_end(session_id)
            if len(self._changes) > MOST_SESSIONS:
                self._changes.popitem(last=False)
            bells = self._bells.pop(session_id, {})
        _ring_all(bells)

    def close(self) -> None:
        """Wake everybody for the last time: waits end unanswered and streams end."""
        with self._lock:
            self._closed = True
            rung, self._bells = list(self._bells.values()), {}
        for bells in rung:
            _ring_all(bells)

    def stop_reading(self) -> None:
        """Stop the threads that read moods."""
        self.moods.close()

    async def wait(self, question: MoodQuestion, known: str, seconds: float) -> ToldMood:
        """Return the mood as soon as its digest is not in `known`, or as it is after `seconds`.

        known: digests as the header If-None-Match lists them. Raises `TooManyWaiting`, and what
        the store raises.
        """
        until = monotonic() + seconds
        with self._taking_a_place():
            while True:
                told = await self.moods.tell(question)
                if not is_known(told.digest, known) or self._closed or monotonic() >= until:
                    return told
                await self._next_change(question.session_id, told, until)

    async def follow(
        self, question: MoodQuestion, told: ToldMood, known: str = ""
    ) -> AsyncIterator[ToldMood | None]:
        """Yield the mood whenever it changed, beginning with `told` unless it is `known`.

        None is a sign of life, after `tempo.beat` without a change. Ends when the session has ended
        and when the server stops. Raises `SessionNotFound` when the session is erased.
        """
        with self._taking_a_place():
            if not is_known(told.digest, known):
                yield told
            said = told.digest
            while not (told.ended or self._closed):
                beat, pause = monotonic() + self._tempo.beat, monotonic() + self._tempo.pace
                while told.digest == said and not self._closed and monotonic() < beat:
                    await self._next_change(question.session_id, told, beat)
                    told = await self._tell_or_wait(question, told)
                changed, said = told.digest != said, told.digest
                yield told if changed else None
                await self._rest(pause - monotonic())

    async def _tell_or_wait(self, question: MoodQuestion, last: ToldMood) -> ToldMood:
        """Return the mood, or the last one while the database is away."""
        try:
            return await self.moods.tell(question)
        except DatabaseUnavailable as error:
            _log.warning("a stream waits for the database", reason=str(error))
            await self._rest(self._tempo.pace)
            return last

    async def _rest(self, seconds: float) -> None:
        """Sleep, but not on while the server stops."""
        bell = self._bell_of("")
        if bell is not None and seconds > 0:
            await _wait_for(bell, seconds)

    async def _next_change(self, session_id: str, told: ToldMood, until: float) -> None:
        """Return once the session changed since `told`, or `told` is stale, or it is `until`."""
        bell = self._bell_of(session_id)
        if bell is None or self.changes_of(session_id) != told.change:
            return
        await _wait_for(bell, min(until, told.fresh_until) - monotonic())

    def _bell_of(self, session_id: str) -> asyncio.Event | None:
        """Return what rings at the session's next change; none when the server stops."""
        loop = asyncio.get_running_loop()
        with self._lock:
            if self._closed:
                return None
            return self._bells.setdefault(session_id, {}).setdefault(loop, asyncio.Event())

    def check_place(self) -> None:
        """Raise `TooManyWaiting` where one more can't be kept waiting."""
        if self._waiting >= MOST_WAITING:
            raise TooManyWaiting

    @contextmanager
    def _taking_a_place(self) -> Iterator[None]:
        self.check_place()
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1


def is_known(digest: str, known: str) -> bool:
    """Tell whether If-None-Match lists a digest (RFC 9110, section 13.1.2)."""
    tags = [tag.strip().removeprefix("W/").strip('"') for tag in known.split(",")]
    return digest in tags or "*" in tags


async def _wait_for(bell: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(max(seconds, 0)):
            await bell.wait()
    except TimeoutError:
        return


def _ring_all(bells: dict[AbstractEventLoop, asyncio.Event]) -> None:
    for loop, bell in bells.items():
        with suppress(RuntimeError):  # the loop has ended, and with it who waited
            loop.call_soon_threadsafe(bell.set)
