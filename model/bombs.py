"""Pictures of an allowed size that would still take long to decode.

Imports `model.headers` only. Called after the header's size has been checked.
"""

import re
import struct
import zlib

from model.headers import PictureHeader, UnreadablePicture, UnsupportedPicture, walk_jpeg, walk_png

MOST_SCANS = 100
"""Scans of a JPEG; encoders make 1, or about 10 for a progressive one."""

FULL_SIZE_SCANS = 25
"""Scans of a JPEG that has as many pixels as are allowed; smaller ones may have more."""

PIXELS_A_BYTE = 512
"""A JPEG has a block for every 64 pixels, and the shortest code of a block takes one bit."""

_SCAN = re.compile(rb"\xff\xda")
"""Found twice as fast as bytes.count does among the many FF of a scan."""

PNG_BYTES_A_PIXEL = 2.5
"""Bytes of a PNG's pixels for each that is allowed: 13 megapixels of 8 bits, or 10 with
transparency, a 4K screen among them, but 5 of 16 bits, of which each takes as long as two."""

_TORN_JPEG = "The JPEG is far too short for its size. Send it again."
_TORN_PNG = "The PNG breaks off or is damaged inside. Send it again."
_NEEDED = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2))
_LAST_PASS = (0, 1, 1, 2)
"""Adam7: first column, first row, step of columns and of rows of each pass."""


def check_length(data: bytes, header: PictureHeader) -> None:
    """Refuse a JPEG that can't hold the pixels it claims: a decoder makes up what is missing.

    Else 20 kB cost as much as a picture of `max_pixels`. Raises `UnreadablePicture`.
    """
    if header.width * header.height > PIXELS_A_BYTE * len(data):
        raise UnreadablePicture(_TORN_JPEG)


def check_scans(data: bytes, header: PictureHeader, max_pixels: int) -> None:
    """Refuse a JPEG of many scans: each one goes over all pixels again, and takes 14 bytes.

    Counts from the first scan on, where FF DA is nothing but a scan's beginning, so thumbnails in
    the metadata don't count. A picture appended behind the first does, harmlessly. Raises
    `UnsupportedPicture`.
    """
    *_, (_, first) = walk_jpeg(data)
    scans = len(_SCAN.findall(data, first))
    most = min(MOST_SCANS, FULL_SIZE_SCANS * max_pixels // (header.width * header.height))
    if scans > most:
        raise UnsupportedPicture(
            f"This JPEG is built of {scans} scans; at its size at most {most} are taken. "
            "Save it as a baseline JPEG."
        )


def strip_png(data: bytes, max_pixels: int) -> bytes:
    """Return the PNG with only the chunks that hold its pixels.

    Texts and colour profiles may inflate to gigabytes, which libpng does although nobody asks for
    them. Raises `UnreadablePicture` when the pixels are not all there or are followed by more, and
    where a check sum is wrong: libpng would tell it to standard error, past the log. Raises
    `UnsupportedPicture` when they are so many bytes that they would take too long.
    """
    view = memoryview(data)
    chunks = [chunk for chunk in walk_png(data) if chunk[0] in _NEEDED]
    if chunks[-1][0] != b"IEND" or chunks[-1][2] > len(data):
        raise UnreadablePicture(_TORN_PNG)
    raw, most = _raw_bytes(data), round(PNG_BYTES_A_PIXEL * max_pixels)
    if raw > most:
        raise UnsupportedPicture(
            f"This PNG holds {raw / 1e6:.0f} MB of pixels; at most {most / 1e6:.0f} MB are taken. "
            "Send it as a JPEG, or smaller."
        )
    if any(zlib.crc32(view[start + 4 : end - 4]) != _sum_at(view, end) for _, start, end in chunks):
        raise UnreadablePicture(_TORN_PNG)
    pixels = [view[start + 8 : end - 4] for kind, start, end in chunks if kind == b"IDAT"]
    _check_inflated(pixels, raw)
    return b"".join([data[:8], *(view[start:end] for _, start, end in chunks)])


def _sum_at(view: memoryview, end: int) -> int:
    (told,) = struct.unpack_from(">I", view, end - 4)
    return int(told)


def _check_inflated(pixels: list[memoryview], left: int) -> None:
    """Inflate in small steps: 5 MB may hold 5 GB, all of which libpng would inflate.

    left: how many bytes there must be, neither more nor fewer.
    """
    stream = zlib.decompressobj()
    step = 16_384
    try:
        for part in pixels:
            for at in range(0, len(part), step):
                left -= len(stream.decompress(part[at : at + step], left + 1))
                if left < 0:
                    raise UnreadablePicture(_TORN_PNG)
    except zlib.error:
        raise UnreadablePicture(_TORN_PNG) from None
    if left:
        raise UnreadablePicture(_TORN_PNG)


def _raw_bytes(data: bytes) -> int:
    """Return how many bytes the pixels take before compression (PNG, 3rd edition, clause 7)."""
    width, height, depth, colour, _, _, interlaced = struct.unpack_from(">II5B", data, 16)
    if colour not in _CHANNELS:
        raise UnreadablePicture(_TORN_PNG)
    bits = depth * _CHANNELS[colour]
    total = 0
    for x, y, across, down in (*_PASSES, _LAST_PASS) if interlaced else ((0, 0, 1, 1),):
        columns, rows = -(-(width - x) // across), -(-(height - y) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 + -(-columns * bits // 8))
    return total
