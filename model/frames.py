"""Encoded frames to pixels. Reads the header first and refuses before it decodes.

A decoded frame is a `Picture`: `(height, width, 3) uint8`, blue-green-red as OpenCV has it.
"""

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray

from model.bombs import check_length, check_scans, strip_png
from model.headers import PictureHeader, PictureTooLarge, UnreadablePicture, read_header

Picture = NDArray[np.uint8]

MAX_PIXELS = 16_000_000
"""Default limit of a frame's pixels: 4K and a phone's camera fit, decompression bombs don't."""

_TORN = "The picture breaks off or is damaged inside. Send it again."
_ODD_JPEG = "The JPEG's header is damaged or of a rare kind. Send it as a plain JPEG."


def decode_picture(data: bytes, *, max_pixels: int = MAX_PIXELS) -> Picture:
    """Decode one JPEG, PNG or WebP.

    Raises `UnreadablePicture`, `UnsupportedPicture` or `PictureTooLarge` of `model.headers`.
    Metadata rotation is not applied: browsers and cameras send upright frames.
    """
    header = read_header(data)
    if header.width * header.height > max_pixels:
        raise PictureTooLarge(header.width, header.height, max_pixels)
    if header.media_type == "image/jpeg":
        check_length(data, header)
        check_scans(data, header, max_pixels)
        picture = _decode_jpeg(data, header)
    elif header.media_type == "image/png":
        picture = _decode_other(strip_png(data, max_pixels))
    else:
        picture = _decode_other(data)
    if picture.shape[:2] != (header.height, header.width):
        raise UnreadablePicture(_TORN)
    return picture


def resize_picture(picture: Picture, scale: float) -> Picture:
    """Resize by a factor; no side becomes less than one pixel.

    Halves first, as often as it can: four pixels to one is a path of its own in OpenCV, so a
    quarter comes three times as fast as at once.
    """
    height, width = picture.shape[:2]
    size = max(1, round(width * scale)), max(1, round(height * scale))
    while scale <= 0.5 and picture.shape[0] % 2 == 0 and picture.shape[1] % 2 == 0:
        half = picture.shape[1] // 2, picture.shape[0] // 2
        picture = np.asarray(cv2.resize(picture, half, interpolation=cv2.INTER_AREA), np.uint8)
        scale *= 2
    if (picture.shape[1], picture.shape[0]) == size:
        return picture
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, size, interpolation=interpolation), np.uint8)


def _decode_jpeg(data: bytes, header: PictureHeader) -> Picture:
    """Decode, when libjpeg sees the very size that was checked."""
    if b"\xff\xd9" not in data[-1024:]:
        raise UnreadablePicture(_TORN)
    try:
        height, width, colours, _ = simplejpeg.decode_jpeg_header(data, strict=False)
    except (ValueError, KeyError):  # KeyError: simplejpeg has no name for the colours' sampling
        raise UnreadablePicture(_ODD_JPEG) from None
    if (width, height) != (header.width, header.height):
        raise UnreadablePicture(_ODD_JPEG)
    of_four = colours in ("CMYK", "YCCK")  # libjpeg-turbo won't turn these to BGR
    try:
        picture: Picture = simplejpeg.decode_jpeg(
            data,
            colorspace="CMYK" if of_four else "BGR",
            fastdct=True,
            fastupsample=True,
            strict=False,
        )
    except ValueError:
        raise UnreadablePicture(_TORN) from None
    return _mix_inks(picture) if of_four else picture


def _mix_inks(inks: Picture) -> Picture:
    """Turn `(height, width, 4)` of light left by each ink, as Adobe has it, to BGR.

    OpenCV would as well, but tells of damage on standard error, past the log.
    """
    black = inks[:, :, 3]
    colours = [cv2.multiply(inks[:, :, ink], black, scale=1 / 255) for ink in (2, 1, 0)]
    return np.asarray(cv2.merge(colours), np.uint8)


def _decode_other(data: bytes) -> Picture:
    try:
        picture = cv2.imdecode(
            np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
        )
    except cv2.error as error:
        raise UnreadablePicture(_TORN) from error
    if picture is None:
        raise UnreadablePicture(_TORN)
    return picture.astype(np.uint8, copy=False)
