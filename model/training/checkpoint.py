"""Checkpoints: everything a run needs to go on, or to be exported, in one file."""

import io
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import torch
from torch import nn

from model.training.config import TrainingConfig
from model.training.networks import build_network

__all__ = ["Checkpoint", "CheckpointNotSaved", "TrainingConfig", "UnreadableCheckpoint"]


class UnreadableCheckpoint(ValueError):
    """A checkpoint file that is missing, broken or of another run."""


class CheckpointNotSaved(OSError):
    """A checkpoint could not be written, as on a full disk; the one before it is still there."""


@dataclass
class Checkpoint:
    """One moment of a run. `average` is the running mean of the weights, which is what ships.

    `progress` is what the run remembers besides: its best epoch and its schedule.
    """

    config: TrainingConfig
    epoch: int
    mean: float
    std: float
    valid_accuracy: float
    network: dict[str, Any]
    average: dict[str, Any]
    optimizer: dict[str, Any] = field(default_factory=dict)
    random: dict[str, Any] = field(default_factory=dict)
    progress: dict[str, Any] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Write to `path` so that a crash leaves either the old file or the new one.

        Raises `CheckpointNotSaved`; then the old file is as it was.
        """
        encoded = io.BytesIO()  # torch's own writer hides the cause when the disk is full
        torch.save({**self.__dict__, "config": asdict(self.config)}, encoded)
        partial = path.with_suffix(".partial")
        try:
            with partial.open("wb") as file:
                file.write(encoded.getbuffer())
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        except OSError as error:
            with suppress(OSError):  # the file system is in trouble already
                partial.unlink()
            raise CheckpointNotSaved(
                f"{path} could not be written ({error.strerror or error}). "
                "The checkpoint of the epoch before is kept."
            ) from error

    @classmethod
    def load(cls, path: Path) -> "Checkpoint":
        """Read a checkpoint. Raises `UnreadableCheckpoint`."""
        if not path.is_file():
            raise UnreadableCheckpoint(f"There is no checkpoint at {path}.")
        try:
            stored = torch.load(path, weights_only=True, map_location="cpu")
            settings = stored["config"]
            checkpoint = cls(**{**stored, "config": _read_config(settings)})
        except UnreadableCheckpoint as error:
            raise UnreadableCheckpoint(
                f"{path} is no checkpoint for this version: {error}"
            ) from None
        except Exception as error:  # torch.load raises a dozen kinds; each means the same here
            # Torch's own words are not told: they advise loading it in an unsafe way.
            raise UnreadableCheckpoint(
                f"{path} is not a checkpoint of ours, or is damaged. Give another; in a run's "
                "folder, move it away to train from the start."
            ) from error
        return checkpoint

    def build_averaged_network(self) -> nn.Module:
        """Return the network with its averaged weights, in evaluation mode.

        Raises `UnreadableCheckpoint` when the weights are of another architecture.
        """
        network = build_network(self.config.network, self.config.points)
        load_weights(network, self.average, self.config.network)
        return network.eval()


def load_weights(network: nn.Module, weights: dict[str, Any], name: str) -> None:
    """Put weights into a network. Raises `UnreadableCheckpoint` when they are another's."""
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        raise UnreadableCheckpoint(
            f"The checkpoint's weights are not those of the network “{name}” as it is built today. "
            "It was written by another version of the architecture: use that version of Roomtone, "
            "or train anew."
        ) from error


def load_start(network: nn.Module, path: Path, name: str) -> None:
    """Give network `name` the averaged weights of a checkpoint of the same one to go on from.

    Raises `UnreadableCheckpoint`.
    """
    stored = Checkpoint.load(path)
    if stored.config.network != name:
        raise UnreadableCheckpoint(
            f"--start-from: {path} is of the network “{stored.config.network}”, and “{name}” is "
            f"trained. Give --network {stored.config.network}, or another checkpoint."
        )
    load_weights(network, stored.average, stored.config.network)


def _read_config(settings: dict[str, Any]) -> TrainingConfig:
    known = {item.name for item in fields(TrainingConfig)}
    if unknown := sorted(settings.keys() - known):
        raise UnreadableCheckpoint(
            f"it has settings that are not known here: {', '.join(unknown)}. Use the Roomtone that "
            "wrote it."
        )
    return TrainingConfig(**settings)
