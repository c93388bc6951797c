"""What training makes small: the cross-entropy of both heads, weighed."""

import torch
from torch import Tensor
from torch.nn import functional

from model.emotions import EMOTIONS, LABEL_SETS, LabelSet
from model.training.config import EmotionWeights, WrongTrainingSetting

EFFECTIVE_BETA = 0.9999
"""How much a further face of an emotion still adds, as in Cui et al. 2019 for large sets."""


def weigh_emotions(targets: Tensor, kind: str) -> Tensor:
    """Return each emotion's weight per head, `(2, 7) float32`, from targets `(n, 2, 7)`.

    `balanced` is the inverse of the emotion's share; `effective` the inverse of its effective
    number of faces (Cui et al. 2019). Scaled so that the targets' mean weight is 1, and the
    learning rate keeps its meaning. An emotion that does not occur weighs nothing.
    """
    counts = targets.sum(0, dtype=torch.float64)
    if kind == EmotionWeights.NONE:
        return torch.ones(len(LABEL_SETS), len(EMOTIONS))
    numbers = counts
    if kind == EmotionWeights.EFFECTIVE:
        numbers = (1 - EFFECTIVE_BETA**counts) / (1 - EFFECTIVE_BETA)
    weights = torch.where(counts > 0, 1 / numbers.clamp(min=1e-9), 0.0)
    total = (weights * counts).sum(1, keepdim=True).clamp(min=1e-9)
    return (weights * counts.sum(1, keepdim=True) / total).float()


def head_losses(logits: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """Return the mean cross-entropy of each head, `(2,)`.

    `logits` and `targets` are `(n, 2, 7)`, `weights` `(2, 7)`. A face whose target is all zero in
    one head adds nothing there, and still counts as a face of the mean.
    """
    losses: Tensor = -(weights * targets * functional.log_softmax(logits, 2)).sum(2).mean(0)
    return losses


def find_crowd_share(targets: Tensor, wanted: float) -> float:
    """Return the crowd's part of the loss: `wanted`, or 0 if it says nothing of any face.

    The other head then gets the whole loss, so that the learning rate keeps its meaning. Raises
    `WrongTrainingSetting` where nothing at all would be learnt.
    """
    if bool(targets[:, LABEL_SETS.index(LabelSet.CROWD)].any()):
        return wanted
    if wanted == 1:
        raise WrongTrainingSetting(
            "--crowd-share 1 learns from the crowd's votes alone, and no face has any. Give FER+'s "
            "votes, or leave it out."
        )
    return 0.0


def join_losses(heads: Tensor, crowd_share: float) -> Tensor:
    """Return one loss of the heads' `(2,)`: the crowd's counts `crowd_share`."""
    crowd, single = heads
    joined: Tensor = crowd_share * crowd + (1 - crowd_share) * single
    return joined
