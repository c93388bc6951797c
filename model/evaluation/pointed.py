"""Evaluation of networks that take facial points: they are found in each crop, once per answer."""

from functools import partial
from pathlib import Path

from model.classifier import EmotionClassifier
from model.evaluation.crops import WholeFaceClassifier
from model.faces import LANDMARKS
from model.finders import open_finder
from model.landmarks import locate_points
from model.pointed import PointedClassifier, add_landmarks


def find_its_points(
    classifier: EmotionClassifier, landmark_network: Path | None = None
) -> WholeFaceClassifier:
    """Return a classifier for bare crops: the same, or one that finds points if it wants them.

    The product has five points from the frame; here only crops are left, and a finder looks for
    them in each. Its time includes that. Raises `FinderMissing` and what `add_landmarks` does.
    """
    if classifier.card.points == len(LANDMARKS):
        return PointedClassifier(classifier, partial(locate_points, finder=open_finder()))
    return add_landmarks(classifier, landmark_network)
