"""Eight-bit copies of a network: kept only when they are faster here and as good.

Static quantisation (Jacob et al. 2018) by ONNX Runtime: per channel, as QuantizeLinear and
DequantizeLinear pairs, ranges taken from training crops. Calibration and softmax stay in float32.
"""

import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from numpy.typing import NDArray
from onnx import ModelProto
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

from model.card import Accuracy
from model.classifier import BATCH
from model.runtime import open_network

MOST_LOSS = 0.003
"""Accuracy, as a share, that eight bits may cost on either head."""

CALIBRATION_FACES = 512
ROUNDS = 200
"""Timed runs of each network, in turns."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Verdict:
    """How an eight-bit copy compares with the float network.

    `ratio` is its time over the float network's, a median of runs in turns; `losses` what it loses
    of each head's accuracy, as shares.
    """

    ratio: float
    losses: dict[str, float]

    @property
    def keep(self) -> bool:
        """Whether it is faster and at most 0.3 points worse on either head."""
        return self.ratio < 1 and all(loss <= MOST_LOSS for loss in self.losses.values())

    def describe(self, path: Path) -> str:
        """Say whether it was written, and both figures."""
        losses = ", ".join(f"{head} {0 - 100 * loss:+.2f}" for head, loss in self.losses.items())
        told = (
            f"it takes {self.ratio:.2f} times the float network's time on this machine (batch "
            f"{BATCH}, one thread), accuracy {losses} points"
        )
        if self.keep:
            return f"int8 written as {path}: {told}."
        wanted = f"it must be faster and at most {100 * MOST_LOSS:.1f} points worse on either head"
        return f"int8 NOT written: {told}; {wanted}."


class _Crops(CalibrationDataReader):  # type: ignore[misc]  # the library has no types
    """Prepared crops `(n, 1, side, side)` in batches, as the quantiser asks for them."""

    def __init__(self, crops: Floats, name: str) -> None:
        self._batches = iter({name: crops[at : at + 32]} for at in range(0, len(crops), 32))

    def get_next(self) -> dict[str, Floats] | None:
        """Return the next batch, or None after the last."""
        return next(self._batches, None)


def quantise(proto: ModelProto, crops: Floats) -> ModelProto:
    """Return an eight-bit copy with ranges from prepared training crops `(n, 1, side, side)`."""
    with tempfile.TemporaryDirectory() as folder:
        whole, ready, small = (Path(folder) / name for name in ("whole", "ready", "small"))
        onnx.save(proto, whole)
        quant_pre_process(str(whole), str(ready), skip_symbolic_shape=True)
        quantize_static(
            str(ready),
            str(small),
            _Crops(crops, proto.graph.input[0].name),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=_find_tail(onnx.load(ready)),
        )
        return onnx.load(small)


def judge(
    proto: ModelProto,
    small: ModelProto,
    crops: Floats,
    before: tuple[Accuracy, ...],
    after: tuple[Accuracy, ...],
) -> Verdict:
    """Time both networks in turns on prepared `crops`, and compare what they were measured at."""
    reached = {one.labels: one.accuracy for one in after}
    losses = {str(one.labels): one.accuracy - reached[one.labels] for one in before}
    networks = [open_network(each.SerializeToString()) for each in (proto, small)]
    return Verdict(_time_in_turns(networks, crops[:BATCH]), losses)


def _time_in_turns(networks: list[ort.InferenceSession], crops: Floats) -> float:
    """Return the second network's time over the first's: a median, so that a hiccup counts once."""
    name = networks[0].get_inputs()[0].name
    ratios = []
    for turn in range(ROUNDS + 20):
        seconds = []
        for network in networks:
            started = time.perf_counter()
            network.run(None, {name: crops})
            seconds.append(time.perf_counter() - started)
        if turn >= 20:  # the first runs warm the caches
            ratios.append(seconds[1] / seconds[0])
    return statistics.median(ratios)


def _find_tail(proto: ModelProto) -> list[str]:
    """Name the nodes after the last weights: heads' calibration and softmax."""
    makers = {output: node for node in proto.graph.node for output in node.output}
    open_ends, tail = [output.name for output in proto.graph.output], list[str]()
    while open_ends:
        node = makers.get(open_ends.pop())
        if node is None or node.op_type in {"Gemm", "MatMul", "Conv"} or node.name in tail:
            continue
        tail.append(node.name)
        open_ends += node.input
    return tail
