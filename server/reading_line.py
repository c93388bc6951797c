"""One life of the process that reads pictures, `model.reading_child`, and the line to it."""

import asyncio
import pickle
import socket
import struct
import subprocess
from contextlib import suppress
from typing import Any, Final, Protocol, cast

from model.last_seen import LastSeen
from model.reading_child import TASK, TOLD, Options
from server.reading_start import StartedReader

END_SECONDS: Final = 2.0
"""How long a process may take to end once its line is closed."""


class Owner(Protocol):
    """Whoever is told what comes through the line."""

    def hear(self, number: int, told: Any) -> None:  # noqa: ANN401 - a reading or an error
        """Take what the process tells of a picture, or of itself."""
        ...

    def lose(self, line: "ReadingLine") -> None:
        """Take note that the line is closed."""
        ...


class ReadingLine(asyncio.Protocol):
    """Starts the process, unless one is given; after `connect`, pictures go and readings come.

    Raises `OSError`.
    """

    def __init__(
        self, options: Options, owner: Owner, started: StartedReader | None = None
    ) -> None:
        self._owner, self._received = owner, bytearray()
        self._transport: asyncio.Transport | None = None
        self._socket, self.process = (started or StartedReader()).take()
        asked = pickle.dumps(options)
        with suppress(OSError):  # it has ended already, which is noticed when it is listened to
            self._socket.sendall(struct.pack("!I", len(asked)) + asked)
        self._socket.setblocking(False)  # noqa: FBT003

    async def connect(self) -> None:
        """Begin to listen, in this event loop. Raises `OSError` after `end`."""
        await asyncio.get_running_loop().create_unix_connection(lambda: self, sock=self._socket)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport (asyncio calls it)."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one unsaid

    def give(self, number: int, data: bytes, last_seen: LastSeen | None) -> None:
        """Have a picture read."""
        assert self._transport is not None  # noqa: S101 - it has said that it is there
        seen = pickle.dumps(last_seen, pickle.HIGHEST_PROTOCOL)
        self._transport.writelines([TASK.pack(number, len(seen), len(data)), seen, data])

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
        """Let the process end, and return its exit code. It waits for it, mostly some ms."""
        with suppress(OSError):  # closed already
            self._socket.shutdown(socket.SHUT_RDWR)  # at once; the transport would do so later
        if self._transport is not None:
            self._transport.abort()
        else:
            self._socket.close()
        try:
            return self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:  # it is stopped, or still starting
            self.process.kill()
            return self.process.wait()
