"""A dataset's pictures as face crops, cut as the product cuts them. Knows no metric."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from model.card import ModelCard
from model.classifier import restore_crops
from model.clips.clip import UnreadableClip
from model.emotions import LabelSet
from model.evaluation.dataset import Dataset, Integers, Picture
from model.faces import Faces, Floats


class WholeFaceClassifier(Protocol):
    """What evaluation needs of a classifier; `EmotionClassifier` is one."""

    @property
    def card(self) -> ModelCard:
        """What the network says of itself."""
        ...

    def crop(self, picture: Picture, faces: Faces) -> Floats:
        """Cut the faces out of a picture, prepared: `(n, 1, side, side) float32`."""
        ...

    def crop_whole(self, picture: Picture) -> Picture:
        """Take the whole picture as one face: `(side, side) uint8`."""
        ...

    def prepare(self, crops: Picture) -> Floats:
        """Normalise `(n, side, side) uint8` to `(n, 1, side, side) float32`."""
        ...

    def classify(self, crops: Floats, labels: LabelSet | None = None) -> Floats:
        """Map prepared crops to probabilities `(n, 7) float32`; raises `MissingHead`."""
        ...


class Finder(Protocol):
    """Finds the faces of a picture; every `FaceFinder` does."""

    def find(self, picture: Picture) -> Faces:
        """Find all faces, best first."""
        ...


@dataclass(frozen=True)
class LabelledCrops:
    """Face crops `(n, side, side) uint8` and their emotions `(n,) int64`, indices of `EMOTIONS`.

    skipped: a sentence per picture left out, of which `unreadable` could not be read at all.
    """

    crops: Picture
    truth: Integers
    skipped: list[str] = field(default_factory=list)
    unreadable: int = 0

    def __len__(self) -> int:
        """Return the number of faces."""
        return len(self.truth)


def cut_crops(
    dataset: Dataset,
    classifier: WholeFaceClassifier,
    *,
    finder: Finder | None = None,
    on_picture: Callable[[], None] = lambda: None,
) -> LabelledCrops:
    """Read every picture and cut its face out.

    Without `finder` the whole picture is the face; with one, its largest face. What can't be read
    or has no face is left out and named.
    """
    side = classifier.card.side
    crops = np.empty((len(dataset.pictures), side, side), np.uint8)
    skipped, kept, unreadable = list(dataset.left_out), list[int](), 0
    for at, labelled in enumerate(dataset.pictures):
        on_picture()
        try:
            crop = _cut(labelled.read(), classifier, finder)
        except (UnreadableClip, OSError) as error:
            skipped.append(str(error))
            unreadable += 1
            continue
        if crop is None:
            skipped.append(f"“{labelled.name}”: no face found.")
            continue
        crops[len(kept)] = crop
        kept.append(at)
    return LabelledCrops(crops[: len(kept)], dataset.truth()[kept], skipped, unreadable)


def _cut(
    picture: Picture, classifier: WholeFaceClassifier, finder: Finder | None
) -> Picture | None:
    if finder is None:
        return classifier.crop_whole(picture)
    faces = finder.find(picture)
    if not len(faces):
        return None
    largest = faces.boxes[:, 2:].prod(1).argmax()
    prepared = classifier.crop(picture, faces.take(np.array([largest])))
    whole: Picture = restore_crops(prepared, classifier.card)[0]
    return whole
