"""Roomtone's own small residual networks."""

import torch
from torch import Tensor, nn

from model.training.networks.heads import Heads


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut (He et al. 2016), pooled when it halves the picture.

    The shortcut pools before its 1x1 convolution so that no pixel is dropped (He, T. et al. 2019).
    """

    def __init__(self, width_in: int, width: int, *, halve: bool, gate: bool = False) -> None:
        super().__init__()
        stride = 2 if halve else 1
        self.first = conv_norm(width_in, width, stride=stride)
        self.second = conv_norm(width, width)
        shortcut: list[nn.Module] = [nn.AvgPool2d(2)] if halve else []
        if width_in != width:
            shortcut += [nn.Conv2d(width_in, width, 1, bias=False), nn.BatchNorm2d(width)]
        self.shortcut = nn.Sequential(*shortcut)
        self.gate = ChannelGate(width) if gate else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """Map `(n, width_in, h, w)` to `(n, width, h, w)`, or half of h and w."""
        y = self.gate(self.second(torch.relu(self.first(x))))
        return torch.relu(y + self.shortcut(x))


class ChannelGate(nn.Module):
    """Squeeze and excitation (Hu et al. 2018): weigh every channel by what the whole face shows."""

    def __init__(self, width: int, reduction: int = 8) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(width, width // reduction, 1)
        self.excite = nn.Conv2d(width // reduction, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Map `(n, width, h, w)` to the same shape."""
        weights = torch.sigmoid(self.excite(torch.relu(self.squeeze(x.mean((2, 3), keepdim=True)))))
        return x * weights


def conv_norm(width_in: int, width: int, *, stride: int = 1) -> nn.Sequential:
    """Return a 3x3 convolution with batch normalisation."""
    return nn.Sequential(
        nn.Conv2d(width_in, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width)
    )


class CompactResNet(nn.Module):
    """Roomtone's own small residual network for 48x48 grey faces.

    `gated` tells, stage by stage, whether its blocks weigh their channels.
    """

    def __init__(
        self,
        stem: int,
        widths: tuple[int, ...],
        blocks: tuple[int, ...],
        gated: tuple[bool, ...],
        dropout: float,
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = [conv_norm(1, stem), nn.ReLU()]
        width_in = stem
        for width, count, gate in zip(widths, blocks, gated, strict=True):
            for index in range(count):
                layers.append(ResidualBlock(width_in, width, halve=index == 0, gate=gate))
                width_in = width
        self.features = nn.Sequential(*layers)
        self.head = Heads(width_in, dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Map crops `(n, 1, 48, 48)` to logits `(n, 2, 7)`."""
        logits: Tensor = self.head(self.features(x).mean((2, 3)))
        return logits
