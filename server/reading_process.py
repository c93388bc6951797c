"""Has pictures read by a process of its own, whose Python lock is not the event loop's.

The process is started anew when it ends, and ends with this one, however that ends: see
`server.reading_line` for one life of it.
"""

import asyncio
import os
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import structlog

from model.last_seen import LastSeen
from model.pipeline import FrameReading
from model.reading_child import OPENED, Options
from server.promise import Promise
from server.readers import ReadersLost
from server.reading_line import ReadingLine
from server.reading_start import StartedReader
from server.turns import Turns

AHEAD: Final = 2
"""So many pictures are given for each thread that reads, so that none of them waits for the next;
all others wait here, where sources take turns."""

LEAST_LIFE_SECONDS = 1.0
AGAIN_SECONDS = 5.0
"""From a start that failed, or a process that lived no longer than that, to the next one."""

OPEN_SECONDS, READ_SECONDS = 60.0, 30.0
"""So long opening the networks may take, and one picture; a process that hangs longer is killed."""

_log = structlog.get_logger()


@dataclass(frozen=True, eq=False)
class _Picture:
    data: bytes
    last_seen: LastSeen | None
    reading: Promise[FrameReading]
    came_at: float = field(default_factory=time.monotonic)


class ReadingProcess:
    """Has pictures read; see `Readers`. Belongs to one event loop.

    started: its first process; else it starts with this, to be there soon.
    """

    def __init__(self, options: Options, started: StartedReader | None = None) -> None:
        self._options, self._line = options, ReadingLine(options, self, started)
        self.count, self.network_version = options.threads, ""
        self.working, self.starts = False, 1
        self._refusing = True
        """Whether nobody may wait: there is no process, and none is opening its networks."""
        self._since = time.monotonic()
        """When the process was started or, where it is working, had opened its networks."""
        self._waits, self.asked_for = 0, OPENED
        """How many pictures wait here, and how many a process was given so far."""
        self._waiting: Turns[_Picture] = Turns()
        self._given: dict[int, _Picture] = {}
        self._pictures: set[_Picture] = set()
        self._opened: asyncio.Future[None] | None = None
        self._listening: asyncio.Future[None] | None = None
        self._closed_because: Exception | None = None

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        """The process that reads, or the last one that did."""
        return self._line.process

    @property
    def process_id(self) -> int:
        """Its id."""
        return self.process.pid

    def resident_bytes(self) -> float:
        """Return the memory of the process; 0 where the system does not tell it as Linux does."""
        try:
            pages = Path(f"/proc/{self.process_id}/statm").read_text().split()[1]
        except OSError:
            return 0.0
        return int(pages) * float(os.sysconf("SC_PAGE_SIZE"))

    async def open(self) -> None:
        """Return when the networks are open. Raises why they are not."""
        self._opened = asyncio.get_running_loop().create_future()
        self._connect()
        self._look_after()
        await asyncio.shield(self._opened)

    async def read(
        self, data: bytes, last_seen: LastSeen | None = None, *, whose: str = ""
    ) -> FrameReading:
        """Read one encoded picture; see `Readers`."""
        if self._closed_because is not None:
            raise self._closed_because
        if self._refusing:
            raise ReadersLost
        picture = _Picture(data, last_seen, Promise())
        self._pictures.add(picture)
        try:
            self._waiting.put(whose, picture)
            self._waits += 1
            self._give()
            return await picture.reading.wait()
        finally:
            self._pictures.discard(picture)
            del picture  # or an error that is told would keep it

    def close(self, reason: Exception) -> None:
        """End the process; whoever still waits for a reading gets `reason`."""
        self._closed_because, self.working = reason, False
        self._give_up(reason)
        self._line.end()

    def hear(self, number: int, told: Any) -> None:  # noqa: ANN401 - a reading or an error
        """Pass on what the process tells of a picture, or of itself."""
        if number != OPENED:
            if picture := self._given.pop(number, None):
                picture.reading.settle(told)
            self._give()
        elif isinstance(told, Exception):
            _log.error("the process that reads pictures can't open its networks", exc_info=told)
            self._settle_opened(told)
        elif self.network_version not in ("", told):
            _log.error("the network's file has changed; start the server again", found=told)
            self.process.kill()
        else:
            self.network_version, self.working = told, True
            self._since = time.monotonic()
            self._settle_opened(None)
            self._give()

    def lose(self, line: ReadingLine) -> None:
        """Tell those whose pictures are lost, and start anew: later, where it did not live long."""
        code = line.end()
        if self._closed_because is not None or line is not self._line:
            return
        _log.error("the process that reads pictures has ended", code=code, frames=len(self._given))
        given, self._given = self._given, {}
        self._tell(given.values(), ReadersLost())
        lived = self.working and time.monotonic() > self._since + LEAST_LIFE_SECONDS
        self.working = False
        if lived:
            self._start()
        else:
            self._start_later()

    def _start(self) -> None:
        if self._closed_because is not None:
            return
        try:
            self._line = ReadingLine(self._options, self)
        except OSError as error:
            _log.error("the process that reads pictures can't be started", exc_info=error)
            self._start_later()
            return
        self.starts += 1
        self._connect()

    def _start_later(self) -> None:
        """Let nobody wait meanwhile."""
        self._refusing = True
        self._settle_opened(ReadersLost())
        self._give_up(ReadersLost())
        asyncio.get_running_loop().call_later(AGAIN_SECONDS, self._start)

    def _connect(self) -> None:
        self._refusing, self._since = False, time.monotonic()
        self._listening = asyncio.ensure_future(self._listen(self._line))

    async def _listen(self, line: ReadingLine) -> None:
        try:
            await line.connect()
        except OSError:  # it was closed meanwhile
            self.lose(line)

    def _look_after(self) -> None:
        """Kill a process that hangs; again and again."""
        if self._closed_because is not None:
            return
        first = next(iter(self._given.values()), None)
        since = first.came_at if first is not None else time.monotonic()
        limit = self._since + OPEN_SECONDS if not self.working else since + READ_SECONDS
        if not self._refusing and time.monotonic() > limit:
            _log.error("the process that reads pictures hangs and is killed")
            self.process.kill()
        asyncio.get_running_loop().call_later(READ_SECONDS / 6, self._look_after)

    def _settle_opened(self, reason: Exception | None) -> None:
        if self._opened is None or self._opened.done():
            return
        if reason is None:
            self._opened.set_result(None)
        else:
            self._opened.set_exception(reason)

    def _give_up(self, reason: Exception) -> None:
        """Tell all who wait, and keep nothing of theirs."""
        self._waiting, self._waits, self._given = Turns(), 0, {}
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
                self._line.give(self.asked_for, picture.data, picture.last_seen)
