"""What a network's answers are worth: all measures from sums over faces. Pure numpy.

Every measure here is a function of sums over faces (hits per pair of emotions, confidence per
bin, loss). So one function serves the plain figure (every face once) and every resample of a
bootstrap (every face as often as it was drawn), and all resamples are computed in one product of
matrices.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.emotions import EMOTIONS
from model.evaluation.dataset import Integers

Numbers = NDArray[np.float64]

BINS = 15
"""Bins of the reliability diagram, equally wide, as in Guo et al. 2017."""

EMOTION_COUNT = len(EMOTIONS)
PAIRS = EMOTION_COUNT**2

HEADLINES = (
    "accuracy",
    "balanced_accuracy",
    "macro_precision",
    "macro_recall",
    "macro_f1",
    "ece",
    "nll",
    "brier",
)
"""The figures that stand for the whole; each gets an interval."""

PER_EMOTION = ("precision", "recall", "f1")


def describe_faces(truth: Integers, probabilities: NDArray[np.floating[Any]]) -> Numbers:
    """Return each face's share of every sum: `(n, 49 + 3 * BINS + 2) float64`.

    The columns: a one for its pair of true and told emotion; per bin of confidence its
    confidence, whether it was a hit, and a one; its negative log-likelihood; its Brier score (Brier
    1950: squared distance from the truth, summed over emotions, 0 to 2). `truth` is `(n,)`,
    `probabilities` `(n, 7)`.
    """
    n = len(truth)
    rows, told = np.arange(n), probabilities.argmax(1)
    chance = probabilities.astype(np.float64)
    confidence = chance[rows, told]
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    columns = np.zeros((n, PAIRS + 3 * BINS + 2))
    columns[rows, truth * EMOTION_COUNT + told] = 1
    columns[rows, PAIRS + bins] = confidence
    columns[rows, PAIRS + BINS + bins] = told == truth
    columns[rows, PAIRS + 2 * BINS + bins] = 1
    columns[:, -2] = -np.log(np.maximum(chance[rows, truth], 1e-12))
    columns[:, -1] = ((chance - np.eye(EMOTION_COUNT)[truth]) ** 2).sum(1)
    return columns


@dataclass(frozen=True)
class Sums:
    """Sums over faces, one row per (re)sample: `(r, columns)`, see `describe_faces`."""

    rows: Numbers

    @classmethod
    def over(cls, faces: Numbers) -> "Sums":
        """Count every face once."""
        return cls(faces.sum(0, keepdims=True))

    @property
    def confusion(self) -> Numbers:
        """Counts `(r, 7, 7)`: rows the true emotion, columns the told one."""
        return self.rows[:, :PAIRS].reshape(-1, EMOTION_COUNT, EMOTION_COUNT)

    @property
    def bins(self) -> tuple[Numbers, Numbers, Numbers]:
        """Sums per bin of confidence, each `(r, BINS)`: confidence, hits, faces."""
        confidence, hits, faces = np.split(self.rows[:, PAIRS : PAIRS + 3 * BINS], 3, axis=1)
        return confidence, hits, faces

    def measure(self) -> dict[str, Numbers]:
        """Return every headline figure `(r,)` and every figure per emotion `(r, 7)`.

        Meanings are scikit-learn's. Macro means are over emotions that occur, as truth or as
        told, and take a share of nothing for 0; balanced accuracy is over emotions that occur as
        truth. What can't be known is NaN.
        """
        faces = self.rows[:, :PAIRS].sum(1)
        confidence, hits, _ = self.bins
        with np.errstate(invalid="ignore", divide="ignore"):
            return {
                **measure_pairs(self.confusion),
                "ece": np.abs(confidence - hits).sum(1) / faces,
                "nll": self.rows[:, -2] / faces,
                "brier": self.rows[:, -1] / faces,
            }


def measure_pairs(confusion: Numbers) -> dict[str, Numbers]:
    """Derive all that a confusion matrix tells, for many at once: `(r, 7, 7)`; see `measure`."""
    hits = np.diagonal(confusion, axis1=1, axis2=2)
    true, told = confusion.sum(2), confusion.sum(1)
    occurs = (true + told) > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        recall, precision, f1 = hits / true, hits / told, 2 * hits / (true + told)
        accuracy = hits.sum(1) / confusion.sum((1, 2))
    return {
        "accuracy": accuracy,
        "balanced_accuracy": _mean(recall, true > 0),
        "macro_precision": _mean(precision, occurs),
        "macro_recall": _mean(recall, occurs),
        "macro_f1": _mean(f1, occurs),
        "precision": precision,
        "recall": recall,
        "f1": f1,
    }


def _mean(shares: Numbers, of: NDArray[np.bool_]) -> Numbers:
    """Mean over the chosen emotions, a share of nothing counting 0: `(r,)`."""
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: Numbers = np.where(of, np.nan_to_num(shares), 0).sum(1) / of.sum(1)
    return mean


def confuse(truth: Integers, told: Integers) -> Integers:
    """Count `(7, 7)`: rows the true emotion, columns the told one, in the order of `EMOTIONS`."""
    confusion = np.zeros((EMOTION_COUNT, EMOTION_COUNT), np.int64)
    np.add.at(confusion, (truth, told), 1)
    return confusion


def measure_confusion(confusion: Integers) -> dict[str, Any]:
    """Derive accuracy, the macro figures, and precision, recall and F1 per emotion.

    Recall of an emotion without pictures and precision of one never told are None, and so is
    everything without any face.
    """
    return {
        name: tell_numbers(figure[0])
        for name, figure in measure_pairs(confusion[None].astype(float)).items()
    }


def tell_numbers(figure: Any) -> Any:  # noqa: ANN401 - a number, or one for each emotion
    """Round a figure, or one per emotion, for JSON; None where it can't be known."""
    if np.ndim(figure):
        return {str(e): tell_numbers(one) for e, one in zip(EMOTIONS, figure, strict=True)}
    return None if np.isnan(figure) else round(float(figure), 6)


def tell_reliability(sums: Sums) -> list[dict[str, Any]]:
    """Return the reliability diagram: per bin with faces its edges, mean confidence, accuracy."""
    confidence, hits, faces = (part[0] for part in sums.bins)
    return [
        {
            "from": round(at / BINS, 4),
            "to": round((at + 1) / BINS, 4),
            "faces": int(faces[at]),
            "confidence": round(float(confidence[at] / faces[at]), 6),
            "accuracy": round(float(hits[at] / faces[at]), 6),
        }
        for at in range(BINS)
        if faces[at]
    ]
