"""Reads single pictures for their uploader, beside the frames of live sessions.

A picture is looked at thoroughly, which takes a second or so: few at once, so that live frames
keep their pace. Nothing is stored.
"""

import asyncio

from model.pipeline import FrameReader, FrameReading
from server.ingest import ServerBusy

MOST_WAITING = 4
RETRY_SECONDS = 2


class Analyst:
    """One picture at a time; a few may wait."""

    def __init__(self, reader: FrameReader) -> None:
        self._reader, self._turn, self._waiting = reader, asyncio.Lock(), 0

    @property
    def network_version(self) -> str:
        """The version of the emotion network."""
        return self._reader.network_version

    async def read(self, data: bytes) -> FrameReading:
        """Read one encoded picture. Raises `ServerBusy` and the errors of `model.headers`."""
        if self._waiting >= MOST_WAITING:
            raise ServerBusy(RETRY_SECONDS)
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(self._reader.read, data)
        finally:
            self._waiting -= 1
