"""Two networks of the textbook kind, to measure the others by."""

import torch
from torch import Tensor, nn

from model.training.networks.compact import conv_norm
from model.training.networks.heads import Heads

SIDE = 48


class PlainCnn(nn.Module):
    """Four convolutions, each halving the picture, and three dense layers, the last one the heads.

    The arrangement of LeCun et al. (1998), with ReLU, max pooling and dropout as in
    Krizhevsky et al. (2012).
    """

    def __init__(
        self, widths: tuple[int, ...] = (32, 64, 128, 128), dense: tuple[int, int] = (256, 128)
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        width_in = 1
        for width in widths:
            layers += [nn.Conv2d(width_in, width, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
            width_in = width
        self.features = nn.Sequential(*layers)
        cells = (SIDE // 2 ** len(widths)) ** 2
        self.dense = nn.Sequential(
            nn.Linear(width_in * cells, dense[0]),
            nn.ReLU(),
            nn.Dropout(0.3),
            nn.Linear(dense[0], dense[1]),
            nn.ReLU(),
        )
        self.head = Heads(dense[1], 0.2)

    def forward(self, x: Tensor) -> Tensor:
        """Map crops `(n, 1, 48, 48)` to logits `(n, 2, 7)`."""
        logits: Tensor = self.head(self.dense(self.features(x).flatten(1)))
        return logits


class SimpleCnn(nn.Module):
    """Normalised 3x3 convolutions in pairs, pooled after each, and one mean over the face.

    Without dense layers (global average pooling, Lin et al. 2014) and with batch normalisation
    (Ioffe & Szegedy 2015).
    """

    def __init__(self, widths: tuple[int, ...] = (32, 64, 128)) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        width_in = 1
        for width in widths:
            layers += [conv_norm(width_in, width), nn.ReLU(), conv_norm(width, width), nn.ReLU()]
            layers.append(nn.MaxPool2d(2))
            width_in = width
        self.features = nn.Sequential(*layers)
        self.head = Heads(width_in, 0.2)

    def forward(self, x: Tensor) -> Tensor:
        """Map crops `(n, 1, 48, 48)` to logits `(n, 2, 7)`."""
        pooled = torch.mean(self.features(x), (2, 3))
        logits: Tensor = self.head(pooled)
        return logits
