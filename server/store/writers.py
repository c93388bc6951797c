"""The threads of this process that write into one SQLite file, one after the other.

Left to SQLite they sleep between their tries, and the unlucky wait in vain: 300 students who join
at once would look like an outage. Imports the store's failures only.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from server.store.failures import CROWDED, DatabaseUnavailable


class Writers:
    """Lets one write at a time, first come, first served, where the dialect takes no more.

    Threads may share it.
    """

    def __init__(self, where: str, *, one_at_a_time: bool, busy_seconds: float) -> None:
        self._where, self._one_at_a_time = where, one_at_a_time
        self._busy_seconds = busy_seconds
        self._lock, self._taken = threading.Lock(), False
        self._waiting: deque[threading.Event] = deque()

    @contextmanager
    def in_turn(self) -> Iterator[None]:
        """Wait for the turn. Raises `DatabaseUnavailable` after `busy_seconds`."""
        if not self._one_at_a_time:
            yield
            return
        self._take()
        try:
            yield
        finally:
            self._pass_on()

    def _take(self) -> None:
        with self._lock:
            if not self._taken:
                self._taken = True
                return
            called = threading.Event()
            self._waiting.append(called)
        if called.wait(self._busy_seconds):
            return
        with self._lock:
            if called.is_set():  # at the last moment
                return
            self._waiting.remove(called)
        raise DatabaseUnavailable(f"The database {self._where} {CROWDED}")

    def _pass_on(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False
