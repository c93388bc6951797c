"""Starts the process that reads pictures: `model.reading_child`, and one end of the line to it.

Imports little: a server begins with this, so that the process imports what it needs while the
server does (`roomtone.py`).
"""

import os
import signal
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parents[1]
_SECRETS: Final = ("ROOMTONE_", "PG")
_TOLD_TO_ALL: Final = {signal.SIGINT, signal.SIGTERM}


class StartedReader:
    """A process that waits to be told what to open, and our end of the line. Raises `OSError`."""

    def __init__(self) -> None:
        self.taken = False
        """Whether somebody else ends it."""
        self.line, theirs = socket.socketpair()
        with theirs:
            try:
                self.process = _start(theirs)
            except OSError:
                self.line.close()
                raise

    def take(self) -> "tuple[socket.socket, subprocess.Popen[bytes]]":
        """Return line and process; whoever takes them ends them."""
        self.taken = True
        return self.line, self.process


def is_apart(reading: str) -> bool:
    """Return whether pictures are read by a process of its own: `Settings.reading`."""
    return reading == "process" and hasattr(socket, "AF_UNIX")


@contextmanager
def start_ahead(reading: str) -> Iterator[StartedReader | None]:
    """Start the process where pictures are read apart; it ends with this unless it was taken."""
    started = StartedReader() if is_apart(reading) else None
    try:
        yield started
    finally:
        if started is not None and not started.taken:
            started.line.close()
            started.process.kill()  # it is still importing
            started.process.wait()


def _start(line: socket.socket) -> "subprocess.Popen[bytes]":
    """Start the process with one end of the line.

    What is told to all processes of a terminal or a service is this one's to handle: the other
    ends when its line is closed, so for good it does not take these signals.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _TOLD_TO_ALL)
    try:
        return subprocess.Popen(  # noqa: S603 - this program
            [sys.executable, "-P", "-m", "model.reading_child", str(line.fileno())],
            env=_spare_secrets(os.environ),
            pass_fds=[line.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _spare_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a process that needs no token and no database."""
    kept = {name: told for name, told in environment.items() if not name.startswith(_SECRETS)}
    if Path(sysconfig.get_path("purelib")) != _ROOT:  # run from its folder, perhaps not installed
        paths = [kept.get("PYTHONPATH", ""), str(_ROOT)]
        kept["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    return kept
