"""Checkpoint to ONNX: `python export_onnx.py CHECKPOINT --data fer2013.zip --version 1.0`.

Writes one file with softmax, temperature and `ModelCard` inside, and refuses when ONNX Runtime's
probabilities differ from torch's by more than 1e-4. The accuracy on the card is measured with the
very file that is written. Needs the `training` extra.
"""

import argparse
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import ModelProto
from torch import Tensor, nn

from model.card import METADATA_KEY, Accuracy, ModelCard, UnusableNetwork
from model.classifier import EmotionClassifier
from model.emotions import EMOTIONS
from model.evaluation import confuse, measure_confusion
from model.runtime import open_network
from model.training.checkpoint import Checkpoint, UnreadableCheckpoint
from model.training.datasets import FaceDataset, UnreadableDataset, read_fer2013_zip

PARITY = 1e-4
OPSET = 17
CROP_SIDE = 1.2
"""FER2013's crops around CenterFace's boxes: the median over its training faces is 1 / 0.83."""

LIMITS = (
    "Tells visible expressions of posed and found photographs, not feelings, attention or "
    "understanding. Trained on one public collection of web pictures with noisy labels and unknown "
    "consent and demographics; accuracy on other people, ages and cameras is lower and uneven. "
    "Not for grading, attendance, discipline, appraisal or any decision about a person."
)


class ParityFailed(RuntimeError):
    """The exported file does not compute what the checkpoint does."""


class Exported(nn.Module):
    """A network with temperature and softmax: what the ONNX file computes."""

    def __init__(self, network: nn.Module, temperature: float) -> None:
        super().__init__()
        self.network, self.temperature = network, temperature

    def forward(self, crops: Tensor) -> Tensor:
        """Map `(n, 1, side, side)` to probabilities `(n, 7)`."""
        probabilities: Tensor = torch.softmax(self.network(crops) / self.temperature, 1)
        return probabilities


def fit_temperature(logits: Tensor, emotions: Tensor) -> float:
    """Find the temperature with the least negative log-likelihood (Guo et al. 2017).

    `logits` is `(n, 7)`, `emotions` `(n,)`. Without it, smoothed targets leave probabilities low.
    """
    candidates = torch.linspace(0.3, 3.0, 271)
    losses = [nn.functional.cross_entropy(logits / t, emotions) for t in candidates]
    return round(float(candidates[int(torch.stack(losses).argmin())]), 2)


def trace_network(network: Exported, side: int) -> ModelProto:
    """Trace to ONNX with a dynamic batch."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the newer one needs more
        path = Path(folder) / "traced.onnx"
        torch.onnx.export(
            network,
            (torch.zeros(1, 1, side, side),),
            path,
            input_names=["crops"],
            output_names=["probabilities"],
            dynamic_axes={"crops": {0: "n"}, "probabilities": {0: "n"}},
            opset_version=OPSET,
            dynamo=False,
        )
        return onnx.load(path)


def check_parity(proto: ModelProto, network: Exported, crops: Tensor) -> float:
    """Compare ONNX Runtime with torch on real crops. Raises `ParityFailed`."""
    session = open_network(proto.SerializeToString())
    with torch.no_grad():
        expected = network(crops).numpy()
    told = session.run(["probabilities"], {"crops": crops.numpy()})[0]
    worst = float(np.abs(told - expected).max())
    if not worst <= PARITY:
        raise ParityFailed(
            f"ONNX Runtime differs from torch by {worst:.2e} (at most {PARITY} is allowed); "
            "nothing was written."
        )
    return worst


def export_checkpoint(
    checkpoint: Checkpoint, valid: FaceDataset, path: Path, *, version: str
) -> ModelCard:
    """Write the network with its card to `path`; nothing is written when a check fails."""
    network = checkpoint.build_averaged_network()
    crops = (valid.crops.float().div(255).unsqueeze(1) - checkpoint.mean) / checkpoint.std
    with torch.no_grad():
        logits = torch.cat([network(crops[at : at + 256]) for at in range(0, len(crops), 256)])
    exported = Exported(network, fit_temperature(logits, valid.emotions)).eval()
    proto = trace_network(exported, crops.shape[-1])
    worst = check_parity(proto, exported, crops[:256])
    partial = path.with_suffix(".partial")
    try:
        card = _describe(checkpoint, exported.temperature, version, ())
        _write(proto, card, partial)
        measured = (measure(partial, valid),)
        card = _describe(checkpoint, exported.temperature, version, measured)
        _write(proto, card, partial)
        EmotionClassifier.load(partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    print(f"parity: {worst:.1e}; temperature: {exported.temperature}")
    return card


def measure(path: Path, valid: FaceDataset) -> Accuracy:
    """Measure a written file on `valid` as the product runs it."""
    classifier = EmotionClassifier.load(path)
    told = classifier.classify(classifier.prepare(valid.crops.numpy()))
    scores = measure_confusion(confuse(valid.emotions.numpy(), told.argmax(1)))
    return Accuracy(
        dataset="FER2013 valid (PublicTest), FER2013's own labels",
        faces=len(valid),
        accuracy=scores["accuracy"],
        macro_f1=scores["macro_f1"],
        recall=scores["recall"],
    )


def _describe(
    checkpoint: Checkpoint, temperature: float, version: str, measured: tuple[Accuracy, ...]
) -> ModelCard:
    config = checkpoint.config
    return ModelCard(
        name=f"roomtone-{config.network}",
        version=version,
        emotions=EMOTIONS,
        side=48,
        mean=checkpoint.mean,
        std=checkpoint.std,
        crop_side=CROP_SIDE,
        temperature=temperature,
        measured=measured,
        trained_on="FER2013 train (28,709 faces, Goodfellow et al. 2013), FER2013's own labels",
        description=(
            f"Network “{config.network}”, {checkpoint.epoch} of {config.epochs} epochs, batch "
            f"{config.batch}, SGD {config.learning_rate}, seed {config.seed}; temperature fitted "
            "on valid."
        ),
        limits=LIMITS,
    )


def _write(proto: ModelProto, card: ModelCard, path: Path) -> None:
    del proto.metadata_props[:]
    entry = proto.metadata_props.add()
    entry.key, entry.value = METADATA_KEY, card.model_dump_json()
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(proto, path)


def main(argv: list[str] | None = None) -> int:
    """Run the command; return the exit status."""
    parser = argparse.ArgumentParser(prog="python export_onnx.py", description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument(
        "--data", type=Path, required=True, help="zip whose valid split is measured"
    )
    parser.add_argument("--version", required=True, help="for the card, for example 1.0")
    parser.add_argument("-o", "--output", type=Path, default=Path("model/weights/emotion.onnx"))
    given = parser.parse_args(argv)
    try:
        card = export_checkpoint(
            Checkpoint.load(given.checkpoint),
            read_fer2013_zip(given.data, "valid"),
            given.output,
            version=given.version,
        )
    except (UnreadableCheckpoint, UnreadableDataset, ParityFailed, UnusableNetwork) as error:
        print(error, file=sys.stderr)
        return 1
    size = given.output.stat().st_size / 1e6
    print(f"{given.output}: {size:.2f} MB, valid accuracy {card.measured[0].accuracy:.2%}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
