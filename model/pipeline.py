"""The way of one frame through the two networks: bytes in, a reading out.

Imports the rest of `model` except training. Knows no web and no SQL. Thread-safe: one pipeline
serves any number of threads.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from model.classifier import Classifier, EmotionClassifier
from model.emotions import EMOTIONS, Emotion
from model.faces import LANDMARKS, Faces, Floats
from model.finders import FaceFinder, open_finder
from model.frames import MAX_PIXELS, Picture, decode_picture
from model.last_seen import LastSeen, find_faces
from model.pointed import add_landmarks
from model.pose import Pose, estimate_poses


@dataclass(frozen=True)
class FrameReading:
    """What one frame says. Holds numbers only; the pixels are gone.

    probabilities: `(n, 7) float32`, one row per face in the order of `faces`, each summing to 1.
    poses: head pose of each face, degrees.
    seconds: time spent in each stage (`decode`, `find`, `pose`, `crop`, `classify`).
    last_seen: what to read the source's next frame with; None from readers that keep nothing.
    """

    width: int
    height: int
    faces: Faces
    probabilities: Floats
    poses: list[Pose]
    seconds: dict[str, float]
    last_seen: LastSeen | None = None

    @property
    def emotions(self) -> list[Emotion]:
        """The likeliest emotion of each face."""
        return [EMOTIONS[index] for index in self.probabilities.argmax(1)]

    @property
    def turned(self) -> int:
        """How many faces are turned to the screen."""
        return sum(pose.is_turned_to_screen for pose in self.poses)

    @property
    def counts(self) -> dict[Emotion, int]:
        """How many faces show each emotion; every emotion is there."""
        found = np.bincount(self.probabilities.argmax(1), minlength=len(EMOTIONS))
        return dict(zip(EMOTIONS, found.tolist(), strict=True))


class FrameReader(Protocol):
    """Anything that turns an encoded picture into a reading."""

    network_version: str

    def read(self, data: bytes, last_seen: LastSeen | None = None) -> FrameReading:
        """Read one encoded picture, sooner with what its source's last one showed.

        Raises the errors of `model.headers`.
        """
        ...


class FramePipeline:
    """Decode, find, crop, classify."""

    def __init__(
        self,
        finder: FaceFinder,
        classifier: Classifier,
        *,
        max_pixels: int = MAX_PIXELS,
        more_follow: bool = True,
    ) -> None:
        self._finder, self._classifier, self._max_pixels = finder, classifier, max_pixels
        self._more_follow = more_follow
        self.network_version = classifier.card.version
        estimator = classifier.card.estimator
        self.estimators = {self.network_version: estimator} if estimator else {}

    @classmethod
    def load(
        cls,
        network: Path | None = None,
        finder: str = "centerface",
        *,
        scale: float | None = None,
        threshold: float | None = None,
        max_pixels: int = MAX_PIXELS,
        landmark_network: Path | None = None,
    ) -> "FramePipeline":
        """Open all networks; `landmark_network` only where the emotion network wants it.

        Raises `UnusableNetwork` or `FinderMissing`.
        """
        faces = open_finder(finder, scale=scale, threshold=threshold)
        classifier = add_landmarks(EmotionClassifier.load(network), landmark_network)
        return cls(faces, classifier, max_pixels=max_pixels)

    def thorough(self) -> "FramePipeline":
        """Return a pipeline on the same networks that looks for faces at several scales.

        It takes each picture for the only one.
        """
        return FramePipeline(
            self._finder.thorough(),
            self._classifier,
            max_pixels=self._max_pixels,
            more_follow=False,
        )

    def read(self, data: bytes, last_seen: LastSeen | None = None) -> FrameReading:
        """Read one JPEG, PNG or WebP, sooner with what its source's last frame showed.

        Raises `UnreadablePicture`, `UnsupportedPicture` or `PictureTooLarge` of `model.headers`.
        """
        started = time.perf_counter()
        picture = decode_picture(data, max_pixels=self._max_pixels)
        decode = time.perf_counter() - started
        return self._read(picture, last_seen, {"decode": decode}, more_follow=self._more_follow)

    def read_picture(self, picture: Picture, last: LastSeen | None = None) -> FrameReading:
        """Read one decoded picture `(height, width, 3) uint8`, BGR."""
        return self._read(picture, last, {}, more_follow=False)

    def _read(
        self,
        picture: Picture,
        last: LastSeen | None,
        seconds: dict[str, float],
        *,
        more_follow: bool,
    ) -> FrameReading:
        """Read a decoded picture; `seconds` of the stages before, see `find_faces` for the rest."""
        start = time.perf_counter()
        faces, seen = find_faces(self._finder, picture, last, more_follow=more_follow)
        found = time.perf_counter()
        poses = estimate_poses(faces.landmarks)
        posed = time.perf_counter()
        crops = self._classifier.crop(picture, faces)
        cropped = time.perf_counter()
        if self._classifier.card.points == len(LANDMARKS):
            points = self._classifier.place_points(faces)
            probabilities = self._classifier.classify(crops, points=points)
        else:
            probabilities = self._classifier.classify(crops)
        classified = time.perf_counter()
        height, width = picture.shape[:2]
        return FrameReading(
            width,
            height,
            faces,
            probabilities,
            poses,
            {
                **seconds,
                "find": found - start,
                "pose": posed - found,
                "crop": cropped - posed,
                "classify": classified - cropped,
            },
            seen,
        )
