"""Checkpoints: everything a run needs to go on, or to be exported, in one file."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from model.training.networks import build_network


class UnreadableCheckpoint(ValueError):
    """A checkpoint file that is missing, broken or of another run."""


@dataclass(frozen=True)
class TrainingConfig:
    """What was trained and how; saved with the checkpoint so that a file explains itself."""

    network: str = "compact"
    data: str = ""
    epochs: int = 40
    batch: int = 128
    learning_rate: float = 0.1
    warm_up_epochs: float = 2.0
    weight_decay: float = 5e-4
    momentum: float = 0.9
    label_smoothing: float = 0.1
    crowd_share: float = 0.5
    average_decay: float = 0.998
    seed: int = 1
    bfloat16: bool = True
    limit: int | None = None


@dataclass
class Checkpoint:
    """One moment of a run. `average` is the running mean of the weights, which is what ships."""

    config: TrainingConfig
    epoch: int
    mean: float
    std: float
    valid_accuracy: float
    network: dict[str, Any]
    average: dict[str, Any]
    optimizer: dict[str, Any] = field(default_factory=dict)
    random: dict[str, Any] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Write to `path` so that a crash leaves either the old file or the new one."""
        partial = path.with_suffix(".partial")
        torch.save({**self.__dict__, "config": asdict(self.config)}, partial)
        partial.replace(path)

    @classmethod
    def load(cls, path: Path) -> "Checkpoint":
        """Read a checkpoint. Raises `UnreadableCheckpoint`."""
        try:
            stored = torch.load(path, weights_only=True)
            return cls(**{**stored, "config": TrainingConfig(**stored["config"])})
        except Exception as error:  # torch.load raises a dozen kinds; each means the same here
            raise UnreadableCheckpoint(f"{path} is not a checkpoint of ours: {error}") from error

    def build_averaged_network(self) -> nn.Module:
        """Return the network with its averaged weights, in evaluation mode."""
        network = build_network(self.config.network)
        network.load_state_dict(self.average)
        return network.eval()
