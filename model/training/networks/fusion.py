"""A network that joins what it sees in a crop with where the facial points are."""

import torch
from torch import Tensor, nn

from model.training.networks.compact import CompactResNet
from model.training.networks.geometry import count_features, describe_points
from model.training.networks.heads import Heads


class LandmarkFusion(nn.Module):
    """The compact network's features beside those of facial points, joined before the heads.

    `points` is how many points a face has. A face without points (nan) is told from its crop:
    in training the points of some faces are withheld so that the network learns to.
    """

    def __init__(self, points: int = 5, withheld: float = 0.1) -> None:
        super().__init__()
        self.points, self.withheld = points, withheld
        compact = CompactResNet(16, (32, 64, 128), (2, 2, 2), (False, True, True), 0.0)
        self.features = compact.features
        self.shape = nn.Sequential(
            nn.Linear(count_features(points), 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU()
        )
        self.head = Heads(128 + 32, 0.2)

    def forward(self, x: Tensor, points: Tensor) -> Tensor:
        """Map crops `(n, 1, 48, 48)` and points `(n, k, 2)`, -1 to 1, to logits `(n, 2, 7)`."""
        # Shape is a matter of small differences, which bfloat16 would round away.
        with torch.autocast(x.device.type, enabled=False):
            told = describe_points(points.float())
        if self.training:
            keep = torch.rand(len(told), 1, device=told.device) >= self.withheld
            told = told * keep
        seen = torch.mean(self.features(x), (2, 3))
        logits: Tensor = self.head(torch.cat((seen, self.shape(told)), 1))
        return logits
