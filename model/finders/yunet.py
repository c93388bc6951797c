"""YuNet (Wu et al. 2023) from an ONNX file of the user's own, run by OpenCV.

OpenCV's detector keeps the input's size as state, so each thread has its own.
"""

import threading
from pathlib import Path

import cv2
import numpy as np

from model.faces import Faces, Floats
from model.finders.centerface import (
    MOST_CANDIDATES,
    MOST_FACES,
    MOST_FACES_THOROUGH,
    FinderMissing,
    limit_scale,
)
from model.frames import Picture, resize_picture

OVERLAP_LIMIT = 0.3
LONGEST_SIDE = 1280
"""Frames are shrunk to this by default: YuNet finds faces from about 10 pixels on."""

SMALLEST = 20.0
"""See `FaceFinder.smallest`."""


class YuNet:
    """Finds faces and their five landmarks. Thread-safe."""

    def __init__(
        self,
        path: Path,
        *,
        scale: float | None = None,
        threshold: float = 0.6,
        thorough: bool = False,
    ) -> None:
        self._path, self._scale, self._threshold = path, scale, threshold
        self._thorough = thorough
        self._own = threading.local()
        if not path.is_file():
            raise FinderMissing(
                f"There is no face finder at “{path}”. ROOMTONE_FINDER is “centerface” or the "
                "path of a YuNet ONNX file."
            )
        try:
            self.find(np.zeros((64, 64, 3), np.uint8))
        except cv2.error as error:
            raise FinderMissing(f"{path} is not a YuNet network that OpenCV can run.") from error

    @property
    def smallest(self) -> float:
        """See `FaceFinder`: twice what its authors say it finds."""
        return SMALLEST

    def usual_scale(self, width: int, height: int) -> float:
        """Return what was set, else what makes the longer side 1280, within the limit."""
        usual = 1.0 if self._thorough else min(1.0, LONGEST_SIDE / max(height, width))
        return min(self._scale or usual, limit_scale(width, height))

    def find(self, picture: Picture, *, scale: float | None = None) -> Faces:
        """Find all faces of `(height, width, 3) uint8` BGR, best first; see `FaceFinder`."""
        scale = scale or self.usual_scale(picture.shape[1], picture.shape[0])
        picture = resize_picture(picture, scale)
        detector = self._detector()
        detector.setInputSize((picture.shape[1], picture.shape[0]))
        _, rows = detector.detect(picture)
        if rows is None:
            return Faces.none()
        found: Floats = np.asarray(rows, np.float32)
        most = MOST_FACES_THOROUGH if self._thorough else MOST_FACES
        found = found[np.argsort(-found[:, 14], kind="stable")[:most]]
        return Faces(
            found[:, :4] / np.float32(scale),
            found[:, 4:14].reshape(-1, 5, 2) / np.float32(scale),
            found[:, 14].clip(0, 1),
        )

    def thorough(self) -> "YuNet":
        """Return one that looks at pictures in their own size, as far as memory allows."""
        return YuNet(self._path, scale=self._scale, threshold=self._threshold, thorough=True)

    def _detector(self) -> cv2.FaceDetectorYN:
        if not hasattr(self._own, "detector"):
            self._own.detector = cv2.FaceDetectorYN.create(
                str(self._path), "", (64, 64), self._threshold, OVERLAP_LIMIT, MOST_CANDIDATES
            )
        detector: cv2.FaceDetectorYN = self._own.detector
        return detector
