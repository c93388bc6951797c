"""The running mean of a network's weights, which tells more than the last step's (Polyak 1992)."""

import torch
from torch import nn


@torch.no_grad()
def update_average(average: nn.Module, network: nn.Module, decay: float, taken: int) -> None:
    """Move `average` towards `network` by `1 - decay`; counters of batches are copied.

    In the first of all steps `taken` it moves further: a mean of few steps would else be mostly
    the weights before the first.
    """
    decay = min(decay, (1 + taken) / (10 + taken))
    ours, theirs = average.state_dict(), network.state_dict()
    for name, value in ours.items():
        if value.is_floating_point():
            value.lerp_(theirs[name], 1 - decay)
        else:
            value.copy_(theirs[name])
