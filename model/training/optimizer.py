"""Optimizers by name."""

from typing import Any

import torch
from torch import nn

from model.training.config import Optimizer, TrainingConfig

ADAM_SECOND_MOMENT = 0.999
"""Adam's second decay rate, as its authors have it (Kingma & Ba 2015); the first is `momentum`."""


def build_optimizer(network: nn.Module, config: TrainingConfig) -> torch.optim.Optimizer:
    """Make the optimizer that a config asks for.

    SGD has Nesterov's momentum (Sutskever et al. 2013); AdamW decays weights apart from the
    gradient (Loshchilov & Hutter 2019).
    """
    groups = _decay_groups(network, config.weight_decay)
    if config.optimizer == Optimizer.SGD:
        return torch.optim.SGD(
            groups, lr=config.learning_rate, momentum=config.momentum, nesterov=config.momentum > 0
        )
    kind = torch.optim.Adam if config.optimizer == Optimizer.ADAM else torch.optim.AdamW
    return kind(groups, lr=config.learning_rate, betas=(config.momentum, ADAM_SECOND_MOMENT))


def _decay_groups(network: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Decay the matrices and kernels only, not biases and normalisation."""
    kernels = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim <= 1]
    return [
        {"params": kernels, "weight_decay": weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
