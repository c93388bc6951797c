"""Calibration: probabilities that are as often right as they say. Torch; knows no files.

Vector scaling (Guo et al. 2017, “On Calibration of Modern Neural Networks”): a head's logits become
`logits * scale + bias` before softmax, fitted on faces the network has not learned from. Every
scale is pulled towards one common scale, which is plain temperature, and every bias towards nought,
so that an emotion with few faces keeps close to what many faces say.
"""

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from model.card import VectorScaling
from model.emotions import EMOTIONS, LABEL_SETS, LabelSet

PRIOR_SPREAD = 0.5
"""Standard deviation that scales (as logarithms) and biases are expected to have: the pull."""

COMMON_SPREAD = 2.0
"""The same for the common scale: so wide that it only matters where every face is right, and the
likeliest scale would be infinite."""

ENOUGH_FACES = {LabelSet.CROWD: 50, LabelSet.FER2013: 1}
"""Faces an emotion needs before a recall floor is held for it. The crowd calls few faces disgusted
or afraid, and an offset fitted to a handful of faces is chance."""

MARGIN = 1e-3
"""By how much an offset clears the face it is fitted to, in logits: more than rounding."""

STEPS = (0.2, 0.1, 0.05)
"""Moves in logits that are tried for more accuracy; finer ones would follow single faces."""

MOST_OFFSET = 20.0
"""Logits; an offset above it means that the recalls wanted exclude each other."""

HeadLogits = Mapping[LabelSet, Tensor]
"""What the heads of a network tell of some faces: logits `(n, 7)` each."""
Scalings = dict[LabelSet, VectorScaling]
Doubles = NDArray[np.float64]
Integers = NDArray[np.int64]


class UnreachableRecall(ValueError):
    """No offsets lift every emotion's recall to the floor that was asked for."""

    def __init__(self, labels: LabelSet, floor: float) -> None:
        super().__init__(
            f"No offsets lift every emotion's recall to {floor:.0%} on the “{labels}” labels: the "
            "emotions exclude each other. Give a lower --recall-floor, or train longer."
        )


def calibrate(logits: HeadLogits, truth: Tensor) -> Scalings:
    """Fit every head to `truth`, `(n, 2)` with -1 for undecided.

    A head none of whose faces is decided is left out.
    """
    chosen = ((labels, *_decided(logits, truth, labels)) for labels in logits)
    return {labels: fit_scaling(told, true) for labels, told, true in chosen if len(true)}


def hold_recall(scalings: Scalings, logits: HeadLogits, truth: Tensor, floor: float) -> Scalings:
    """Lift the recall of every emotion to `floor`, on each calibrated head.

    Raises `UnreachableRecall`.
    """
    return {
        labels: lift_recall(scaling, *_decided(logits, truth, labels), floor, labels)
        for labels, scaling in scalings.items()
    }


def _decided(logits: HeadLogits, truth: Tensor, labels: LabelSet) -> tuple[Tensor, Tensor]:
    """Return one head's logits and emotions of the faces that its label set decides."""
    true = truth[:, LABEL_SETS.index(labels)]
    return logits[labels][true >= 0], true[true >= 0]


