"""Pictures for tests: a real face that comes with scikit-image, and pictures made on the spot."""

import struct
import zlib

import cv2
import numpy as np

from bench.pictures import astronaut, gallery
from model.frames import Picture

__all__ = ["astronaut", "gallery"]  # many tests take them from here

ASTRONAUT_BOX = (181.5, 58.2, 88.4, 119.6)


def jpeg(picture: Picture, quality: int = 90) -> bytes:
    return _encode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])


def png(picture: Picture) -> bytes:
    return _encode(".png", picture, [])


def webp(picture: Picture) -> bytes:
    return _encode(".webp", picture, [])


def grey(width: int = 320, height: int = 240) -> Picture:
    """Return a picture without any face."""
    return np.full((height, width, 3), 128, np.uint8)


def claim_jpeg_size(data: bytes, width: int, height: int) -> bytes:
    """Return the JPEG with another size written into its header."""
    at = next(i for i in range(len(data)) if data[i : i + 2] in (b"\xff\xc0", b"\xff\xc2"))
    size = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    return data[: at + 5] + size + data[at + 9 :]


def hide_jpeg_size(data: bytes, width: int, height: int) -> bytes:
    """Return the JPEG claiming 16x16 to who takes FF 00 for a segment, and this size to libjpeg."""
    claimed = claim_jpeg_size(data, width, height)
    start = next(i for i in range(len(data)) if data[i : i + 2] == b"\xff\xc0")
    end = start + 2 + int.from_bytes(data[start + 2 : start + 4], "big")
    decoy = b"\xff\xc0\x00\x0b\x08\x00\x10\x00\x10\x01\x01\x11\x00"
    around = b"\xff\xe9" + (2 + len(decoy)).to_bytes(2, "big")
    hidden = claimed[2:end] + around
    length = (2 + len(hidden)).to_bytes(2, "big")
    return b"\xff\xd8\xff\x00" + length + hidden + decoy + claimed[end:]


def repeat_scan(picture: Picture, times: int, *, scan: int = -1, quality: int = 90) -> bytes:
    """Return the picture as a progressive JPEG, one of whose scans comes so many times more."""
    options = [cv2.IMWRITE_JPEG_PROGRESSIVE, 1, cv2.IMWRITE_JPEG_QUALITY, quality]
    data = _encode(".jpg", picture, options)
    start = [at for at in range(len(data)) if data[at : at + 2] == b"\xff\xda"][scan]
    end = next(at for at in range(start + 2, len(data)) if data[at] == 255 and data[at + 1])
    return data[:end] + data[start:end] * times + data[end:]


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of(*chunks: bytes, width: int = 16, height: int = 16, interlaced: bool = False) -> bytes:
    """Return a PNG signature, a header for 8-bit colour, these chunks and the end."""
    header = png_chunk(b"IHDR", struct.pack(">II5B", width, height, 8, 2, 0, 0, interlaced))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + png_chunk(b"IEND", b"")


ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2))
"""First column and row, and their steps, of an interlaced PNG's passes but the last."""


def png_rows(width: int, height: int, pixel: int, *, interlaced: bool, kind: int = 0) -> bytes:
    """Return a black PNG's rows of `pixel` bytes a pixel, compressed; `kind` is the filter."""
    passes = (*ADAM7, (0, 1, 1, 2)) if interlaced else ((0, 0, 1, 1),)
    stream = zlib.compressobj(9)
    packed = [
        stream.compress((bytes([kind]) + bytes(pixel * columns)) * len(range(y, height, down)))
        for x, y, across, down in passes
        if (columns := len(range(x, width, across)))
    ]
    return b"".join(packed) + stream.flush()


def png_of_deep_colour(width: int, height: int, *, interlaced: bool) -> bytes:
    """Return a PNG of 16 bits and transparency, by the filter that takes longest."""
    header = struct.pack(">II5B", width, height, 16, 6, 0, 0, interlaced)
    rows = png_rows(width, height, 8, interlaced=interlaced, kind=4)
    chunks = (png_chunk(b"IHDR", header), png_chunk(b"IDAT", rows), png_chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def webp_chunks(data: bytes) -> bytes:
    """Return what a WebP file holds behind its head."""
    return data[12:]


def webp_of(*chunks: bytes) -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webp_canvas(width: int, height: int, flags: int = 0) -> bytes:
    """Return the chunk of an extended WebP that tells the canvas."""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"VP8X" + struct.pack("<IB3x", 10, flags) + size


def _encode(kind: str, picture: Picture, options: list[int]) -> bytes:
    ok, data = cv2.imencode(kind, picture, options)
    assert ok
    return data.tobytes()
