"""Classifiers that find facial points in the crops they are given, as their network wants them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.card import ModelCard, UnusableNetwork
from model.classifier import EmotionClassifier, restore_crops
from model.emotions import LabelSet
from model.faces import Faces, Floats
from model.landmark_network import LandmarkNetwork
from model.landmarks import DENSE_POINTS

Locate = Callable[[NDArray[np.uint8]], Floats]
"""Crops `(n, side, side) uint8` to their points `(n, k, 2)`, -1 to 1, nan where unknown."""


class MissingLandmarkNetwork(UnusableNetwork):
    """An emotion network wants points that only a landmark network of the user's own gives."""

    def __init__(self, card: ModelCard) -> None:
        super().__init__(
            f"Network {card.name} {card.version} takes {card.points} facial points a face. Set "
            "ROOMTONE_LANDMARK_NETWORK, or give --landmark-network, to the landmark network that "
            "it was trained with: an ONNX file."
        )


class PointedClassifier:
    """A classifier that finds the points of every crop it is given. Thread-safe if `locate` is."""

    def __init__(self, classifier: EmotionClassifier, locate: Locate) -> None:
        self._classifier, self._locate = classifier, locate
        self.crop_whole, self.prepare = classifier.crop_whole, classifier.prepare

    @property
    def card(self) -> ModelCard:
        """What the network says of itself."""
        return self._classifier.card

    def crop(self, picture: NDArray[np.uint8], faces: Faces) -> Floats:
        """Cut the faces out of a picture, prepared: `(n, 1, side, side) float32`."""
        return self._classifier.crop(picture, faces)

    def place_points(self, faces: Faces) -> Floats:
        """Return where faces' landmarks are in their crops: `(n, 5, 2) float32`, -1 to 1."""
        return self._classifier.place_points(faces)

    def classify(
        self, crops: Floats, labels: LabelSet | None = None, *, points: Floats | None = None
    ) -> Floats:
        """Map prepared crops to probabilities `(n, 7) float32`; points not given are found."""
        if points is None:
            points = self._locate(restore_crops(crops, self.card))
        return self._classifier.classify(crops, labels, points=points)


def add_landmarks(
    classifier: EmotionClassifier, landmark_network: Path | None
) -> EmotionClassifier | PointedClassifier:
    """Return the classifier, with a landmark network if it wants 468 points.

    The file is not opened for others. Raises `MissingLandmarkNetwork` when it is needed and not
    given, and `UnusableLandmarkNetwork`.
    """
    if classifier.card.points != DENSE_POINTS:
        return classifier
    if landmark_network is None:
        raise MissingLandmarkNetwork(classifier.card)
    return PointedClassifier(classifier, LandmarkNetwork.load(landmark_network).locate)
