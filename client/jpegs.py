"""Frames to JPEGs as they go over the wire: small, upright, without metadata."""

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clips import ClipFrame
from model.headers import UnreadablePicture, UnsupportedPicture, read_header

MAX_BYTES = 2_000_000
"""A JPEG file larger than this is encoded anew."""


def encode_frame(frame: ClipFrame, *, max_side: int, quality: int) -> bytes:
    """Return the frame as JPEG, its longest side at most `max_side` pixels, never enlarged.

    A JPEG file that is small enough goes as it is, unless it carries metadata: a photo's may say
    who, where and with which camera, and that is nobody's business.
    """
    return _file_as_it_is(frame, max_side) or _encode(_shrink(frame.picture, max_side), quality)


def _file_as_it_is(frame: ClipFrame, max_side: int) -> bytes | None:
    if frame.path is None or frame.path.stat().st_size > MAX_BYTES:
        return None
    data = frame.path.read_bytes()
    try:
        header = read_header(data)
    except (UnreadablePicture, UnsupportedPicture):
        return None
    small = max(header.width, header.height) <= max_side
    return data if small and _is_plain_jpeg(data) else None


def _is_plain_jpeg(data: bytes) -> bool:
    """Say whether it is a JPEG that ends properly and carries no Exif, XMP or IPTC."""
    whole = data.startswith(b"\xff\xd8") and b"\xff\xd9" in data[-1024:]
    metadata = (b"Exif\0", b"http://ns.adobe.com/", b"Photoshop 3.0")
    return whole and not any(mark in data for mark in metadata)


def _shrink(picture: NDArray[np.uint8], max_side: int) -> NDArray[np.uint8]:
    height, width = picture.shape[:2]
    scale = max_side / max(height, width)
    if scale >= 1:
        return picture
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]


def _encode(picture: NDArray[np.uint8], quality: int) -> bytes:
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return data.tobytes()
