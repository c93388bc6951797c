"""The frames to measure with: one's own, the real ones where they are, else made ones."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.pictures import encode_jpeg, gallery, vary
from model.frames import decode_picture
from model.headers import PictureTooLarge, UnreadablePicture, UnsupportedPicture

REAL: Final = ("webcam_640x360_1.jpg", "gallery_1280x720_25.jpg", "gallery_1920x1080_49.jpg")
SUFFIXES: Final = {".jpg", ".jpeg", ".png", ".webp"}
MOST_OWN: Final = 6
STREAM: Final = 8
"""So many different frames are sent in turn for one that is streamed."""
STREAM_QUALITY: Final = 90


class NoFrames(Exception):
    """There is nothing to measure with; the message says why."""


@dataclass(frozen=True)
class BenchFrame:
    """One encoded picture and its name; width and height in pixels."""

    name: str
    data: bytes
    width: int
    height: int

    def stream(self) -> list[bytes]:
        """Return the frames of a stream of it: a little moved, with a camera's noise, JPEG."""
        picture = decode_picture(self.data)
        return [encode_jpeg(vary(picture, turn), STREAM_QUALITY) for turn in range(STREAM)]


@dataclass(frozen=True)
class FrameSet:
    """All frames of a run, the one that students send, and what they are in words."""

    frames: list[BenchFrame]
    what: str

    @property
    def webcam(self) -> BenchFrame:
        """The frame that the load consists of: the one with the fewest pixels."""
        return min(self.frames, key=lambda frame: frame.width * frame.height)


def load_own(folder: Path) -> FrameSet:
    """Read the pictures of a folder, by name. Raises `NoFrames`."""
    if not folder.is_dir():
        raise NoFrames(f"There is no folder “{folder}”.")
    try:
        paths = sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES)
    except OSError as error:
        raise NoFrames(f"“{folder}” can't be read: {error.strerror}.") from None
    if not paths:
        raise NoFrames(f"There is no JPEG, PNG or WebP picture in “{folder}”.")
    left = f", the first {MOST_OWN} of {len(paths)}" if len(paths) > MOST_OWN else ""
    frames = [_read(path) for path in paths[:MOST_OWN]]
    return FrameSet(frames, f"own pictures of the folder “{folder.name}”{left}")


def find_data() -> Path | None:
    """Return the folder of real pictures: `ROOMTONE_BENCH_DATA`, or beside the clone."""
    told = os.environ.get("ROOMTONE_BENCH_DATA")
    data = Path(told) if told else Path(__file__).parents[1].parent / "shared" / "data"
    return data if (data / "galleries").is_dir() else None


def find_real() -> Path | None:
    """Return the folder of the real galleries, if this machine has it."""
    data = find_data()
    return data / "galleries" if data else None


def load_real() -> FrameSet:
    """Read the three real frames where they are, else make some. Raises `NoFrames`."""
    folder = find_real()
    if folder is None:
        return make_frames()
    frames = [_read(folder / name) for name in REAL]
    return FrameSet(frames, "the three galleries frames")


def make_frames() -> FrameSet:
    """Make a webcam frame and two galleries of the public portrait."""
    frames = [
        _make("made 640x360", 1, 1, 640, 360),
        _make("made 1280x720", 5, 6, 1280, 720),
        _make("made 1920x1080", 6, 10, 1920, 1080),
    ]
    return FrameSet(frames, "made frames (one public portrait, in tiles)")


def _make(name: str, rows: int, columns: int, width: int, height: int) -> BenchFrame:
    picture = gallery(rows, columns, width=width, height=height)
    return BenchFrame(name, encode_jpeg(picture), width, height)


def _read(path: Path) -> BenchFrame:
    try:
        data = path.read_bytes()
        height, width = decode_picture(data).shape[:2]
    except OSError as error:
        raise NoFrames(f"“{path.name}” can't be read: {error.strerror}.") from None
    except (PictureTooLarge, UnreadablePicture, UnsupportedPicture) as error:
        raise NoFrames(f"“{path.name}” can't be used: {error}") from None
    return BenchFrame(path.stem, data, width, height)
