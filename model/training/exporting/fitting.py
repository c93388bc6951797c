"""Calibration of a network's heads, told step by step with what it does to accuracy."""

from collections.abc import Callable

import torch

from model.emotions import EMOTIONS
from model.training.calibration import (
    HeadLogits,
    Scalings,
    calibrate,
    hold_recall,
    scale_logits,
)
from model.training.datasets import FaceDataset
from model.training.exporting.measuring import describe_accuracy, measure

Say = Callable[[str], None]


def fit_calibration(
    logits: HeadLogits, faces: FaceDataset, *, recall_floor: float | None, say: Say
) -> Scalings:
    """Fit every head on `faces`, and hold the recall floor if there is one.

    Says what each step does to accuracy, and which head can't be fitted. Raises
    `UnreachableRecall`.
    """
    scalings: Scalings = {}
    _tell("before calibration", logits, scalings, faces, say)
    scalings = calibrate(logits, faces.truth())
    for labels in logits.keys() - scalings:
        say(f"{labels}: no face of valid has such a label, so this head is not calibrated")
    _tell("after calibration", logits, scalings, faces, say)
    if recall_floor is None:
        return scalings
    held = hold_recall(scalings, logits, faces.truth(), recall_floor)
    for labels, scaling in held.items():
        moved = _describe_moves(scalings[labels].bias, scaling.bias)
        say(f"recall floor {recall_floor:.0%}, {labels}: {moved or 'no emotion is under it'}")
    _tell("with the recall floor", logits, held, faces, say)
    return held


def _tell(when: str, logits: HeadLogits, scalings: Scalings, faces: FaceDataset, say: Say) -> None:
    told = {
        labels: torch.softmax(
            scale_logits(one, scalings[labels]) if labels in scalings else one, 1
        ).numpy()
        for labels, one in logits.items()
    }
    say(f"{when}: {describe_accuracy(measure(told, faces, 'valid'))}")


def _describe_moves(before: tuple[float, ...], after: tuple[float, ...]) -> str:
    moves = zip(EMOTIONS, before, after, strict=True)
    return ", ".join(f"{emotion} {b - a:+.2f}" for emotion, a, b in moves if a != b)
