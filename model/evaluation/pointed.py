"""Evaluation of networks that take facial points: they are found in each crop, once per answer."""

from model.card import ModelCard
from model.classifier import EmotionClassifier
from model.emotions import LabelSet
from model.evaluation.crops import Finder, WholeFaceClassifier, restore_crops
from model.evaluation.dataset import Picture
from model.faces import Faces, Floats
from model.finders import open_finder
from model.landmarks import locate_points


class PointedClassifier:
    """A classifier that finds the points of every crop it is given, as its network wants them.

    The product has them from the frame; here only crops are left. Its time includes finding them.
    """

    def __init__(self, classifier: EmotionClassifier, finder: Finder) -> None:
        self._classifier, self._finder = classifier, finder
        self.crop_whole, self.prepare = classifier.crop_whole, classifier.prepare

    @property
    def card(self) -> ModelCard:
        """What the network says of itself."""
        return self._classifier.card

    def crop(self, picture: Picture, faces: Faces) -> Floats:
        """Cut the faces out of a picture, prepared: `(n, 1, side, side) float32`."""
        return self._classifier.crop(picture, faces)

    def classify(self, crops: Floats, labels: LabelSet | None = None) -> Floats:
        """Map prepared crops to probabilities `(n, 7) float32`."""
        points = locate_points(restore_crops(crops, self.card), self._finder)
        return self._classifier.classify(crops, labels, points=points)


def find_its_points(classifier: EmotionClassifier) -> WholeFaceClassifier:
    """Return a classifier for bare crops: the same, or one that finds points if it wants them.

    Raises `FinderMissing`.
    """
    if not classifier.card.points:
        return classifier
    return PointedClassifier(classifier, open_finder())
