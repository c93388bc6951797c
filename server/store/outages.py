"""What a database's failures say to those who come next. Knows no SQL and no dialect.

A database that keeps everybody waiting takes a thread from each. So once it kept somebody waiting
in vain, one at a time may try it, and the others are told at once, until one succeeds.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from server.store.failures import DatabaseUnavailable

VAIN_SECONDS = 1.0
"""A failure that took longer than this kept somebody waiting; a quicker one needs no sparing."""
FRESH_SECONDS = 3.0
"""A failure to write that is no older is not tried anew by who only wants to know."""


class _Gate:
    """Open, until somebody waited in vain; then one at a time may pass.

    vain: why, as a sentence: an error would keep alive what its traceback passes.
    """

    def __init__(self) -> None:
        self.vain: str | None = None
        self._trying = threading.Lock()

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Pass, or raise what the last one waited for in vain."""
        if (vain := self.vain) is None:
            yield
            return
        if not self._trying.acquire(blocking=False):
            raise DatabaseUnavailable(vain)
        try:
            yield
        finally:
            self._trying.release()


class Outages:
    """Notes how the transactions of one database go. Threads may share it."""

    def __init__(self) -> None:
        self._to_read, self._to_write = _Gate(), _Gate()
        self._unwritten: tuple[float, str] | None = None

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Let a transaction that reads be tried. Raises `DatabaseUnavailable`."""
        with self._to_read.passing(), self._noting(self._to_read):
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Let a transaction that writes be tried. Raises `DatabaseUnavailable`."""
        try:
            with self._to_write.passing(), self._noting(self._to_write):
                yield
        except DatabaseUnavailable as error:
            self._unwritten = time.monotonic(), str(error)
            raise
        self._unwritten = None

    @contextmanager
    def _noting(self, gate: _Gate) -> Iterator[None]:
        started = time.monotonic()
        try:
            yield
        except DatabaseUnavailable as error:
            if time.monotonic() > started + VAIN_SECONDS:
                gate.vain = str(error)
                if error.silent:  # and not only locked, which may be so for writers alone
                    self._to_read.vain = self._to_write.vain = str(error)
            raise
        gate.vain = None

    @property
    def unwritten(self) -> bool:
        """Whether the last transaction that was to be written could not be."""
        return self._unwritten is not None

    def raise_fresh(self) -> None:
        """Raise the failure to write, if there was one a moment ago and no success since."""
        if (unwritten := self._unwritten) is None:
            return
        at, why = unwritten
        if time.monotonic() < at + FRESH_SECONDS:
            raise DatabaseUnavailable(why)
