"""Walks through a recording in threads that give way to everything else the server does.

Live students come first: these threads have the least priority (Linux; elsewhere they have the
usual one), and a reading waits, though not for ever, while frames of live sessions are under way.
"""

import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Final

from model.clip_reading import PictureReader, read_clip
from model.clips import Clip, ClipFrame
from model.frames import Picture
from model.pipeline import FrameReading

NICENESS: Final = 19
"""The least weight that Linux gives to a thread: about a seventieth of a usual one's."""
GIVE_WAY_SECONDS: Final = 0.25
"""A reading waits at most so long for live frames, or a busy class would stop it for ever."""
LOOK_SECONDS: Final = 0.005
AHEAD: Final = 4
"""Frames that are read and not taken yet."""


@dataclass(frozen=True)
class WalkedFrame:
    """A frame that is read; what waits here must not hold its pixels.

    index, at_seconds: as of the clip's frame; jpeg: its picture for the frame view, None where
    nobody looks.
    """

    index: int
    at_seconds: float
    reading: FrameReading
    jpeg: bytes | None


@dataclass(frozen=True)
class Pace:
    """How a walk reads: `every` seconds a frame (0: all), `workers` frames side by side.

    is_busy: whether frames of live sessions are under way.
    """

    every: float
    workers: int
    is_busy: Callable[[], bool] = lambda: False


@contextmanager
def walking(
    clip: Clip,
    reader: PictureReader,
    pace: Pace,
    *,
    wants: Callable[[float], bool],
    draw: Callable[[Picture], bytes | None],
) -> Iterator[Iterator[WalkedFrame]]:
    """Yield an iterator over the frames in order; it raises what `read_clip` raises.

    wants: whether a frame at so many seconds is read at all; draw: makes its picture for the frame
    view. Leaving the block stops the walk after the frames that are being read.
    """
    walk = _Walk(clip, reader, pace, wants, draw)
    try:
        yield iter(walk)
    finally:
        walk.stop()


class _Walk:
    def __init__(
        self,
        clip: Clip,
        reader: PictureReader,
        pace: Pace,
        wants: Callable[[float], bool],
        draw: Callable[[Picture], bytes | None],
    ) -> None:
        self._clip, self._pace, self._draw = _Remainder(clip, wants, self), pace, draw
        self._reader = _GentleReader(reader, pace.is_busy)
        self._read: queue.Queue[WalkedFrame | Exception | None] = queue.Queue(AHEAD)
        self.stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recording", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[WalkedFrame]:
        while (read := self._read.get()) is not None:
            if isinstance(read, Exception):
                raise read
            yield read

    def stop(self) -> None:
        """Let go of the recording once the frames that are being read are done."""
        self.stopped.set()
        self._thread.join()

    def _run(self) -> None:
        _give_way_for_ever()
        every, workers = self._pace.every, self._pace.workers
        try:
            with closing(
                read_clip(self._clip, self._reader, every=every, workers=workers)
            ) as frames:
                for frame, reading in frames:
                    jpeg = self._draw(frame.picture)
                    if not self._put(WalkedFrame(frame.index, frame.at_seconds, reading, jpeg)):
                        return
                    del frame  # or its pixels would stay while the next one is decoded
            self._put(None)
        except Exception as error:  # noqa: BLE001 - it belongs to whoever iterates
            self._put(error)

    def _put(self, read: WalkedFrame | Exception | None) -> bool:
        while not self.stopped.is_set():
            try:
                self._read.put(read, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False


class _Remainder:
    """A clip without the frames that are not wanted; it ends when the walk is stopped."""

    def __init__(self, clip: Clip, wants: Callable[[float], bool], walk: _Walk) -> None:
        self._clip, self._wants, self._walk = clip, wants, walk
        self.name, self.kind, self.fps = clip.name, clip.kind, clip.fps
        self.frame_count, self.seconds, self.problems = (
            clip.frame_count,
            clip.seconds,
            clip.problems,
        )

    def frames(self, every: float = 0.0) -> Iterator[ClipFrame]:
        """Yield the frames that are wanted."""
        for frame in self._clip.frames(every):
            if self._walk.stopped.is_set():
                return
            if self._wants(frame.at_seconds):
                yield frame


class _GentleReader:
    """Reads when no live frames are under way."""

    def __init__(self, reader: PictureReader, is_busy: Callable[[], bool]) -> None:
        self._reader, self._is_busy = reader, is_busy
        self.network_version = reader.network_version

    def read_picture(self, picture: Picture) -> FrameReading:
        until = time.monotonic() + GIVE_WAY_SECONDS
        while self._is_busy() and time.monotonic() < until:
            time.sleep(LOOK_SECONDS)
        return self._reader.read_picture(picture)


def _give_way_for_ever() -> None:
    """Give this thread, and those that it starts, the least priority."""
    if sys.platform == "linux":  # elsewhere a thread has no priority of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
