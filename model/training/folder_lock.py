"""A folder or study kept for one process at a time, until that ends in whatever way. No torch."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ModuleNotFoundError:  # pragma: no cover - Windows, where two processes are not kept apart
    fcntl = None  # type: ignore[assignment]


class AlreadyLocked(Exception):
    """Another process has it."""


@contextmanager
def hold(path: Path) -> Iterator[None]:
    """Hold the lock file `path`, whose content means nothing.

    Raises `AlreadyLocked`, and `OSError` where no such file can be made.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        if fcntl is not None:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlreadyLocked(path) from None
        yield
    finally:
        os.close(descriptor)
