"""Found faces: box, landmarks and score. Pure numbers.

A frame's faces travel as one `Faces` of arrays, so that nothing downstream loops over faces.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

LANDMARKS = ("right_eye", "left_eye", "nose", "right_mouth", "left_mouth")
"""The five points, named from the person's own side: `right_eye` is left in the picture."""


@dataclass(frozen=True)
class Faces:
    """All faces found in one frame, best score first. Coordinates are pixels of the full frame.

    boxes: `(n, 4) float32`, x, y, width, height; may reach over the frame's edge.
    landmarks: `(n, 5, 2) float32`, x and y in the order of `LANDMARKS`.
    scores: `(n,) float32` in [0, 1].
    """

    boxes: Floats
    landmarks: Floats
    scores: Floats

    def __len__(self) -> int:
        """Return the number of faces."""
        return len(self.scores)

    def take(self, chosen: NDArray[np.intp] | NDArray[np.bool_]) -> "Faces":
        """Return the chosen faces (indices or mask), in that order."""
        return Faces(self.boxes[chosen], self.landmarks[chosen], self.scores[chosen])

    @classmethod
    def none(cls) -> "Faces":
        """Return no faces."""
        return cls(
            np.zeros((0, 4), np.float32),
            np.zeros((0, 5, 2), np.float32),
            np.zeros(0, np.float32),
        )


def overlap(boxes: Floats, others: Floats) -> Floats:
    """Return the intersection over union of each pair: `(n, 4)` and `(m, 4)` to `(n, m)`."""
    ours, theirs = boxes[:, None], others[None]
    top_left = np.maximum(ours[..., :2], theirs[..., :2])
    bottom_right = np.minimum(ours[..., :2] + ours[..., 2:], theirs[..., :2] + theirs[..., 2:])
    shared = np.clip(bottom_right - top_left, 0, None).prod(-1)
    union = ours[..., 2:].prod(-1) + theirs[..., 2:].prod(-1) - shared
    ratio: Floats = (shared / np.maximum(union, 1e-9)).astype(np.float32)
    return ratio


def suppress_overlaps(faces: Faces, limit: float, *, most: int | None = None) -> Faces:
    """Keep the best of every group of boxes that overlap by more than `limit` (greedy NMS).

    `faces` must be sorted by falling score. Keeps `most` at most.
    """
    if len(faces) < 2:
        return faces if most is None else faces.take(np.arange(len(faces))[:most])
    ranks = range(len(faces), 0, -1)  # equal scores stay in order, and so does what is kept
    kept = cv2.dnn.NMSBoxes(faces.boxes.tolist(), ranks, 0.0, limit)
    return faces.take(np.asarray(kept, np.intp).ravel()[:most])


def join_faces(parts: Sequence[Faces]) -> Faces:
    """Join several findings of one frame into one, best score first."""
    if len(parts) == 1:
        return parts[0]
    joined = Faces(
        np.concatenate([part.boxes for part in parts]),
        np.concatenate([part.landmarks for part in parts]),
        np.concatenate([part.scores for part in parts]),
    )
    return joined.take(np.argsort(-joined.scores, kind="stable"))
