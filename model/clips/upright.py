"""From a decoded frame of a video to a picture: upright, of square pixels, not too large."""

import struct
from fractions import Fraction
from typing import Any

import cv2
import numpy as np
from av.sidedata.sidedata import Type
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter

from model.frames import Picture

LONGEST_SIDE = 3840
"""Larger frames are shrunk to this, before they take three bytes a pixel: of 8K no face is lost
that the finder would see, and the network looks at 48 pixels of it."""


class Upright:
    """Draws frames of one video as pictures. `shape`: width over height of its pixels."""

    def __init__(self, shape: Fraction | None) -> None:
        self._shape = float(shape) if shape and 0.2 < shape < 5 else 1.0
        self._reformatter = VideoReformatter()

    def draw(self, frame: VideoFrame) -> Picture:
        """Return `(height, width, 3) uint8`, BGR, as a player shows it."""
        width, height = frame.width * self._shape, float(frame.height)
        scale = min(1.0, LONGEST_SIDE / max(width, height))
        drawn = self._reformatter.reformat(
            frame,
            max(round(width * scale), 1),
            max(round(height * scale), 1),
            "bgr24",
            interpolation=Interpolation.AREA if scale < 1 else Interpolation.BILINEAR,
        )
        return turn(np.asarray(drawn.to_ndarray(), np.uint8), read_matrix(frame))


def read_matrix(frame: VideoFrame) -> tuple[int, int, int, int]:
    """Read how a frame is to be turned: x' = a x + c y, y' = b x + d y; each of -1, 0, 1."""
    side_data: Any = frame.side_data  # its stub knows other names than it takes
    if Type.DISPLAYMATRIX not in side_data:
        return 1, 0, 0, 1
    told = side_data[Type.DISPLAYMATRIX]
    a, b, _, c, d, *_ = struct.unpack("<9i", bytes(told)[:36])
    if abs(a) + abs(d) >= abs(b) + abs(c):  # the nearest right angle
        return (-1 if a < 0 else 1), 0, 0, (-1 if d < 0 else 1)
    return 0, (-1 if b < 0 else 1), (-1 if c < 0 else 1), 0


def turn(picture: Picture, matrix: tuple[int, int, int, int]) -> Picture:
    """Turn and mirror a picture as `read_matrix` says."""
    a, b, c, d = matrix
    if matrix == (1, 0, 0, 1):
        return picture
    if a == 0:
        picture = cv2.transpose(picture)  # type: ignore[assignment]
        a, d = c, b
    for sign, axis in ((a, 1), (d, 0)):
        picture = cv2.flip(picture, axis) if sign < 0 else picture  # type: ignore[assignment]
    return picture
