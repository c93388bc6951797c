"""Pictures on disk as clips: one file, or a folder of them."""

import re
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clips.clip import PICTURES_PER_SECOND, ClipFrame, Kind, UnreadableClip
from model.headers import (
    PictureTooLarge,
    UnreadablePicture,
    UnsupportedPicture,
    read_header,
)

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})

MAX_PIXELS = 64_000_000
"""A file of one's own may be a large photo; what claims more is a decompression bomb."""

_HEADER_BYTES = 256 * 1024
"""Metadata with an embedded preview may come before a JPEG's size."""

_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", b"II*\x00", b"MM\x00*")


class PictureClip:
    """One picture, a clip of one frame."""

    kind = Kind.PICTURE
    fps = PICTURES_PER_SECOND
    frame_count: int | None = 1
    seconds: float | None = None

    def __init__(self, path: Path) -> None:
        self.name, self.problems, self._path = path.name, list[str](), path

    def frames(self, every: float = 0.0) -> Iterator[ClipFrame]:  # noqa: ARG002 - there is one
        """Yield the picture. Raises `UnreadableClip`."""
        yield ClipFrame(0, 0.0, read_picture(self._path), self._path)


class FolderClip:
    """The pictures of a folder, in the order a person would count them.

    A picture that can't be read is left out and named in `problems`. Raises `UnreadableClip`
    when there are none.
    """

    kind = Kind.FOLDER
    fps = PICTURES_PER_SECOND

    def __init__(self, path: Path) -> None:
        self.name, self.problems = path.resolve().name, list[str]()
        self._paths = list_pictures(path)
        if not self._paths:
            raise UnreadableClip(
                path, f"the folder holds no pictures ({', '.join(sorted(SUFFIXES))})"
            )
        self.frame_count: int | None = len(self._paths)
        self.seconds: float | None = len(self._paths) / self.fps

    def frames(self, every: float = 0.0) -> Iterator[ClipFrame]:
        """Yield every picture, `every` seconds apart (by default one a second)."""
        self.problems.clear()
        step = every or 1 / self.fps
        for index, path in enumerate(self._paths):
            try:
                picture = read_picture(path)
            except (UnreadableClip, OSError) as error:
                self.problems.append(str(error))
                continue
            yield ClipFrame(index, index * step, picture, path)


def is_picture(path: Path) -> bool:
    """Say whether the file's first bytes are those of a still picture (GIFs count as video)."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return True
    return head.startswith(_MAGIC) and b"acTL" not in head


def list_pictures(folder: Path) -> list[Path]:
    """List a folder's pictures by name, numbers by their value: 2.jpg comes before 10.jpg."""
    found = (p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES and p.is_file())
    return sorted((p for p in found if not p.name.startswith(".")), key=count_naturally)


def count_naturally(path: Path) -> list[tuple[int, int, str]]:
    """Return a sorting key by which numbers inside a name count by their value."""
    parts = re.split(r"([0-9]+)", path.name.lower())
    return [(1, int(p), "") if p.isdecimal() else (0, 0, p) for p in parts]


def read_picture(path: Path) -> NDArray[np.uint8]:
    """Read a picture upright as `(height, width, 3) uint8`, BGR. Raises `UnreadableClip`."""
    return decode_upright(path, path.read_bytes())


def decode_upright(path: Path, data: bytes) -> NDArray[np.uint8]:
    """Decode the bytes of `path` as `read_picture` does. Raises `UnreadableClip`."""
    _check_size(path, data[:_HEADER_BYTES])
    try:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    except cv2.error:
        picture = None
    if picture is None:
        raise UnreadableClip(path, "it is not a picture, or it is damaged inside")
    return picture  # type: ignore[return-value]


def _check_size(path: Path, head: bytes) -> None:
    try:
        header = read_header(head)
    except UnsupportedPicture as error:
        if head.startswith((b"BM", b"II*\x00", b"MM\x00*")):
            return
        raise UnreadableClip(path, str(error).rstrip(".")) from None
    except UnreadablePicture:
        return  # cv2 knows more formats; what it can't read either is refused there
    if header.width * header.height > MAX_PIXELS:
        too_large = PictureTooLarge(header.width, header.height, MAX_PIXELS)
        raise UnreadableClip(path, str(too_large).split(". ")[0])
