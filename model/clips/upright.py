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

LONGEST_SIDE = 2560
"""Larger frames are shrunk to this before they take three bytes a pixel. The finder would shrink
them further, and of a face it finds the network sees 48 pixels."""

LONGEST_SIDE_8K, PIXELS_4K = 1920, 4096 * 2304
"""Frames of more pixels than 4K has are shrunk to this: decoding 8K takes 400 MB by itself, so
looking for faces has to take less."""

Matrix = tuple[int, int, int, int]
"""How a frame is to be turned: x' = a x + c y, y' = b x + d y; each of -1, 0, 1."""

UNTURNED: Matrix = (1, 0, 0, 1)


class Upright:
    """Draws frames of one video as pictures. `shape`: width over height of its pixels."""

    def __init__(self, shape: Fraction | None) -> None:
        self._shape = float(shape) if shape and 0.2 < shape < 5 else 1.0
        self._reformatter = VideoReformatter()
        self._matrices = {0: UNTURNED}  # by angle

    def draw(self, frame: VideoFrame) -> Picture:
        """Return `(height, width, 3) uint8`, BGR, as a player shows it."""
        width, height = frame.width * self._shape, float(frame.height)
        longest = LONGEST_SIDE_8K if frame.width * frame.height > PIXELS_4K else LONGEST_SIDE
        scale = min(1.0, longest / max(width, height))
        drawn = self._reformatter.reformat(
            frame,
            max(round(width * scale), 1),
            max(round(height * scale), 1),
            "bgr24",
            interpolation=Interpolation.AREA if scale < 1 else Interpolation.BILINEAR,
        )
        return turn(np.asarray(drawn.to_ndarray(), np.uint8), self._matrix(frame))

    def _matrix(self, frame: VideoFrame) -> Matrix:
        """Read a frame's matrix, once for each angle.

        Whoever looks at a frame's side data makes PyAV hold the frame until garbage is collected,
        and of 8K it takes 50 MB. A matrix that only turns a frame upside down in a mirror has no
        angle and is not seen; no camera writes one.
        """
        if frame.rotation not in self._matrices:
            self._matrices[frame.rotation] = read_matrix(frame)
        return self._matrices[frame.rotation]


def read_matrix(frame: VideoFrame) -> Matrix:
    """Read how a frame is to be turned, to the nearest right angle."""
    side_data: Any = frame.side_data  # its stub knows other names than it takes
    if Type.DISPLAYMATRIX not in side_data:
        return UNTURNED
    told = side_data[Type.DISPLAYMATRIX]
    a, b, _, c, d, *_ = struct.unpack("<9i", bytes(told)[:36])
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return (-1 if a < 0 else 1), 0, 0, (-1 if d < 0 else 1)
    return 0, (-1 if b < 0 else 1), (-1 if c < 0 else 1), 0


def turn(picture: Picture, matrix: Matrix) -> Picture:
    """Turn and mirror a picture as `read_matrix` says."""
    a, b, c, d = matrix
    if matrix == UNTURNED:
        return picture
    if a == 0:
        picture = cv2.transpose(picture)  # type: ignore[assignment]
        a, d = c, b
    for sign, axis in ((a, 1), (d, 0)):
        picture = cv2.flip(picture, axis) if sign < 0 else picture  # type: ignore[assignment]
    return picture
