"""What a database's failures say to those who come next. Knows no SQL and no dialect.

A database that answers nothing takes a thread from everybody who asks it. So once it kept somebody
waiting in vain, one at a time may try it, and the others are told at once, until one succeeds.
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


class Outages:
    """Notes how the transactions of one database go. Threads may share it."""

    def __init__(self) -> None:
        self._vain: DatabaseUnavailable | None = None
        self._trying = threading.Lock()
        self._unwritten: tuple[float, DatabaseUnavailable] | None = None

    @contextmanager
    def sparing(self) -> Iterator[None]:
        """Let a transaction be tried, unless another tries one that hung.

        Raises `DatabaseUnavailable`.
        """
        if (vain := self._vain) is None:
            with self._noting():
                yield
            return
        if not self._trying.acquire(blocking=False):
            raise DatabaseUnavailable(str(vain))
        try:
            with self._noting():
                yield
        finally:
            self._trying.release()

    @contextmanager
    def _noting(self) -> Iterator[None]:
        started = time.monotonic()
        try:
            yield
        except DatabaseUnavailable as error:
            if error.silent and time.monotonic() > started + VAIN_SECONDS:
                self._vain = error
            raise
        self._vain = None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Note whether a transaction that writes could be written."""
        try:
            yield
        except DatabaseUnavailable as error:
            self._unwritten = time.monotonic(), error
            raise
        self._unwritten = None

    @property
    def unwritten(self) -> bool:
        """Whether the last transaction that was to be written could not be."""
        return self._unwritten is not None

    def raise_fresh(self) -> None:
        """Raise the failure to write, if there was one a moment ago and no success since."""
        if (unwritten := self._unwritten) is None:
            return
        at, error = unwritten
        if time.monotonic() < at + FRESH_SECONDS:
            raise DatabaseUnavailable(str(error))
