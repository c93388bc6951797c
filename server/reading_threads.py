"""Threads of this process that read pictures; see `server.readers`.

They are daemons, because the threads of Python's own pools are joined when the program ends: one
picture that is never done would keep a stopped server alive.
"""

import threading
from dataclasses import dataclass

from model.last_seen import LastSeen
from model.pipeline import FrameReader, FrameReading
from server.promise import Promise
from server.turns import Turns


@dataclass(frozen=True, eq=False)
class _Picture:
    data: bytes
    last_seen: LastSeen | None
    reading: Promise[FrameReading]


class ReadingThreads:
    """Reads pictures beside each other, `count` at a time."""

    def __init__(self, reader: FrameReader, count: int, name: str) -> None:
        self._reader, self.count = reader, count
        self.network_version, self.working = reader.network_version, True
        self._queue: Turns[_Picture | None] = Turns()
        self._open: set[_Picture] = set()
        self._closed_because: Exception | None = None
        for number in range(count):
            threading.Thread(target=self._run, name=f"{name}-{number}", daemon=True).start()

    async def open(self) -> None:
        """Do nothing: the reader is open."""

    async def read(
        self, data: bytes, last_seen: LastSeen | None = None, *, whose: str = ""
    ) -> FrameReading:
        """Read one encoded picture. Raises what the reader raises, or what `close` was given.

        last_seen: what the picture's source showed before, if anything is known of it. whose: those
        who wait take turns.
        """
        if self._closed_because is not None:
            raise self._closed_because
        picture = _Picture(data, last_seen, Promise())
        self._open.add(picture)
        self._queue.put(whose, picture)
        try:
            return await picture.reading.wait()
        finally:
            self._open.discard(picture)
            del picture  # or an error that is told would keep it

    def close(self, reason: Exception) -> None:
        """End the threads that are idle; whoever still waits for a reading gets `reason`."""
        self._closed_because = reason
        for picture in list(self._open):
            picture.reading.tell(reason)
        for _ in range(self.count):
            self._queue.put("", None)

    def _run(self) -> None:
        while (picture := self._queue.get()) is not None:
            if not picture.reading.unwanted:
                picture.reading.tell(self._read(picture))
            del picture  # a thread that waits must not hold a picture

    def _read(self, picture: _Picture) -> FrameReading | Exception:
        try:
            return self._reader.read(picture.data, picture.last_seen)
        except Exception as error:  # noqa: BLE001 - it belongs to whoever waits
            return error
