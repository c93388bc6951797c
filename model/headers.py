"""The first bytes of a picture: format and size, without decoding a pixel.

A 31 KiB JPEG may claim 20000x20000 pixels and take gigabytes to decode, so the claim is read
first. The walkers take nothing that a decoder might read in another way: what they can't account
for byte by byte is refused. Pure Python over bytes; imports nothing of ours.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass


class UnreadablePicture(ValueError):
    """The bytes are not a whole picture of the format they claim to be."""


class UnsupportedPicture(ValueError):
    """A picture, but of a format or kind that is not taken."""


class PictureTooLarge(ValueError):
    """A picture whose header claims more pixels than are allowed."""

    def __init__(self, width: int, height: int, max_pixels: int) -> None:
        super().__init__(
            f"The picture claims {width}x{height} pixels; at most {max_pixels / 1e6:.0f} million "
            "are taken. Send it smaller, for example 1280x720."
        )
        self._claim = width, height, max_pixels

    def __reduce__(self) -> tuple[object, ...]:
        """Let another process tell it."""
        return type(self), self._claim, self.__dict__


@dataclass(frozen=True)
class PictureHeader:
    """What a picture says of itself; `width` and `height` in pixels, before any rotation."""

    media_type: str
    width: int
    height: int


def read_header(data: bytes) -> PictureHeader:
    """Read format and size of a JPEG, PNG or WebP.

    Raises `UnreadablePicture` for anything else or a broken header, `UnsupportedPicture` for
    pictures of other formats and for animated ones.
    """
    if not data:
        raise UnreadablePicture("The body is empty. Send one JPEG, PNG or WebP picture.")
    try:
        if data.startswith(b"\xff\xd8\xff"):
            header = PictureHeader("image/jpeg", *_jpeg_size(data))
        elif data.startswith(b"\x89PNG\r\n\x1a\n"):
            header = PictureHeader("image/png", *_png_size(data))
        elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            header = PictureHeader("image/webp", *_webp_size(data))
        else:
            raise _refusal(data)
    except (struct.error, IndexError):
        raise UnreadablePicture("The picture breaks off in its header. Send it again.") from None
    if header.width < 1 or header.height < 1:
        raise UnreadablePicture("The picture claims to have no pixels. Send it again.")
    return header


def _refusal(data: bytes) -> ValueError:
    others = {b"GIF8": "GIF", b"BM": "BMP", b"II*\x00": "TIFF", b"MM\x00*": "TIFF", b"%PDF": "PDF"}
    for magic, name in others.items():
        if data.startswith(magic):
            return UnsupportedPicture(
                f"This is a {name}; frames are taken as JPEG, PNG or WebP. "
                "`roomtone stream` sends GIFs and videos frame by frame."
            )
    if data[4:8] == b"ftyp":
        return UnsupportedPicture(
            "This is a video, AVIF or HEIC file; frames are taken as JPEG, PNG or WebP."
        )
    return UnreadablePicture("The body is not a picture. Send one JPEG, PNG or WebP picture.")


_DAMAGED = "The {}'s header is damaged. Send the picture again."

MOST_SEGMENTS = 2_000
"""Segments before a JPEG's first scan; colour profiles and metadata take some dozens."""

MOST_CHUNKS = 20_000
"""Chunks of a PNG or WebP; a 5 MB PNG of the smallest usual chunks, 1 KiB, has 5,000."""

_FILL = re.compile(rb"\xff+")
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a length."""

_TAKEN_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_OTHER_FRAMES = frozenset(range(0xC3, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Start-of-frame markers: those of baseline and progressive, and those of arithmetic, lossless and
hierarchical JPEGs, which no camera and no browser makes. C4, C8 and CC start no frame."""


def walk_jpeg(data: bytes) -> Iterator[tuple[int, int]]:
    """Walk the segments up to the first scan (ITU-T T.81, annex B): marker and its place.

    Raises `UnreadablePicture` for anything between segments and for markers below C0, both of
    which libjpeg skips: a second header could hide there; and where the data end before a scan.
    """
    at = 2
    for _ in range(MOST_SEGMENTS):
        fill = _FILL.match(data, at)
        if fill is None or len(data) < fill.end() + 3:
            raise UnreadablePicture(_DAMAGED.format("JPEG"))
        at, marker = fill.end() - 1, data[fill.end()]
        if marker in _ALONE:
            at += 2
            continue
        if marker < 0xC0 or marker in (0xD8, 0xD9):
            raise UnreadablePicture(_DAMAGED.format("JPEG"))
        yield marker, at
        (length,) = struct.unpack_from(">H", data, at + 2)
        if marker == 0xDA:
            return
        if length < 2:
            break
        at += 2 + length
    raise UnreadablePicture(_DAMAGED.format("JPEG"))


def _jpeg_size(data: bytes) -> tuple[int, int]:
    for marker, at in walk_jpeg(data):
        if marker in _OTHER_FRAMES:
            raise UnsupportedPicture(
                "This is an arithmetic-coded, lossless or hierarchical JPEG; frames are taken as "
                "baseline or progressive JPEG, PNG or WebP."
            )
        if marker in _TAKEN_FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
    raise UnreadablePicture("The JPEG has no size in its header. Send it again.")


def walk_png(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Walk the chunks as far as the data go: kind, where the chunk begins and where it ends."""
    at = 8
    for _ in range(MOST_CHUNKS):
        if len(data) < at + 8:
            return
        length, kind = struct.unpack_from(">I4s", data, at)
        yield kind, at, at + 12 + length
        at += 12 + length
    raise UnreadablePicture(_DAMAGED.format("PNG"))


def _png_size(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from(">II", data, 16)
    for kind, start, end in walk_png(data):
        if (kind == b"IHDR") != (start == 8) or (start == 8 and end != 33):
            raise UnreadablePicture(_DAMAGED.format("PNG"))
        if kind in (b"acTL", b"fcTL", b"fdAT"):
            raise UnsupportedPicture("This is an animated PNG; send its frames one by one.")
    return width, height


def _webp_size(data: bytes) -> tuple[int, int]:
    """Read the largest size that any chunk claims (WebP container specification)."""
    sizes: list[tuple[int, int]] = []
    at = 12
    for _ in range(MOST_CHUNKS):
        kind = data[at : at + 4]
        if sizes and len(data) < at + (18 if kind.startswith(b"VP8") else 8):
            return max(width for width, _ in sizes), max(height for _, height in sizes)
        if kind in (b"ANIM", b"ANMF") or (kind == b"VP8X" and data[at + 8] & 0x02):
            raise UnsupportedPicture("This is an animated WebP; send its frames one by one.")
        size = _webp_chunk_size(data, kind, at + 8)
        if size is not None:
            sizes.append(size)
        elif not sizes:
            break
        (length,) = struct.unpack_from("<I", data, at + 4)
        at += 8 + length + length % 2
    raise UnreadablePicture(_DAMAGED.format("WebP"))


def _webp_chunk_size(data: bytes, kind: bytes, body: int) -> tuple[int, int] | None:
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, body + 6)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, body + 1)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X":
        wide, tall = struct.unpack_from("<3s3s", data, body + 4)
        return int.from_bytes(wide, "little") + 1, int.from_bytes(tall, "little") + 1
    return None
