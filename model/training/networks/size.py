"""How large a network is: its weights and the multiply-adds of one face."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class NetworkSize:
    """Trained weights, and multiply-adds of convolutions and dense layers for one 48x48 face."""

    parameters: int
    multiply_adds: int


def measure_size(network: nn.Module) -> NetworkSize:
    """Count a network's weights, and its multiply-adds while it reads one blank face."""
    counted = 0

    def count(layer: nn.Conv2d | nn.Linear, _: tuple[Tensor, ...], output: Tensor) -> None:
        nonlocal counted
        # Each value told costs one kernel, or one row of the matrix.
        counted += output[0].numel() * layer.weight[0].numel()

    layers = [m for m in network.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    was_training = network.training
    try:
        with torch.no_grad():
            network.eval()(*blank_inputs(network, 1).values())
    finally:
        network.train(was_training)
        for hook in hooks:
            hook.remove()
    return NetworkSize(sum(p.numel() for p in network.parameters()), counted)


def count_points(network: nn.Module) -> int:
    """Return how many facial points a network wants beside each crop, 0 for none."""
    points = getattr(network, "points", 0)
    return int(points)


def blank_inputs(network: nn.Module, faces: int) -> dict[str, Tensor]:
    """Return inputs by name that say nothing: blank crops and, if wanted, points at the centre."""
    inputs = {"crops": torch.zeros(faces, 1, 48, 48)}
    if points := count_points(network):
        inputs["points"] = torch.zeros(faces, points, 2)
    return inputs
