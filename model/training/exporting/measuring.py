"""A network's probabilities against what faces are labelled with: the figures of its card."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.card import Accuracy
from model.classifier import EmotionClassifier
from model.emotions import LABEL_SETS, LabelSet
from model.evaluation.metrics import confuse, measure_confusion
from model.training.datasets import FaceDataset

Probabilities = Mapping[LabelSet, NDArray[np.float32]]
"""What a network tells of some faces, `(n, 7)` per label set that it knows."""

TRUTH = {LabelSet.CROWD: "FER+ majority", LabelSet.FER2013: "FER2013's own labels"}


def tell_faces(path: Path, faces: FaceDataset) -> Probabilities:
    """Run a written network on faces, through the product's own preprocessing.

    Raises `UnusableNetwork`.
    """
    classifier = EmotionClassifier.load(path)
    crops = faces.crops.numpy()
    if classifier.card.side != crops.shape[-1]:
        crops = np.stack([classifier.crop_whole(crop) for crop in crops])
    prepared = classifier.prepare(crops)
    points = None if faces.points is None else faces.points.numpy()
    return {
        labels: classifier.classify(prepared, labels, points=points)
        for labels in classifier.label_sets
    }


def measure(told: Probabilities, faces: FaceDataset, dataset: str) -> tuple[Accuracy, ...]:
    """Measure each head on the faces that its label set decides; none on a set that decides none.

    `dataset` names the faces.
    """
    measured = []
    for head, labels in enumerate(LABEL_SETS):
        truth = faces.truth()[:, head].numpy()
        decided = truth >= 0
        if labels not in told or not decided.any():
            continue
        scores = measure_confusion(confuse(truth[decided], told[labels][decided].argmax(1)))
        measured.append(
            Accuracy(
                dataset=f"{dataset}, {TRUTH[labels]}",
                labels=labels,
                faces=int(decided.sum()),
                accuracy=scores["accuracy"],
                macro_f1=scores["macro_f1"],
                recall=scores["recall"],
            )
        )
    return tuple(measured)


def describe_accuracy(measured: Sequence[Accuracy]) -> str:
    """Tell accuracies in a line: `crowd 91.20 %, fer2013 70.10 %`."""
    return ", ".join(f"{one.labels} {100 * one.accuracy:.2f} %" for one in measured)
