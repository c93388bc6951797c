"""The first bytes of a picture: format and size, without decoding a pixel.

A 31 KiB JPEG may claim 20000x20000 pixels and take gigabytes to decode, so the claim is read
first. Pure Python over bytes; imports nothing of ours.
"""

import struct
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


_NO_SIZE = frozenset({0xC4, 0xC8, 0xCC})
"""Markers among C0-CF that are tables, not start-of-frame."""


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """Walk the marker segments to the start of frame (ITU-T T.81, annex B)."""
    at = 2
    while True:
        if data[at] != 0xFF:
            raise UnreadablePicture("The JPEG's header is damaged. Send the picture again.")
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0x01 or 0xD0 <= marker <= 0xD7:
            at += 2
            continue
        if marker in (0xD9, 0xDA):
            raise UnreadablePicture("The JPEG has no size in its header. Send it again.")
        (length,) = struct.unpack_from(">H", data, at + 2)
        if 0xC0 <= marker <= 0xCF and marker not in _NO_SIZE:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        if length < 2:
            raise UnreadablePicture("The JPEG's header is damaged. Send the picture again.")
        at += 2 + length


def _png_size(data: bytes) -> tuple[int, int]:
    if data[12:16] != b"IHDR":
        raise UnreadablePicture("The PNG's header is damaged. Send the picture again.")
    if b"acTL" in data[:4096]:
        raise UnsupportedPicture("This is an animated PNG; send its frames one by one.")
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _webp_size(data: bytes) -> tuple[int, int]:
    """Read the size from the first chunk (WebP container specification)."""
    chunk = data[12:16]
    if chunk == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    if chunk == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8X":
        if data[20] & 0x02:
            raise UnsupportedPicture("This is an animated WebP; send its frames one by one.")
        return (
            int.from_bytes(data[24:27], "little") + 1,
            int.from_bytes(data[27:30].ljust(3, b"\0"), "little") + 1,
        )
    raise UnreadablePicture("The WebP's header is damaged. Send the picture again.")
