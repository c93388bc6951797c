"""One source's connection to the server, kept open: as little work a frame as asyncio allows.

httpx takes about a millisecond a call; the load generator shares its cores with the server that
it measures, so requests are written and answers read here by hand. HTTP/1.1 with Content-Length
and nothing else, which is what the server speaks.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

NO_ANSWER: Final = 0
"""The status of a frame whose connection broke, or whose answer could not be read."""

_MOST_HEAD: Final = 65_536


@dataclass(frozen=True)
class Answer:
    """What came back. retry_after: seconds, or None where the server did not say."""

    status: int
    retry_after: float | None = None
    duplicate: bool = False


@dataclass(frozen=True)
class Address:
    """Where frames go, and as whom."""

    host: str
    port: int
    path: str
    token: str


class Connection(asyncio.Protocol):
    """Sends one frame at a time and calls back with the answer; connects anew when it must."""

    def __init__(self, address: Address, on_answer: Callable[[Answer], None]) -> None:
        self._address, self._on_answer = address, on_answer
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._opening: asyncio.Task[None] | None = None
        self._request = (b"", b"")
        self._used_before = False
        self._hung_up = 0
        """Connections of the past whose end is still to be told; that of this frame is another."""
        self.waiting = False
        self._head = (
            f"POST {address.path} HTTP/1.1\r\nHost: {address.host}:{address.port}\r\n"
            f"Authorization: Bearer {address.token}\r\nContent-Type: image/jpeg\r\n"
            "Frame-Seq: "
        ).encode()

    def send(self, seq: int, frame: bytes) -> None:
        """Send a frame; its answer is called back, exactly once. Only while not `waiting`."""
        self.waiting = True
        head = b"%b%d\r\nContent-Length: %d\r\n\r\n" % (self._head, seq, len(frame))
        self._request = (head, frame)
        self._used_before = self._transport is not None and not self._transport.is_closing()
        if self._transport is not None and self._used_before:
            self._transport.writelines(self._request)
        else:
            self._open_soon()

    def close(self) -> None:
        """Close the connection; a frame that waits is called back as unanswered."""
        if self._opening is not None:
            self._opening.cancel()
        self._give_up()

    def _open_soon(self) -> None:
        self._opening = asyncio.get_running_loop().create_task(self._open())

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(lambda: self, self._address.host, self._address.port)
        except OSError:
            self._settle(Answer(NO_ANSWER))
            return
        assert self._transport is not None  # noqa: S101 - connection_made has been called
        self._transport.writelines(self._request)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport (asyncio calls it)."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one unsaid
        self._received.clear()

    def data_received(self, data: bytes) -> None:
        """Read an answer as far as it is here (asyncio calls it)."""
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            if len(self._received) > _MOST_HEAD:
                self._give_up()
            return
        head = bytes(self._received[:end]).lower()
        try:
            status, length = int(head[9:12]), int(_field(head, b"content-length") or b"")
        except ValueError:
            self._give_up()
            return
        if len(self._received) < end + 4 + length:
            return
        body = bytes(self._received[end + 4 : end + 4 + length])
        self._received.clear()
        if _field(head, b"connection") == b"close":
            self._hang_up()
        self._settle(Answer(status, _seconds(_field(head, b"retry-after")), _tells_duplicate(body)))

    def connection_lost(self, _: Exception | None) -> None:
        """Send again, or tell whoever waits that there will be no answer (asyncio calls it).

        A server closes what was not used for a while, perhaps at the very moment of sending: what
        went out on a connection used before, and brought nothing back, is sent once more under
        the same number, as browsers do.
        """
        if self._hung_up:
            self._hung_up -= 1
            return
        self._transport = None
        if self.waiting and self._used_before and not self._received:
            self._used_before = False
            self._open_soon()
            return
        self._settle(Answer(NO_ANSWER))

    def _give_up(self) -> None:
        self._hang_up()
        self._settle(Answer(NO_ANSWER))

    def _hang_up(self) -> None:
        if self._transport is not None:
            self._hung_up += 1
            self._transport.abort()
            self._transport = None

    def _settle(self, answer: Answer) -> None:
        if self.waiting:
            self.waiting = False
            self._on_answer(answer)


def _field(head: bytes, name: bytes) -> bytes | None:
    """Return a field of a head in small letters."""
    _, found, rest = head.partition(b"\r\n" + name + b":")
    return rest.partition(b"\r\n")[0].strip() if found else None


def _seconds(told: bytes | None) -> float | None:
    try:
        return float(told) if told is not None else None
    except ValueError:
        return None


def _tells_duplicate(body: bytes) -> bool:
    return body.startswith(b'{"outcome":"duplicate"')
