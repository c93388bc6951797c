"""ONNX graphs of networks: traced from torch, simplified, and compared with torch."""

import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxslim
import torch
from onnx import ModelProto
from torch import Tensor, nn

from model.classifier import OUTPUTS
from model.emotions import EMOTIONS, LABEL_SETS
from model.runtime import open_network
from model.training.calibration import Scalings

OPSET = 17
PARITY = 1e-4
"""How far ONNX Runtime's probabilities may be from torch's."""

NAMES = [OUTPUTS[labels] for labels in LABEL_SETS]


class ParityFailed(RuntimeError):
    """The exported file does not compute what the checkpoint does."""

    def __init__(self, worst: float) -> None:
        super().__init__(
            f"ONNX Runtime's probabilities differ from torch's by {worst:.2e} (at most {PARITY} is "
            "allowed), so nothing was written."
        )


class CalibratedNetwork(nn.Module):
    """A network with calibration and softmax: what the ONNX file computes."""

    scale: Tensor
    bias: Tensor

    def __init__(self, network: nn.Module, scalings: Scalings) -> None:
        super().__init__()
        self.network = network
        scale, bias = torch.ones(2, len(EMOTIONS)), torch.zeros(2, len(EMOTIONS))
        for head, labels in enumerate(LABEL_SETS):
            if labels in scalings:
                scale[head] = torch.tensor(scalings[labels].scale)
                bias[head] = torch.tensor(scalings[labels].bias)
        self.register_buffer("scale", scale)
        self.register_buffer("bias", bias)

    def forward(self, *inputs: Tensor) -> tuple[Tensor, Tensor]:
        """Map crops `(n, 1, side, side)` to each head's probabilities, `(n, 7)`."""
        logits = self.network(*inputs) * self.scale + self.bias
        crowd, single = torch.softmax(logits, 2).unbind(1)
        return crowd, single


class MirroredNetwork(nn.Module):
    """A network that tells the mean logits of each crop and its mirror image.

    An expression has no left or right, so what differs between the two is chance. Costs twice the
    time. Networks that take facial points are not meant.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, crops: Tensor) -> Tensor:
        """Map crops `(n, 1, side, side)` to logits `(n, 2, 7)`."""
        logits: Tensor = self.network(torch.cat((crops, crops.flip(3))))
        return logits.reshape(2, -1, *logits.shape[1:]).mean(0)


def trace_network(network: CalibratedNetwork, inputs: dict[str, Tensor]) -> ModelProto:
    """Trace to a simplified ONNX graph with a dynamic batch, its inputs named as given."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # the newer exporter needs onnxscript, and is no better here
        path = Path(folder) / "traced.onnx"
        torch.onnx.export(
            network.eval(),
            tuple(tensor[:2] for tensor in inputs.values()),
            path,
            input_names=list(inputs),
            output_names=NAMES,
            dynamic_axes={name: {0: "n"} for name in (*inputs, *NAMES)},
            opset_version=OPSET,
            dynamo=False,
        )
        return simplify(onnx.load(path))


def simplify(proto: ModelProto) -> ModelProto:
    """Fold constants and normalisations, and take out what computes nothing."""
    slim: ModelProto = onnxslim.slim(proto)
    onnx.checker.check_model(slim)
    return slim


def check_parity(proto: ModelProto, network: CalibratedNetwork, inputs: dict[str, Tensor]) -> float:
    """Compare both outputs on real faces; return the largest difference. Raises `ParityFailed`."""
    session = open_network(proto.SerializeToString())
    with torch.no_grad():
        expected = network.eval()(*inputs.values())
    told = session.run(NAMES, {name: tensor.numpy() for name, tensor in inputs.items()})
    worst = max(
        float(np.abs(ours - theirs.numpy()).max())
        for ours, theirs in zip(told, expected, strict=True)
    )
    if not worst <= PARITY:
        raise ParityFailed(worst)
    return worst
