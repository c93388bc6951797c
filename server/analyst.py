"""Reads single pictures for their uploader, beside the frames of live sessions.

A picture is looked at thoroughly, which takes a second or so: few at once, so that live frames
keep their pace. Nothing is stored.
"""

import asyncio
from collections.abc import Awaitable, Callable

from model.pipeline import FrameReader, FrameReading
from server.engine import EngineClosed
from server.reading_threads import ReadingThreads
from server.refusals import ServerBusy

MOST_WAITING = 4
RETRY_SECONDS = 2


class Analyst:
    """One picture at a time; a few may wait."""

    def __init__(self, reader: FrameReader) -> None:
        self._reader, self._turn, self._waiting = reader, asyncio.Lock(), 0
        self._threads = ReadingThreads(reader, 1, "analyst")

    @property
    def network_version(self) -> str:
        """The version of the emotion network."""
        return self._reader.network_version

    async def read(self, open_picture: Callable[[], Awaitable[bytes]]) -> FrameReading:
        """Receive and read one encoded picture.

        Raises `ServerBusy`, before anything is received, and the errors of `model.headers`.
        """
        if self._waiting >= MOST_WAITING:
            raise ServerBusy(RETRY_SECONDS)
        self._waiting += 1
        try:
            data = await open_picture()
            async with self._turn:
                return await self._threads.read(data)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Take no more; a picture that is being read is given up."""
        self._threads.close(EngineClosed("The server has stopped. Send the picture again."))
