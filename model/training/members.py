"""Members of an ensemble, and teachers: checkpoints and ONNX files read as the same thing."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
from numpy.typing import NDArray
from onnx import ModelProto
from torch import Tensor
from torch.nn import functional

from model.card import ModelCard, UnusableNetwork
from model.classifier import BATCH, EmotionClassifier, find_outputs
from model.emotions import EMOTIONS, LABEL_SETS, LabelSet
from model.runtime import open_network
from model.training.calibration import calibrate
from model.training.checkpoint import Checkpoint
from model.training.datasets import FaceDataset
from model.training.exporting.description import describe_checkpoint
from model.training.exporting.export import Prepared
from model.training.networks import build_network, count_points

Told = dict[LabelSet, NDArray[np.float32]]
"""Probabilities `(n, 7)` of some faces, per label set that a network knows."""


@dataclass(frozen=True)
class Member:
    """A network as ONNX, with what it is called and what it tells.

    `content` is a hash of the file it came from; `outputs` names the graph's output for each label
    set that it knows.
    """

    name: str
    content: str
    proto: ModelProto
    card: ModelCard
    outputs: dict[LabelSet, str]
    session: ort.InferenceSession

    @classmethod
    def read(cls, path: Path, valid: FaceDataset) -> "Member":
        """Read a checkpoint or an ONNX file; a checkpoint is calibrated on `valid`, as in export.

        Raises `UnusableNetwork`, `UnreadableCheckpoint`, `UnknownNetwork` and `ParityFailed`.
        """
        if not path.is_file():
            raise UnusableNetwork(
                f"There is no network at {path}. Give checkpoints (.pt) or ONNX files (.onnx)."
            )
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        if path.suffix.lower() == ".onnx":
            card = EmotionClassifier.load(path).card
            proto = onnx.load(path)
        else:
            proto, card = _trace_checkpoint(path, valid)
        session = open_network(proto.SerializeToString())
        outputs = find_outputs({output.name for output in session.get_outputs()}, card)
        if card.points or len(session.get_inputs()) > 1:
            raise _wants_more(path, "other inputs")
        return cls(str(path), content, proto, card, outputs, session)

    def tell(self, crops: Tensor) -> Told:
        """Map `(n, 1, s, s) float32` in [0, 1] to probabilities; other sides are resized to."""
        parts = list(self._run(crops))
        return {
            labels: np.concatenate([part[at] for part in parts])
            for at, labels in enumerate(self.outputs)
        }

    def _run(self, crops: Tensor) -> Iterator[list[NDArray[np.float32]]]:
        name, side = self.session.get_inputs()[0].name, self.card.side
        for at in range(0, len(crops), BATCH):
            some = crops[at : at + BATCH]
            sized = some
            if some.shape[-1] != side:
                sized = functional.interpolate(some, (side, side), mode="bilinear")
            prepared = (sized - self.card.mean) / self.card.std
            yield self.session.run(list(self.outputs.values()), {name: prepared.numpy()})


@dataclass(frozen=True)
class MemberTeacher:
    """A member as a `Teacher`: a head that it lacks is told as all zero."""

    member: Member

    def tell(self, crops: Tensor) -> Tensor:
        """Map `(n, 1, 48, 48) float32` in [0, 1] to probabilities `(n, 2, 7)`."""
        told = self.member.tell(crops)
        silent = np.zeros((len(crops), len(EMOTIONS)), np.float32)
        return torch.from_numpy(np.stack([told.get(labels, silent) for labels in LABEL_SETS], 1))


def scale_pixels(crops: Tensor) -> Tensor:
    """Map `(n, s, s) uint8` to `(n, 1, s, s) float32` in [0, 1]."""
    scaled: Tensor = crops.float().div(255).unsqueeze(1)
    return scaled


def _wants_more(path: Path, what: str) -> UnusableNetwork:
    return UnusableNetwork(
        f"{path} takes {what} beside crops; only networks that take crops alone can be combined or "
        "teach. Leave it out."
    )


def _trace_checkpoint(path: Path, valid: FaceDataset) -> tuple[ModelProto, ModelCard]:
    checkpoint = Checkpoint.load(path)
    if count_points(build_network(checkpoint.config.network)):
        raise _wants_more(path, "facial points")
    prepared = Prepared.from_checkpoint(checkpoint, valid)
    scalings = calibrate(prepared.head_logits(), valid.truth())
    proto, _ = prepared.trace(scalings)
    return proto, describe_checkpoint(checkpoint, scalings, path.stem)
