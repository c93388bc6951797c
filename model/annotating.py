"""Where annotated pictures and videos go, and how they get there: whole or not at all."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import cv2

from model.annotation import annotate
from model.clips import Clip, ClipFrame, Kind
from model.clips.film import Film, UnwritableFilm, filming
from model.clips.pictures import SUFFIXES
from model.clips.videos import VideoClip
from model.frames import Picture
from model.pipeline import FrameReading
from model.unfinished import finishing

QUALITY = {
    ".jpg": [cv2.IMWRITE_JPEG_QUALITY, 92],
    ".jpeg": [cv2.IMWRITE_JPEG_QUALITY, 92],
    ".webp": [cv2.IMWRITE_WEBP_QUALITY, 92],
}


class UnusableOutput(Exception):
    """What was asked for can't be written there; the message is a sentence."""


class Annotator(Protocol):
    """Takes the frames of one clip in order. notes: what is not as asked."""

    notes: list[str]

    def add(self, frame: ClipFrame, reading: FrameReading | None) -> None:
        """Take a frame; of one that was not read, the reading before it is drawn."""
        ...


def choose_targets(sources: Sequence[Path], out: Path) -> list[Path]:
    """Return where each source's annotated copy goes. Raises `UnusableOutput`.

    One file goes to `out`, or into it where `out` is a folder; a folder, and several files, go
    into the folder `out`. No source is ever overwritten, nor a copy by another.
    """
    single = len(sources) == 1 and not sources[0].is_dir()
    if single and not out.is_dir():
        targets = [out]
        if not out.parent.is_dir():
            raise UnusableOutput(f"There is no folder “{out.parent}” to write “{out.name}” into.")
    else:
        if out.exists() and not out.is_dir():
            raise UnusableOutput(f"“{out}” is a file; for several pictures name a folder.")
        targets = [out if source.is_dir() else out / source.name for source in sources]
    for source, target in zip(sources, targets, strict=True):
        if any(_is_same(one, target) for one in sources):
            raise UnusableOutput(
                f"“{source}” would be overwritten by its annotated copy; name another place."
            )
    files = [target for source, target in zip(sources, targets, strict=True) if source.is_file()]
    if len({os.path.normcase(target) for target in files}) < len(files):
        raise UnusableOutput("Two of the files have the same name; annotate them one by one.")
    return targets


@contextmanager
def annotating(clip: Clip, source: Path, target: Path) -> Iterator[Annotator]:
    """Yield what takes the frames of `clip`; `target` is there if the block ends well.

    Of a folder each picture is written by itself. Raises `UnusableOutput`.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(clip, VideoClip):
            with filming(target, fps=clip.fps, sound_of=source, starts_at=clip.starts_at) as film:
                yield _VideoAnnotator(film)
        elif clip.kind is Kind.FOLDER:
            target.mkdir(exist_ok=True)
            yield _FolderAnnotator(target)
        else:
            _check_picture(target)
            yield _PictureAnnotator(target)
    except UnwritableFilm as error:
        raise UnusableOutput(str(error)) from None
    except OSError as error:
        raise UnusableOutput(f"“{target}” can't be written: {error.strerror}.") from error


class _VideoAnnotator:
    def __init__(self, film: Film) -> None:
        self._film, self.notes = film, film.notes
        self._last: FrameReading | None = None

    def add(self, frame: ClipFrame, reading: FrameReading | None) -> None:
        self._last = reading or self._last
        drawn = annotate(frame.picture, self._last) if self._last else frame.picture
        self._film.add(drawn, frame.at_seconds)


class _PictureAnnotator:
    def __init__(self, target: Path) -> None:
        self.notes, self._target = list[str](), target

    def add(self, frame: ClipFrame, reading: FrameReading | None) -> None:
        write_picture(annotate(frame.picture, reading) if reading else frame.picture, self._target)


class _FolderAnnotator:
    def __init__(self, target: Path) -> None:
        self.notes, self._target = list[str](), target

    def add(self, frame: ClipFrame, reading: FrameReading | None) -> None:
        name = frame.path.name if frame.path else f"{frame.index}.jpg"
        drawn = annotate(frame.picture, reading) if reading else frame.picture
        write_picture(drawn, self._target / name)


def write_picture(picture: Picture, target: Path) -> None:
    """Write a picture as its suffix says. Raises `OSError`."""
    suffix = target.suffix.lower()
    encoded = cv2.imencode(suffix, picture, QUALITY.get(suffix, []))[1].tobytes()
    with finishing(target) as unfinished:
        unfinished.write_bytes(encoded)


def _check_picture(target: Path) -> None:
    if target.suffix.lower() not in SUFFIXES:
        raise UnusableOutput(
            f"“{target.name}” can't be written from a picture: that ends in "
            f"{', '.join(sorted(SUFFIXES))}."
        )


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
