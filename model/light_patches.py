"""What is kept of how a face looked: which parts of it are lighter. Pure numbers over pixels.

It changes when a face moves or goes, and not with the light.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from model.faces import Floats
from model.frames import Picture

PATCHES = 8


def find_light_patches(picture: Picture, boxes: Floats) -> NDArray[np.bool_]:
    """Return which of 8x8 patches of each box are lighter than half of them: `(n, 64) bool`."""
    height, width = picture.shape[:2]
    corners = np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], 1)
    limits = [width - 1, height - 1, width, height]
    lit = np.zeros((len(boxes), PATCHES * PATCHES), np.float32)
    places = np.clip(np.rint(corners), [0, 0, 1, 1], limits).astype(int).tolist()
    for (left, top, right, bottom), row in zip(places, lit, strict=True):
        patches = cv2.resize(
            picture[top : max(bottom, top + 1), left : max(right, left + 1)],
            (PATCHES, PATCHES),
            interpolation=cv2.INTER_AREA,
        )
        row[:] = cv2.cvtColor(patches, cv2.COLOR_BGR2GRAY).ravel()
    middle = np.median(lit, axis=1, keepdims=True)
    light: NDArray[np.bool_] = np.greater(lit, middle)  # half of them, or none where all is flat
    return light
