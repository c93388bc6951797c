"""A clip read by several threads: its frames in order, each with its reading.

Imports `model.clips` and the pipeline's words. Decoding stays with whoever iterates; what takes
longest, finding and classifying, is done beside it.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from threading import Lock
from typing import Protocol

from model.clips import Clip, ClipFrame
from model.clips.clip import Picker
from model.frames import Picture
from model.pipeline import FrameReading

AHEAD_BYTES = 64_000_000
"""Pictures waiting for their readings take no more, beyond one for each thread."""

LARGE_PIXELS = 2_200_000
"""Larger pictures, beyond 1080p, are read one at a time: each takes up to 200 MB meanwhile. Their
video takes longer to decode than they take to read."""


class PictureReader(Protocol):
    """Anything that turns a decoded picture into a reading; `FramePipeline` is one."""

    network_version: str

    def read_picture(self, picture: Picture) -> FrameReading:
        """Read `(height, width, 3) uint8`, BGR. Called by several threads at once."""
        ...


def read_clip(
    clip: Clip, reader: PictureReader, *, every: float, workers: int = 1
) -> Generator[tuple[ClipFrame, FrameReading]]:
    """Yield the clip's frames in order, at least `every` seconds apart, each with its reading.

    Reads `workers` frames at once and decodes a few ahead, never more than two for each worker.
    Closing the generator lets readings under way finish, drops the others and leaves no thread.
    Raises `UnreadableClip` or what the reader raises, after all frames that come before it;
    `clip.problems` is complete when the generator is exhausted.
    """
    with closing(_walk(clip.frames(every), reader, lambda _: True, workers)) as walk:
        for frame, reading in walk:
            assert reading is not None  # noqa: S101 - every frame is read
            yield frame, reading


def follow_clip(
    clip: Clip, reader: PictureReader, *, every: float, workers: int = 1
) -> Generator[tuple[ClipFrame, FrameReading | None]]:
    """Yield all frames of the clip; those that `read_clip` would yield have their reading.

    Otherwise as `read_clip`.
    """
    picker = Picker(every)
    yield from _walk(clip.frames(), reader, lambda frame: picker.wants(frame.at_seconds), workers)


_Waiting = tuple[ClipFrame, Future[FrameReading] | None]


def _walk(
    frames: Iterator[ClipFrame],
    reader: PictureReader,
    wants: Callable[[ClipFrame], bool],
    workers: int,
) -> Generator[tuple[ClipFrame, FrameReading | None]]:
    readers = ThreadPoolExecutor(workers, thread_name_prefix="clip")
    one_at_a_time = Lock()

    def read(picture: Picture) -> FrameReading:
        if picture.shape[0] * picture.shape[1] <= LARGE_PIXELS:
            return reader.read_picture(picture)
        with one_at_a_time:
            return reader.read_picture(picture)

    def submit(frame: ClipFrame) -> Future[FrameReading] | None:
        return readers.submit(read, frame.picture) if wants(frame) else None

    try:
        yield from _read_ahead(frames, submit, workers)
    finally:
        readers.shutdown(cancel_futures=True)
        if isinstance(frames, Generator):
            frames.close()


def _read_ahead(
    frames: Iterator[ClipFrame],
    submit: Callable[[ClipFrame], Future[FrameReading] | None],
    workers: int,
) -> Generator[tuple[ClipFrame, FrameReading | None]]:
    waiting = deque[_Waiting]()
    ending: Exception | None = None
    while True:
        while ending is None and _has_room(waiting, workers):
            try:
                frame = next(frames)
            except Exception as error:  # noqa: BLE001 - raised below, when its turn has come
                ending = error
            else:
                waiting.append((frame, submit(frame)))
        if not waiting:
            break
        frame, reading = waiting.popleft()
        yield frame, reading.result() if reading else None
    if ending is not None and not isinstance(ending, StopIteration):
        raise ending


def _has_room(waiting: deque[_Waiting], workers: int) -> bool:
    if len(waiting) < workers:
        return True
    under_way = sum(reading is not None for _, reading in waiting)
    held = sum(frame.picture.nbytes for frame, _ in waiting)
    return under_way < 2 * workers and held < AHEAD_BYTES
