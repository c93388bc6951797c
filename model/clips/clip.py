"""The words of clips: what a clip is, what a frame of it is, what can be wrong with one."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

PICTURES_PER_SECOND = 1.0
"""Pace of pictures that have none of their own."""


class Kind(StrEnum):
    """What a clip is made of."""

    PICTURE = "picture"
    FOLDER = "folder"
    VIDEO = "video"
    CAMERA = "camera"


@dataclass(frozen=True)
class ClipFrame:
    """One frame of a clip.

    index: number in the clip from 0; frames that were left out leave gaps. at_seconds: when it is
    due, from the clip's start. picture: `(height, width, 3) uint8`, BGR, upright. path: the file
    it is, where it is one.
    """

    index: int
    at_seconds: float
    picture: NDArray[np.uint8]
    path: Path | None = None


class Clip(Protocol):
    """A source of frames.

    fps: frames a second at the clip's own pace. frame_count and seconds: as the file tells them,
    None where it does not. problems: sentences about what the last walk could not read.
    """

    name: str
    kind: Kind
    fps: float
    frame_count: int | None
    seconds: float | None
    problems: list[str]

    def frames(self, every: float = 0.0) -> Iterator[ClipFrame]:
        """Walk through the frames from the start, at least `every` seconds apart.

        Pictures of a folder all come, `every` seconds apart. Raises `UnreadableClip`.
        """
        ...


class ClipError(Exception):
    """A clip that can't be used; the message is a sentence for whoever named it."""


class ClipNotFound(ClipError):
    """Nothing has that name."""

    def __init__(self, source: str) -> None:
        super().__init__(
            f"There is no “{source}”. Name a video, a picture, a folder of pictures, "
            "or a webcam by its number (0 is the first)."
        )


class UnreadableClip(ClipError):
    """It is there, but no pictures can be read from it."""

    def __init__(self, source: str | Path, reason: str) -> None:
        super().__init__(f"“{source}” can't be read: {reason}.")


class Picker:
    """Picks the first frame at or after each time that is due, `every` seconds apart.

    The times are a grid from the start, so that errors don't add; a frame that comes after
    several of them counts for all.
    """

    def __init__(self, every: float) -> None:
        self._every, self.due = every, 0.0

    def wants(self, at_seconds: float) -> bool:
        """Say whether the frame at this time is due, and count it as taken."""
        if at_seconds < self.due - 1e-6:
            return False
        if self._every > 0:
            self.due = (int((at_seconds + 1e-6) / self._every) + 1) * self._every
        return True
