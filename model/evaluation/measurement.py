"""One network measured on labelled crops: every figure with its interval, as one dictionary.

May import the classifier's protocol and the metrics; knows no files and no pages.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from model.card import ModelCard
from model.classifier import BATCH
from model.emotions import EMOTIONS, LabelSet
from model.evaluation.crops import LabelledCrops, WholeFaceClassifier
from model.evaluation.dataset import Dataset, Integers, Picture
from model.evaluation.disturbances import DISTURBANCES, Disturbance, spoil_crops
from model.evaluation.intervals import LEVEL, RESAMPLES, SEED, bound, resample
from model.evaluation.metrics import (
    HEADLINES,
    PER_EMOTION,
    Numbers,
    Sums,
    describe_faces,
    tell_numbers,
    tell_reliability,
)
from model.faces import Floats

Advance = Callable[[int], None]
TIMED_BATCHES = 60


@dataclass(frozen=True)
class Measured:
    """Figures of one set of answers, and the same figures of every resample of its faces."""

    sums: Sums
    figures: dict[str, Numbers]
    resampled: dict[str, Numbers]

    @classmethod
    def of(
        cls, truth: Integers, probabilities: Floats, *, resamples: int = RESAMPLES, seed: int = SEED
    ) -> "Measured":
        """Measure `(n, 7)` probabilities against `(n,)` emotions."""
        faces = describe_faces(truth, probabilities)
        sums = Sums.over(faces)
        return cls(sums, sums.measure(), resample(faces, resamples, seed))

    def tell(self) -> dict[str, Any]:
        """Return figures, intervals, confusion and reliability for JSON."""
        names = (*HEADLINES, *PER_EMOTION)
        confusion = self.sums.confusion[0].astype(int)
        support = zip(EMOTIONS, confusion.sum(1).tolist(), strict=True)
        return {
            **{name: tell_numbers(self.figures[name][0]) for name in names},
            "support": {str(emotion): faces for emotion, faces in support},
            "intervals": {name: tell_interval(self.resampled[name]) for name in names},
            "emotions": [str(emotion) for emotion in EMOTIONS],
            "confusion": confusion.tolist(),
            "reliability": tell_reliability(self.sums),
        }

    def tell_change(self, plain: "Measured", name: str) -> dict[str, Any]:
        """Tell one figure, its interval, and how far it is from the plain one's, face by face.

        Both were resampled with the same seed, so the interval of the difference is of pairs and
        narrower than that of either.
        """
        change = self.figures[name] - plain.figures[name]
        return {
            name: tell_numbers(self.figures[name][0]),
            f"{name}_interval": tell_interval(self.resampled[name]),
            f"{name}_change": tell_numbers(change[0]),
            f"{name}_change_interval": tell_interval(self.resampled[name] - plain.resampled[name]),
        }


def tell_interval(resampled: Numbers) -> Any:  # noqa: ANN401 - a pair, or one for each emotion
    """Return `[low, high]`, or one per emotion, for JSON; None where it can't be known."""
    low, high = bound(resampled)
    if np.ndim(low):
        pairs = zip(EMOTIONS, low, high, strict=True)
        return {str(e): _pair(one, other) for e, one, other in pairs}
    return _pair(low, high)


def _pair(low: float, high: float) -> list[float] | None:
    return None if np.isnan(low) else [round(float(low), 6), round(float(high), 6)]


@dataclass(frozen=True)
class Examination:
    """One network, one label set, one set of faces: what is measured, and how."""

    classifier: WholeFaceClassifier
    faces: LabelledCrops
    labels: LabelSet
    resamples: int = RESAMPLES
    seed: int = SEED

    def answer(self, crops: Picture, advance: Advance = lambda _: None) -> Floats:
        """Classify crops as the product does, eight at a time: `(n, 7) float32`."""
        parts = [np.zeros((0, len(EMOTIONS)), np.float32)]
        for at in range(0, len(crops), BATCH):
            prepared = self.classifier.prepare(crops[at : at + BATCH])
            parts.append(self.classifier.classify(prepared, self.labels))
            advance(len(prepared))
        return np.concatenate(parts)

    def measure(self, probabilities: Floats) -> Measured:
        """Measure the network's answers to all faces."""
        truth = self.faces.truth
        return Measured.of(truth, probabilities, resamples=self.resamples, seed=self.seed)

    def measure_flip(self, plain: Floats, advance: Advance = lambda _: None) -> dict[str, Any]:
        """Average the answers to every face and its mirror image; tell what that changes."""
        mirrored = self.answer(np.ascontiguousarray(self.faces.crops[:, :, ::-1]), advance)
        flipped, before = self.measure(np.float32(0.5) * (plain + mirrored)), self.measure(plain)
        told: dict[str, Any] = {}
        for name in HEADLINES:
            told |= flipped.tell_change(before, name)
        return told

    def measure_robustness(
        self, plain: Floats, advance: Advance = lambda _: None
    ) -> list[dict[str, Any]]:
        """Spoil every face in every way; tell accuracy and macro-F1 at every level."""
        before = self.measure(plain)
        return [self._disturb(one, before, advance) for one in DISTURBANCES]

    def _disturb(
        self, disturbance: Disturbance, before: Measured, advance: Advance
    ) -> dict[str, Any]:
        levels = []
        for level in disturbance.levels:
            spoilt = self.measure(self.answer(spoil_crops(self.faces.crops, level), advance))
            changes = [spoilt.tell_change(before, name) for name in ("accuracy", "macro_f1")]
            recall = tell_numbers(spoilt.figures["recall"][0])
            row = {"level": level.name, "value": level.value, **changes[0], **changes[1]}
            levels.append(row | {"recall": recall})
        return {
            "name": disturbance.name,
            "unit": disturbance.unit,
            "plain": disturbance.plain,
            "levels": levels,
        }

    def time_face(self) -> float | None:
        """Return milliseconds a face: the median over batches of eight, one thread.

        The classifier alone, on prepared crops, as `make bench` times it.
        """
        if not len(self.faces):
            return None
        chosen = np.arange(BATCH) % len(self.faces)
        prepared = self.classifier.prepare(self.faces.crops[chosen])
        seconds = []
        for _ in range(TIMED_BATCHES):
            started = time.perf_counter()
            self.classifier.classify(prepared, self.labels)
            seconds.append(time.perf_counter() - started)
        return round(1000 * statistics.median(seconds[5:]) / BATCH, 3)


def describe_run(examination: Examination, dataset: Dataset, card: ModelCard) -> dict[str, Any]:
    """Tell what was measured on what, for JSON."""
    faces = examination.faces
    return {
        "n": len(faces),
        "labels": str(examination.labels),
        "dataset": dataset.name,
        "undecided": dataset.undecided,
        "agreement": dataset.agreement.tell() if dataset.agreement else None,
        "notes": dataset.notes,
        "network": card.name,
        "network_version": card.version,
        "bootstrap": {
            "level": LEVEL,
            "resamples": examination.resamples,
            "seed": examination.seed,
        },
        "skipped": len(faces.skipped),
        "unreadable": faces.unreadable,
        "skipped_pictures": faces.skipped,
    }
