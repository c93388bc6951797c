"""A light HTTP client: one connection kept open, one request after the other, no more than that.

A whole client library would take more of the two cores than the server under test.
"""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

MOST_SECONDS = 60.0
"""A request that takes longer counts as hung."""


class BrokenOff(Exception):
    """The connection ended, or could not be made, before the whole answer was here."""


@dataclass(frozen=True)
class Answer:
    """A whole answer. seconds: from the first byte sent to the last received."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    def json(self) -> Any:
        return json.loads(self.body)


class Line:
    """A connection to 127.0.0.1, made when needed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """Send one request and wait for its answer. Raises `BrokenOff`."""
        head = {"Host": "x", "Content-Length": str(len(body)), **(headers or {})}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {told}" for name, told in head.items())]
        started = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(MOST_SECONDS):
                reader, writer = await self._open()
                writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
                await writer.drain()
                return await self._read(reader, started)
        except (OSError, EOFError, TimeoutError, ValueError) as error:
            self.close()
            raise BrokenOff(type(error).__name__) from error

    async def ask_json(
        self, method: str, path: str, token: str | None = None, told: Any = None
    ) -> Any:
        """Send JSON and return what is answered. Raises `BrokenOff`, or `AssertionError`."""
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        body = b"" if told is None else json.dumps(told).encode()
        answer = await self.ask(method, path, headers, body)
        assert 200 <= answer.status < 300, (method, path, answer.status, answer.body[:200])
        return answer.json() if answer.body else None

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        return self._streams

    async def _read(self, reader: asyncio.StreamReader, started: float) -> Answer:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.split(": ", 1) for line in head[1:] if line)
        headers = {name.lower(): told for name, told in pairs}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection", "") == "close":
            self.close()
        seconds = asyncio.get_running_loop().time() - started
        return Answer(int(head[0].split(" ")[1]), headers, body, seconds)
