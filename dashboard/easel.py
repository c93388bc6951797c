"""One drawing at a time, with rests in between, whatever is drawn for whom.

Drawing is the dearest thing the dashboard does, and it shares a process with those who count
frames. With one lesson the rests are shorter than the time between two moods; with twenty lessons
each is drawn less often, and the class is not kept waiting.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final, TypeVar

SHARE: Final = 0.15
"""At most this part of one core is spent on drawing."""
LONGEST_REST_S: Final = 2.0

T = TypeVar("T")


class Easel:
    """Lets drawings take turns, in the order they were asked for."""

    def __init__(self, share: float = SHARE) -> None:
        self._share, self._free_at = share, 0.0
        self._turn = asyncio.Lock()

    async def draw(self, paint: Callable[[], T]) -> T:
        """Wait for the turn, call `paint` in a thread, and return what it made."""
        async with self._turn:
            await asyncio.sleep(max(self._free_at - time.monotonic(), 0))
            made, seconds = await asyncio.to_thread(_time, paint)
            rest = seconds * (1 / self._share - 1)
            self._free_at = time.monotonic() + min(rest, LONGEST_REST_S)
            return made


def _time(paint: Callable[[], T]) -> tuple[T, float]:
    """Return what a function makes, and the seconds of a core that it took."""
    began = time.thread_time()
    made = paint()
    return made, time.thread_time() - began
