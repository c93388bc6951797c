"""Facial points as a network takes them: from -1 to 1 across a face's crop. No torch.

A face finder gives five points; `model.landmark_network` gives 468.

A face whose points are unknown has nan in all of them.
"""

from collections.abc import Callable
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from model.faces import LANDMARKS, Faces, Floats

MIRRORED = [1, 0, 2, 4, 3]
"""Order of `LANDMARKS` in a mirror image: the right eye is where the left one was."""

DENSE_POINTS = 468
"""Points of a landmark network: a mesh over the whole face (Kartynnik et al. 2019)."""

FINDING_SIDE = 192
"""Pixels that a crop is enlarged to before its face is looked for."""

MARGIN = 32
"""Pixels of the crop's own border repeated around it: finders want something around a face."""


class Finder(Protocol):
    """Finds the faces of a picture; every `FaceFinder` does."""

    def find(self, picture: NDArray[np.uint8]) -> Faces:
        """Find all faces of `(height, width, 3) uint8`, best first."""
        ...


def place_points(landmarks: Floats, squares: NDArray[np.int_]) -> Floats:
    """Turn landmarks `(n, 5, 2)` in pixels into places in their crops, -1 to 1.

    `squares` is `(n, 3)`: x, y and side of each crop in the same picture's pixels.
    """
    within = (landmarks - squares[:, None, :2]) / squares[:, None, 2:]
    points: Floats = (2 * within - 1).astype(np.float32)
    return points


def unknown_points(faces: int, points: int = len(LANDMARKS)) -> Floats:
    """Return points of faces whose points are not known: `(faces, points, 2)`, all nan."""
    return np.full((faces, points, 2), np.nan, np.float32)


def locate_points(
    crops: NDArray[np.uint8], finder: Finder, *, advance: Callable[[], None] = lambda: None
) -> Floats:
    """Find the points of whole crops `(n, side, side) uint8`: `(n, 5, 2)`, nan where none."""
    points = unknown_points(len(crops))
    for crop, found in zip(crops, points, strict=True):
        found[:] = _locate(crop, finder)[0]
        advance()
    return points


def _locate(crop: NDArray[np.uint8], finder: Finder) -> Floats:
    large = cv2.resize(crop, (FINDING_SIDE, FINDING_SIDE), interpolation=cv2.INTER_CUBIC)
    framed = cv2.copyMakeBorder(large, MARGIN, MARGIN, MARGIN, MARGIN, cv2.BORDER_REPLICATE)
    faces = finder.find(cv2.cvtColor(framed, cv2.COLOR_GRAY2BGR).astype(np.uint8, copy=False))
    if not len(faces):
        return unknown_points(1)
    largest = faces.boxes[:, 2:].prod(1).argmax()
    square = np.array([[MARGIN, MARGIN, FINDING_SIDE]])
    return place_points(faces.landmarks[[largest]], square)
