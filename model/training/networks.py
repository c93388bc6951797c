"""Emotion networks by name. Torch only; knows neither data nor files.

Every network maps normalised crops `(n, 1, side, side) float32` to logits `(n, 7) float32`
in the order of `model.emotions.EMOTIONS`.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from model.emotions import EMOTIONS


class UnknownNetwork(ValueError):
    """A network name that is not in the table below."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no network “{name}”. Use one of: {', '.join(NETWORKS)}.")


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut (He et al. 2016), pooled when it halves the picture.

    The shortcut pools before its 1x1 convolution so that no pixel is dropped (He, T. et al. 2019).
    """

    def __init__(self, width_in: int, width: int, *, halve: bool) -> None:
        super().__init__()
        stride = 2 if halve else 1
        self.first = conv_norm(width_in, width, stride=stride)
        self.second = conv_norm(width, width)
        shortcut: list[nn.Module] = [nn.AvgPool2d(2)] if halve else []
        if width_in != width:
            shortcut += [nn.Conv2d(width_in, width, 1, bias=False), nn.BatchNorm2d(width)]
        self.shortcut = nn.Sequential(*shortcut)

    def forward(self, x: Tensor) -> Tensor:
        """Map `(n, width_in, h, w)` to `(n, width, h, w)`, or half of h and w."""
        y = self.second(torch.relu(self.first(x)))
        return torch.relu(y + self.shortcut(x))


def conv_norm(width_in: int, width: int, *, stride: int = 1) -> nn.Sequential:
    """Return a 3x3 convolution with batch normalisation."""
    return nn.Sequential(
        nn.Conv2d(width_in, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width)
    )


class CompactResNet(nn.Module):
    """Roomtone's own small residual network for 48x48 grey faces."""

    def __init__(
        self, stem: int, widths: tuple[int, ...], blocks: tuple[int, ...], dropout: float
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = [conv_norm(1, stem), nn.ReLU()]
        width_in = stem
        for width, count in zip(widths, blocks, strict=True):
            for index in range(count):
                layers.append(ResidualBlock(width_in, width, halve=index == 0))
                width_in = width
        self.features = nn.Sequential(*layers)
        self.head = nn.Sequential(nn.Dropout(dropout), nn.Linear(width_in, len(EMOTIONS)))

    def forward(self, x: Tensor) -> Tensor:
        """Map crops `(n, 1, 48, 48)` to logits `(n, 7)`."""
        logits: Tensor = self.head(self.features(x).mean((2, 3)))
        return logits


NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "compact": lambda: CompactResNet(24, (48, 96, 192), (2, 2, 1), dropout=0.2),
    "tiny": lambda: CompactResNet(8, (8, 16, 32), (1, 1, 1), dropout=0.0),
}
"""`compact` is what ships; `tiny` keeps the training smoke test to seconds."""


def build_network(name: str) -> nn.Module:
    """Make a freshly initialised network. Raises `UnknownNetwork`."""
    if name not in NETWORKS:
        raise UnknownNetwork(name)
    return NETWORKS[name]()
