"""Reads pictures in a process of its own, whose lock is not the event loop's.

The process is `model.reading_child`. It is started anew when it ends, and ends with this one,
however that ends, because it sees its socket closed.
"""

import asyncio
import os
import pickle
import socket
import struct
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol, cast

import structlog

from model.last_seen import LastSeen
from model.pipeline import FrameReading
from model.reading_child import OPENED, TASK, TOLD, Options
from server.promise import Promise
from server.readers import ReadersLost
from server.turns import Turns

AHEAD: Final = 2
"""So many pictures are given for each thread that reads, so that none of them waits for the next;
all others wait here, where sources take turns."""

AGAIN_SECONDS: Final = 5.0
"""From a start that failed to the next one."""

END_SECONDS: Final = 2.0

_ROOT: Final = Path(__file__).parents[1]
_log = structlog.get_logger()


@dataclass(frozen=True, eq=False)
class _Picture:
    data: bytes
    last_seen: LastSeen | None
    reading: Promise[FrameReading]


class _Owner(Protocol):
    def hear(self, number: int, told: Any) -> None: ...  # noqa: ANN401

    def lose(self, child: "_Child") -> None: ...


class _Child(asyncio.Protocol):
    """One life of the process."""

    def __init__(self, options: Options, owner: _Owner) -> None:
        self._owner, self._received = owner, bytearray()
        self._transport: asyncio.Transport | None = None
        self._line, theirs = socket.socketpair()
        with theirs:
            paths = [str(_ROOT), os.environ.get("PYTHONPATH", "")]
            self.process = subprocess.Popen(  # noqa: S603 - this program
                [sys.executable, "-P", "-m", "model.reading_child", str(theirs.fileno())],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is this process's to handle
            )
        asked = pickle.dumps(options)
        self._line.sendall(struct.pack("!I", len(asked)) + asked)
        self._line.setblocking(False)  # noqa: FBT003

    async def connect(self) -> None:
        """Begin to listen, in this event loop."""
        await asyncio.get_running_loop().create_unix_connection(lambda: self, sock=self._line)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport (asyncio calls it)."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one unsaid

    def give(self, number: int, picture: _Picture) -> None:
        """Have a picture read."""
        assert self._transport is not None  # noqa: S101 - it has said that it is there
        seen = pickle.dumps(picture.last_seen, pickle.HIGHEST_PROTOCOL)
        head = TASK.pack(number, len(seen), len(picture.data))
        self._transport.writelines([head, seen, picture.data])

    def data_received(self, data: bytes) -> None:
        """Pass on every reading that is whole (asyncio calls it)."""
        self._received += data
        while len(self._received) >= TOLD.size:
            number, length = TOLD.unpack_from(self._received)
            if len(self._received) < TOLD.size + length:
                return
            told = pickle.loads(memoryview(self._received)[TOLD.size : TOLD.size + length])  # noqa: S301
            del self._received[: TOLD.size + length]
            self._owner.hear(number, told)

    def connection_lost(self, _: Exception | None) -> None:
        """Say that the process has ended (asyncio calls it)."""
        self._owner.lose(self)

    def end(self) -> int:
        """Let the process end, and return its exit code."""
        if self._transport is not None:
            self._transport.abort()
        else:
            self._line.close()
        try:
            return self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:  # a picture that is never done
            self.process.kill()
            return self.process.wait()


class ReadingProcess:
    """Has pictures read by a process of its own; see `Readers`. Belongs to one event loop.

    The process starts with this, to be there soon.
    """

    def __init__(self, options: Options) -> None:
        self._options, self._child = options, _Child(options, self)
        self.count, self.network_version = options.threads, ""
        self.starts = 1
        self._waiting: Turns[_Picture] = Turns()
        self._waits, self.asked_for = 0, OPENED
        """How many pictures wait here, and how many the process was given so far."""
        self._given: dict[int, _Picture] = {}
        self._pictures: set[_Picture] = set()
        self._opened: asyncio.Future[None] | None = None
        self._connecting: asyncio.Future[None] | None = None
        self._closed_because: Exception | None = None

    @property
    def process_id(self) -> int:
        """The process that reads, or the last one that did."""
        return self._child.process.pid

    def resident_bytes(self) -> float:
        """Return the memory of the process; 0 where the system does not tell it as Linux does."""
        try:
            pages = Path(f"/proc/{self.process_id}/statm").read_text().split()[1]
        except OSError:
            return 0.0
        return int(pages) * float(os.sysconf("SC_PAGE_SIZE"))

    @property
    def working(self) -> bool:
        """Whether the process is there and has opened its networks."""
        return self._opened is not None and self._opened.done() and not self._opened.exception()

    async def open(self) -> None:
        """Return when the networks are open. Raises why they are not."""
        self._connect()
        assert self._opened is not None  # noqa: S101 - it has just been made
        await asyncio.shield(self._opened)

    async def read(
        self, data: bytes, last_seen: LastSeen | None = None, *, whose: str = ""
    ) -> FrameReading:
        """Read one encoded picture; see `Readers`."""
        if self._closed_because is not None:
            raise self._closed_because
        if self._opened is None or (self._opened.done() and not self.working):
            raise ReadersLost
        picture = _Picture(data, last_seen, Promise())
        self._pictures.add(picture)
        self._waiting.put(whose, picture)
        self._waits += 1
        self._give()
        try:
            return await picture.reading.wait()
        finally:
            self._pictures.discard(picture)

    def close(self, reason: Exception) -> None:
        """End the process; whoever still waits for a reading gets `reason`."""
        self._closed_because = reason
        self._tell(self._pictures, reason)
        self._child.end()

    def hear(self, number: int, told: Any) -> None:  # noqa: ANN401 - a reading or an error
        """Pass a reading on to whoever waits for it."""
        if number != OPENED:
            self._given.pop(number).reading.settle(told)
        elif isinstance(told, Exception):
            self._fail(told)
        else:
            self.network_version = told
            assert self._opened is not None  # noqa: S101 - nothing is heard before
            self._opened.set_result(None)
        self._give()

    def lose(self, child: _Child) -> None:
        """Tell those whose pictures are lost, and start anew: later, where the start failed."""
        code = child.end()
        if self._closed_because is not None:
            return
        _log.error("the process that reads pictures has ended", code=code, frames=len(self._given))
        given, self._given = self._given, {}
        self._tell(given.values(), ReadersLost())
        if self.working:
            self._start()
        else:
            self._fail(ReadersLost())
            asyncio.get_running_loop().call_later(AGAIN_SECONDS, self._start)

    def _start(self) -> None:
        if self._closed_because is None:
            self._child = _Child(self._options, self)
            self.starts += 1
            self._connect()

    def _connect(self) -> None:
        self._opened = asyncio.get_running_loop().create_future()
        self._connecting = asyncio.ensure_future(self._child.connect())

    def _fail(self, reason: Exception) -> None:
        """Let nobody wait for a process that could not open its networks."""
        if self._opened is not None and not self._opened.done():
            self._opened.set_exception(reason)
            self._opened.exception()  # nobody need ask for it
        self._tell(self._pictures, reason)

    def _tell(self, pictures: Iterable[_Picture], reason: Exception) -> None:
        for picture in list(pictures):
            picture.reading.settle(reason)

    def _give(self) -> None:
        while self._waits and self.working and len(self._given) < AHEAD * self.count:
            picture = self._waiting.get()
            self._waits -= 1
            if not picture.reading.unwanted:
                self.asked_for += 1
                self._given[self.asked_for] = picture
                self._child.give(self.asked_for, picture)
