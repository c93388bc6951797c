"""How fast something may come: so many a second for each key, with a small burst.

In memory only, and no longer than it matters. Knows nothing else of `server`.
"""

import threading
import time
from collections.abc import Callable

ROUNDING = 1e-6
"""Seconds that are nothing but the rounding of sums."""


class Pace:
    """The generic cell rate algorithm (ITU-T I.371): one moment to remember for each key.

    A key's moment moves on by 1 / per_second with each one that comes, from now at the earliest;
    one more is welcome while it is less than `burst` of these steps ahead. May be called from any
    thread. clock: seconds that never go back.
    """

    def __init__(
        self, per_second: float, burst: float, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.per_second, self._burst, self._clock = per_second, burst, clock
        self._free_at: dict[str, float] = {}
        self._sweep_at, self._lock = clock(), threading.Lock()

    def __len__(self) -> int:
        """Return how many keys are remembered."""
        return len(self._free_at)

    def wait_for(self, key: str) -> float:
        """Return in how many seconds one more of this key is welcome: 0 now."""
        with self._lock:
            now = self._clock()
            self._forget(now)
            return self._wait_for(key, now)

    def note(self, key: str) -> None:
        """Remember that one of this key has come, welcome or not."""
        with self._lock:
            self._note(key, self._clock())

    def take(self, key: str) -> float:
        """Return `wait_for`, and note one where that is 0."""
        with self._lock:
            now = self._clock()
            self._forget(now)
            wait = self._wait_for(key, now)
            if not wait:
                self._note(key, now)
            return wait

    def _wait_for(self, key: str, now: float) -> float:
        ahead = self._free_at.get(key, now) - now
        wait = ahead - (self._burst - 1) / self.per_second
        return wait if wait > ROUNDING else 0.0

    def _note(self, key: str, now: float) -> None:
        self._free_at[key] = max(self._free_at.get(key, now), now) + 1 / self.per_second

    def _forget(self, now: float) -> None:
        """Drop keys that no longer matter, once in as long as a whole burst takes."""
        if now >= self._sweep_at:
            self._free_at = {key: at for key, at in self._free_at.items() if at > now}
            self._sweep_at = now + self._burst / self.per_second
