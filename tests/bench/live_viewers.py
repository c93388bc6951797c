"""Many open dashboards without a browser: event streams, read in a process of their own."""

import asyncio
import multiprocessing
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from tests.servers import TOKEN

EVENT = b"\x00\x00\xff\xff"
"""How every packed event ends; a sign of life between them is one as well."""


class Viewers:
    """Opens `count` streams, spread evenly over the sessions, and counts events and bytes."""

    def __init__(self, url: str, session_ids: list[str], count: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._counted = context.Array("q", 2)
        wanted = [session_ids[number % len(session_ids)] for number in range(count)]
        self._process = context.Process(target=_run, args=(url, wanted, self._counted), daemon=True)

    def count(self) -> tuple[int, int]:
        """Return the events and the bytes of all streams so far."""
        return self._counted[0], self._counted[1]

    def __enter__(self) -> Self:
        self._process.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._process.terminate()
        self._process.join(10)


def _run(url: str, session_ids: list[str], counted: "list[int]") -> None:
    async def watch_all() -> None:
        await asyncio.gather(*(_watch(url, each, counted) for each in session_ids))

    asyncio.run(watch_all())


async def _watch(url: str, session_id: str, counted: "list[int]") -> None:
    address = urlsplit(url)
    while True:
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        asked = (
            f"GET /dashboard/session/{session_id}/live HTTP/1.1\r\nHost: {address.netloc}\r\n"
            f"Cookie: roomtone_teacher={TOKEN}\r\nAccept-Encoding: gzip\r\n\r\n"
        )
        writer.write(asked.encode())
        status = await reader.readline()
        if b" 200 " not in status:
            raise RuntimeError(f"The dashboard answered {status!r}.")
        rest = b""
        while part := await reader.read(1 << 18):
            counted[1] += len(part)
            found = rest + part
            counted[0] += found.count(EVENT)
            rest = found[-len(EVENT) + 1 :]
        writer.close()  # a stream ends in time; a page connects again
