"""Video files and GIFs as clips, read by OpenCV, or by imageio-ffmpeg's ffmpeg where it can't."""

import os
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from model.clips.clip import ClipFrame, Kind, Picker, UnreadableClip

ASSUMED_FPS = 25.0
"""For the few files that do not tell their own."""

MISSING_SECONDS, MISSING_SHARE = 0.5, 0.05
"""A file that ends earlier than it announced by more than both breaks off. Sound that outlasts
the picture and frames cut by edit lists account for less."""


class VideoClip:
    """A video file or an animated GIF. Raises `UnreadableClip` when no frame can be read."""

    kind = Kind.VIDEO

    def __init__(self, path: Path) -> None:
        _silence_readers()
        _refuse_text(path)
        self.name, self.problems, self._path = path.name, list[str](), path
        self._read = _read_by_opencv
        capture = _open(path)
        fps, count = capture.get(cv2.CAP_PROP_FPS), capture.get(cv2.CAP_PROP_FRAME_COUNT)
        readable = capture.isOpened() and capture.read()[0]
        capture.release()
        if not readable:
            self._read = _read_by_ffmpeg
            fps, count = _probe_by_ffmpeg(path)
        self.fps = fps if 0 < fps < 1000 else ASSUMED_FPS  # "1k" is a bare time base
        self.frame_count: int | None = int(count) if 0 < count < 1e9 else None
        self.seconds: float | None = self.frame_count / self.fps if self.frame_count else None

    def frames(self, every: float = 0.0) -> Iterator[ClipFrame]:
        """Yield frames upright, at the times the file gives them."""
        self.problems.clear()
        picker, read_until, frames = Picker(every), 0.0, 0
        with closing(self._read(self._path, self.fps, picker)) as walk:
            for at_seconds, picture in walk:
                read_until = at_seconds + 1 / self.fps
                if picture is not None:
                    yield ClipFrame(frames, at_seconds, picture)
                frames += 1
        self._note_break(read_until, frames)

    def _note_break(self, read_until: float, frames: int) -> None:
        missing = (self.seconds or 0.0) - read_until
        if missing > max(MISSING_SECONDS, MISSING_SHARE * (self.seconds or 0.0)):
            self.problems.append(
                f"“{self.name}” breaks off after {read_until:.1f} s ({frames} frames); "
                f"it should last {self.seconds:.1f} s."
            )
        elif _is_torn_gif(self._path):
            self.problems.append(
                f"“{self.name}” breaks off after {read_until:.1f} s ({frames} frames): "
                "the GIF has no end."
            )


Walk = Generator[tuple[float, NDArray[np.uint8] | None]]
"""Time of each frame in seconds, with its picture where the picker wants it."""


def _read_by_opencv(path: Path, fps: float, picker: Picker) -> Walk:
    capture, index, last = _open(path), 0, -1.0
    try:
        while capture.grab():
            told = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
            at_seconds = told if told > last else last + 1 / fps if index else 0.0
            picture = None
            if picker.wants(at_seconds):
                ok, picture = capture.retrieve()
                if not ok:
                    break
            yield at_seconds, picture  # type: ignore[misc]
            index, last = index + 1, at_seconds
    finally:
        capture.release()


def _read_by_ffmpeg(path: Path, fps: float, picker: Picker) -> Walk:
    with closing(imageio_ffmpeg.read_frames(str(path), pix_fmt="bgr24")) as pictures:
        width, height = next(pictures)["size"]
        for index, data in enumerate(pictures):
            at_seconds = index / fps
            wanted = picker.wants(at_seconds)
            shape = (height, width, 3)
            yield at_seconds, np.frombuffer(data, np.uint8).reshape(shape) if wanted else None


def _probe_by_ffmpeg(path: Path) -> tuple[float, float]:
    """Return frames a second and their number. Raises `UnreadableClip`."""
    try:
        with closing(imageio_ffmpeg.read_frames(str(path), pix_fmt="bgr24")) as pictures:
            about = next(pictures)
            next(pictures)
    except (OSError, StopIteration, RuntimeError, KeyError, ValueError):
        raise UnreadableClip(
            path,
            "it is no video, GIF or picture Roomtone knows, or it breaks off at its very start",
        ) from None
    return about["fps"], about["fps"] * about["duration"]


def _open(path: Path) -> cv2.VideoCapture:
    return cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)


def _silence_readers() -> None:
    """Keep OpenCV and ffmpeg from writing to the terminal; we say ourselves what is wrong."""
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)


def _refuse_text(path: Path) -> None:
    """Refuse text files: ffmpeg would film their letters, and follow playlists to other files."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise UnreadableClip(path, "the file is empty")
    try:
        text = head[: len(head) - 3 * (len(head) == 4096)].decode()  # may cut a letter
    except UnicodeDecodeError:
        return
    if "\0" not in text:
        raise UnreadableClip(path, "it is a text file")


def _is_torn_gif(path: Path) -> bool:
    with path.open("rb") as file:
        if file.read(4) != b"GIF8":
            return False
        file.seek(-min(64, path.stat().st_size), os.SEEK_END)
        return not file.read().rstrip(b"\0\r\n").endswith(b"\x3b")
