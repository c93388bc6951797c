"""What an uploader sees of a recording: pictures in a file without a name, faces in memory.

The file is unlinked as soon as it is made, so it goes with the process, however that ends. Knows no
web and no SQL.
"""

import tempfile
import threading
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

import numpy as np
import simplejpeg

from model.emotions import EMOTIONS
from model.faces import Faces, Floats
from model.frames import Picture, resize_picture
from model.pipeline import FrameReading
from model.pose import Pose
from server.videos.refusals import FramesGone
from server.videos.walk import WalkedFrame

PICTURE_WIDTH: Final = 960
PICTURE_QUALITY: Final = 75
MOST_FACES: Final = 400_000
"""Faces held of one view, 100 bytes each."""

_PARTS: Final = (4, 14, 15, 22)
"""Where a face's row of numbers is parted: box, landmarks, score, probabilities, pose."""


@dataclass(frozen=True, eq=False)
class HeldFrame:
    """One frame: numbers, and where its picture lies. faces: `(n, 25) float32`, a row per face."""

    index: int
    at_seconds: float
    width: int
    height: int
    faces: Floats
    offset: int
    length: int

    @property
    def counts(self) -> list[int]:
        """Faces by likeliest emotion, in the order of `EMOTIONS`."""
        likeliest = self.faces[:, 15:22].argmax(1)
        found: list[int] = np.bincount(likeliest, minlength=len(EMOTIONS)).tolist()
        return found

    @property
    def reading(self) -> FrameReading:
        """What was read of the frame."""
        boxes, landmarks, scores, probabilities, poses = np.split(self.faces, _PARTS, axis=1)
        faces = Faces(boxes, landmarks.reshape(-1, 5, 2), scores[:, 0])
        told = [Pose(*(round(float(angle), 1) for angle in pose)) for pose in poses]
        return FrameReading(self.width, self.height, faces, probabilities, told, {})


class Viewing(Protocol):
    """What the reader of a recording gives to whoever wants to see its frames."""

    def draw(self, picture: Picture) -> bytes | None:
        """Return the picture as JPEG, None where nobody looks."""
        ...

    def add(self, walked: WalkedFrame) -> None:
        """Take a frame in."""
        ...

    def complete(self) -> None:
        """Take note that no more frames come."""
        ...


class NoView:
    """Of a recording whose frames nobody wants to see."""

    def draw(self, picture: Picture) -> bytes | None:  # noqa: ARG002 - nobody looks
        """Return nothing."""
        return None

    def add(self, walked: WalkedFrame) -> None:
        """Forget the frame."""

    def complete(self) -> None:
        """Do nothing."""


class FrameView:
    """Holds frames of one recording for as long as its uploader looks. Any thread may ask."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by `close`
        self._frames: list[HeldFrame] = []
        self._lock = threading.Lock()
        self._end, self._faces, self._drawn, self._added = 0, 0, 0, 0
        self.shown_every, self.is_complete, self._closed = 1, False, False

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return self._end

    def draw(self, picture: Picture) -> bytes | None:
        """Return the picture as JPEG of at most 960 pixels' width; None once nobody looks."""
        number, self._drawn = self._drawn, self._drawn + 1
        if self._closed or number % self.shown_every:
            return None
        small = resize_picture(picture, min(1.0, PICTURE_WIDTH / picture.shape[1]))
        jpeg: bytes = simplejpeg.encode_jpeg(
            np.ascontiguousarray(small), quality=PICTURE_QUALITY, colorspace="BGR"
        )
        return jpeg

    def add(self, walked: WalkedFrame) -> None:
        """Hold a frame, if it is one of those that are shown. Raises `OSError`."""
        number, self._added = self._added, self._added + 1
        if walked.jpeg is None or number % self.shown_every:
            return
        with self._lock:
            if self._closed:
                return
            self._file.seek(self._end)
            self._file.write(walked.jpeg)
            reading, rows = walked.reading, _rows_of(walked.reading)
            self._frames.append(
                HeldFrame(
                    number,
                    walked.at_seconds,
                    reading.width,
                    reading.height,
                    rows,
                    self._end,
                    len(walked.jpeg),
                )
            )
            self._end += len(walked.jpeg)
            self._faces += len(rows)
        if self._faces > MOST_FACES:
            self.thin()

    def thin(self) -> None:
        """Let go of every second frame, and give its place on the disk back."""
        with self._lock:
            if self._closed:
                return
            self.shown_every *= 2
            self._end, self._faces = 0, 0
            shown = [each for each in self._frames if each.index % self.shown_every == 0]
            self._frames = [self._move(frame) for frame in shown]
            self._file.truncate(self._end)

    def complete(self) -> None:
        """Take note that no more frames come."""
        self.is_complete = True

    def list_frames(self, first: int, most: int) -> tuple[list[HeldFrame], bool]:
        """Return at most so many frames from a number on, and whether those are all there will be.

        Raises `FramesGone`.
        """
        with self._held() as frames:
            found = [frame for frame in frames if frame.index >= first]
            return found[:most], self.is_complete and len(found) <= most

    def find(self, index: int) -> HeldFrame | None:
        """Return a frame by its number; None where it is not held. Raises `FramesGone`."""
        with self._held() as frames:
            return _find(frames, index)

    def read_picture(self, index: int) -> bytes | None:
        """Return a frame's JPEG; None where it is not held. Raises `FramesGone`."""
        with self._held() as frames:
            frame = _find(frames, index)
            if frame is None:
                return None
            self._file.seek(frame.offset)
            return self._file.read(frame.length)

    def close(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._closed = True
            self._frames.clear()
            self._file.close()
            self._end = 0

    @contextmanager
    def _held(self) -> Iterator[list[HeldFrame]]:
        with self._lock:
            if self._closed:
                raise FramesGone
            yield self._frames

    def _move(self, frame: HeldFrame) -> HeldFrame:
        """Move a picture to the end of those that are kept; that is never behind where it was."""
        self._file.seek(frame.offset)
        jpeg = self._file.read(frame.length)
        self._file.seek(self._end)
        self._file.write(jpeg)
        moved = replace(frame, offset=self._end)
        self._end += frame.length
        self._faces += len(frame.faces)
        return moved


def _rows_of(reading: FrameReading) -> Floats:
    faces, count = reading.faces, len(reading.faces)
    poses = np.array([(p.yaw, p.pitch, p.roll) for p in reading.poses], np.float32)
    parts = (
        faces.boxes,
        faces.landmarks.reshape(count, 10),
        faces.scores.reshape(count, 1),
        reading.probabilities,
        poses.reshape(count, 3),
    )
    return np.concatenate(parts, axis=1).astype(np.float32)


def _find(frames: list[HeldFrame], index: int) -> HeldFrame | None:
    at = bisect_left(frames, index, key=lambda frame: frame.index)
    return frames[at] if at < len(frames) and frames[at].index == index else None