def fit_scaling(logits: Tensor, emotions: Tensor) -> VectorScaling:
    """Find the likeliest scale and bias of one head's `(n, 7)` logits for `(n,)` emotions."""
    told, count = logits.double(), len(EMOTIONS)
    found = torch.zeros(1 + 2 * count, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS(
        [found], max_iter=200, tolerance_grad=1e-9, line_search_fn="strong_wolfe"
    )

    def loss() -> Tensor:
        optimizer.zero_grad()
        scale, bias = (found[0] + found[1 : 1 + count]).exp(), found[1 + count :]
        pull = found[1:].square().sum() / (2 * PRIOR_SPREAD**2 * len(emotions))
        pull = pull + found[0].square() / (2 * COMMON_SPREAD**2 * len(emotions))
        total = functional.cross_entropy(told * scale + bias, emotions) + pull
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    fitted = found.detach()
    scale, bias = (fitted[0] + fitted[1 : 1 + count]).exp(), fitted[1 + count :]
    return VectorScaling(scale=_round(scale.tolist()), bias=_round(bias.tolist()))


def scale_logits(logits: Tensor, scaling: VectorScaling) -> Tensor:
    """Return `logits * scale + bias` of one head's `(n, 7)`."""
    scale, bias = torch.tensor(scaling.scale), torch.tensor(scaling.bias)
    return logits * scale.to(logits) + bias.to(logits)


def lift_recall(
    scaling: VectorScaling, logits: Tensor, emotions: Tensor, floor: float, labels: LabelSet
) -> VectorScaling:
    """Add to the bias offsets that lift each emotion's recall to `floor`, a share.

    They are as small as will do, then moved where that makes more faces right. Unchanged but for
    the note of the floor where no emotion is under it. Raises `UnreachableRecall`.
    """
    told, true = scale_logits(logits.double(), scaling).numpy(), emotions.numpy()
    offsets = find_offsets(told, true, floor, ENOUGH_FACES[labels])
    if offsets is None:
        raise UnreachableRecall(labels, floor)
    if offsets.any():
        offsets = regain_accuracy(told, true, offsets, floor, ENOUGH_FACES[labels])
    bias = _round([b + o for b, o in zip(scaling.bias, offsets, strict=True)])
    return VectorScaling(scale=scaling.scale, bias=bias, recall_floor=floor)


def find_offsets(logits: Doubles, emotions: Integers, floor: float, enough: int) -> Doubles | None:
    """Find the least offsets `(7,)`, none below 0, or None when there are none.

    An emotion under the floor gets the least offset that lifts it there beside the others' present
    ones. What one needs only grows with the others' offsets, so repeating this ends at the
    least offsets of all, the ones that turn the fewest faces to another emotion.
    """
    offsets = np.zeros(len(EMOTIONS))
    counts = np.bincount(emotions, minlength=len(EMOTIONS))
    held = [at for at in range(len(EMOTIONS)) if counts[at] >= enough]
    settled = False
    while not settled:
        settled = True
        for at in held:
            needed = _needed_offset(logits[emotions == at] + offsets, at, floor)
            if needed > 0:
                offsets[at] += needed
                settled = False
            if offsets[at] > MOST_OFFSET:
                return None
    return offsets


def regain_accuracy(
    logits: Doubles, emotions: Integers, offsets: Doubles, floor: float, enough: int
) -> Doubles:
    """Move offsets `(7,)` one at a time as long as more faces get right and no recall falls short.

    No recall may end under `floor` of an emotion with `enough` faces.
    """
    counts = np.bincount(emotions, minlength=len(EMOTIONS))
    wanted = np.where(counts >= enough, np.ceil(np.round(floor * counts, 9)), 0)

    def count_hits(at: Doubles) -> int:
        """Count the faces told right by a clear margin, or -1 when a recall falls short."""
        moved = logits + at
        own = moved[np.arange(len(moved)), emotions].copy()
        moved[np.arange(len(moved)), emotions] = -np.inf
        right = own - moved.max(1) >= MARGIN / 2
        short = np.bincount(emotions[right], minlength=len(EMOTIONS)) < wanted
        return -1 if short.any() else int(right.sum())

    most, moves = count_hits(offsets), np.eye(len(EMOTIONS))
    for step in STEPS:
        improved = True
        while improved:
            improved = False
            for move in (*moves * step, *moves * -step):
                hits = count_hits(offsets + move)
                if hits > most:
                    offsets, most, improved = offsets + move, hits, True
    return offsets


def _needed_offset(logits: Doubles, at: int, floor: float) -> float:
    """Return what emotion `at` must gain for `floor` of its own faces to be told as it, or 0."""
    others = np.delete(logits, at, axis=1).max(1)
    wanted = int(np.ceil(round(floor * len(logits), 9)))
    short = np.sort(others - logits[:, at])
    return float(short[wanted - 1]) + MARGIN if wanted and short[wanted - 1] >= 0 else 0.0


def _round(values: list[float]) -> tuple[float, ...]:
    """Round as the card tells them, so that card and network agree to the last digit."""
    return tuple(round(value, 4) for value in values)
