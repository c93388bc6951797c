"""Which faces an epoch shows, and in which order."""

import torch
from torch import Tensor

from model.emotions import EMOTIONS
from model.training.config import Sampling


def draw_order(emotions: Tensor, sampling: str) -> Tensor:
    """Return the faces of one epoch, `(n,) int64`, as indices into `emotions` `(n,) int64`.

    Without sampling every face comes once. `balanced` draws with replacement so that every emotion
    that occurs is as likely as any other; rare faces then come several times, in other views.
    """
    if sampling == Sampling.NONE:
        return torch.randperm(len(emotions))
    counts = torch.bincount(emotions, minlength=len(EMOTIONS)).double()
    return torch.multinomial(1 / counts[emotions], len(emotions), replacement=True)
