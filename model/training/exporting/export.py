"""A checkpoint to one ONNX file: calibrated, traced, compared, measured, then written."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from onnx import ModelProto
from torch import Tensor, nn

from model.card import ModelCard
from model.emotions import LABEL_SETS
from model.training.calibration import HeadLogits, Scalings
from model.training.checkpoint import Checkpoint
from model.training.datasets import FaceDataset
from model.training.exporting.description import describe_checkpoint, name_dataset
from model.training.exporting.eight_bit import CALIBRATION_FACES, judge, quantise
from model.training.exporting.fitting import Say, fit_calibration
from model.training.exporting.graph import (
    CalibratedNetwork,
    MirroredNetwork,
    check_parity,
    trace_network,
)
from model.training.exporting.measuring import describe_accuracy, measure, tell_faces
from model.training.exporting.network_file import (
    describe_shares,
    describe_size,
    save_network,
    write_network,
)
from model.training.landmarks import give_points
from model.training.networks import count_points

PARITY_FACES = 256


class NotMirrored(ValueError):
    """The mirror image of a face was asked for where its facial points would have to turn too."""

    def __init__(self, network: str) -> None:
        super().__init__(
            f"“{network}” takes facial points, and mirror images of those are not exported. "
            "Leave out --mirror."
        )


@dataclass(frozen=True)
class Prepared:
    """A checkpoint's network with what it says of `valid`, ready to be traced.

    `valid` has facial points if the network wants them. `inputs` are, by the name of the network's
    input, the prepared crops `(n, 1, 48, 48)` and such points; `logits` are `(n, 2, 7)`.
    """

    checkpoint: Checkpoint
    network: nn.Module
    valid: FaceDataset
    inputs: dict[str, Tensor]
    logits: Tensor

    @classmethod
    def from_checkpoint(
        cls, checkpoint: Checkpoint, valid: FaceDataset, *, mirror: bool = False
    ) -> "Prepared":
        """Run the averaged network on `valid`, with `mirror` on the mirror images as well.

        Raises `UnreadableCheckpoint`, `UnknownNetwork`, `NotMirrored` and, where the network wants
        facial points, `FinderMissing` or `UnusableLandmarkNetwork`.
        """
        network = checkpoint.build_averaged_network()
        if mirror and count_points(network):
            raise NotMirrored(checkpoint.config.network)
        valid = give_points(network, valid, landmark_network=checkpoint.config.landmark_network)
        network = MirroredNetwork(network) if mirror else network
        crops = (valid.crops.float().div(255).unsqueeze(1) - checkpoint.mean) / checkpoint.std
        inputs = {"crops": crops}
        if valid.points is not None:
            inputs["points"] = valid.points
        with torch.no_grad():
            parts = (slice(at, at + 256) for at in range(0, len(crops), 256))
            logits = torch.cat([network(*(one[part] for one in inputs.values())) for part in parts])
        return cls(checkpoint, network, valid, inputs, logits)

    def head_logits(self) -> HeadLogits:
        """Return what each head says of `valid`."""
        return dict(zip(LABEL_SETS, self.logits.unbind(1), strict=True))

    def trace(self, scalings: Scalings) -> tuple[ModelProto, float]:
        """Return the graph and how far it is from torch. Raises `ParityFailed`."""
        network = CalibratedNetwork(self.network, scalings).eval()
        proto = trace_network(network, self.inputs)
        some = {name: tensor[:PARITY_FACES] for name, tensor in self.inputs.items()}
        return proto, check_parity(proto, network, some)


def export_checkpoint(
    checkpoint: Checkpoint,
    valid: FaceDataset,
    path: Path,
    *,
    version: str,
    data: Path,
    recall_floor: float | None = None,
    mirror: bool = False,
    say: Say = lambda _: None,
) -> tuple[ModelProto, ModelCard]:
    """Write the network with its card to `path`; nothing is written when a check fails.

    `valid` are the validation faces of the dataset at `data`. With `mirror` the file tells the
    mean of each crop and its mirror image. Raises `UnreachableRecall`, `NotMirrored`,
    `ParityFailed`, `UnreadableCheckpoint` and `UnusableNetwork`.
    """
    prepared = Prepared.from_checkpoint(checkpoint, valid, mirror=mirror)
    dataset = name_dataset(data, "valid")
    valid = prepared.valid
    scalings = fit_calibration(prepared.head_logits(), valid, recall_floor=recall_floor, say=say)
    proto, worst = prepared.trace(scalings)
    points = count_points(prepared.network)
    card = describe_checkpoint(checkpoint, scalings, version, points=points, mirror=mirror)
    card = write_network(proto, card, path, valid, dataset)
    say(f"the file as the product runs it: {describe_accuracy(card.measured)}")
    say(f"parity with torch: {worst:.1e} at most")
    say(describe_shares(card))
    say(describe_size(path))
    return proto, card


def export_eight_bit(
    proto: ModelProto,
    card: ModelCard,
    train: FaceDataset,
    valid: FaceDataset,
    path: Path,
    *,
    data: Path,
    say: Say = lambda _: None,
) -> bool:
    """Write an eight-bit copy to `path` if it is faster here and as good; say so either way."""
    if card.points:
        say("int8 NOT written: a network that takes facial points is only exported in float32.")
        return False
    dataset = name_dataset(data, "valid")
    faces = draw_faces(train, CALIBRATION_FACES)
    crops = (faces.crops.float().div(255).unsqueeze(1) - card.mean) / card.std
    small = quantise(proto, crops.numpy())
    card = card.model_copy(
        update={
            "version": f"{card.version}-int8",
            "description": f"{card.description} Computed in eight bits.",
        }
    )
    with TemporaryDirectory() as folder:
        trial = Path(folder) / "trial.onnx"
        save_network(small, card, trial)
        measured = measure(tell_faces(trial, valid), valid, dataset)
    verdict = judge(proto, small, crops.numpy(), card.measured, measured)
    if verdict.keep:
        write_network(small, card, path, valid, dataset)
    say(verdict.describe(path))
    return verdict.keep


def draw_faces(faces: FaceDataset, most: int) -> FaceDataset:
    """Return up to `most` faces, evenly spread over the dataset: the same ones every time."""
    chosen = torch.linspace(0, len(faces) - 1, min(most, len(faces))).long()
    return faces.take(chosen)
