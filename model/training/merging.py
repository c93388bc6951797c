"""Several networks merged into one ONNX graph: their weighted mean, calibrated again."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from onnx import (
    ModelProto,
    NodeProto,
    TensorProto,
    compose,
    helper,
    numpy_helper,
    version_converter,
)

from model.card import ModelCard, VectorScaling
from model.classifier import OUTPUTS
from model.emotions import EMOTIONS, LABEL_SETS, LabelSet
from model.training.exporting.graph import OPSET, simplify
from model.training.members import Member

LEAST = 1e-7
"""Smallest probability whose logarithm is taken, far below what calibration can tell apart."""

Weights = Mapping[LabelSet, Sequence[float]]
"""How much each member counts for a label set, in the members' order; each sums to 1."""


class Merged:
    """A graph in the making: nodes and constants with names of their own."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []

    def add(self, kind: str, inputs: Sequence[str], output: str, **options: Any) -> str:  # noqa: ANN401 - whatever the operator takes
        """Add a node; return its output's name."""
        self.nodes.append(helper.make_node(kind, list(inputs), [output], name=output, **options))
        return output

    def hold(self, name: str, values: Sequence[float] | float) -> str:
        """Add a constant of float32; return its name."""
        self.constants.append(numpy_helper.from_array(np.asarray(values, np.float32), name))
        return name


def merge_members(
    members: Sequence[Member],
    weights: Weights,
    scalings: Mapping[LabelSet, VectorScaling],
    card: ModelCard,
) -> ModelProto:
    """Return one graph: crops as `card` says to calibrated mean probabilities of every member.

    A label set is told by the members that know it.
    """
    merged, domains = Merged(), dict[str, int]()
    told: dict[LabelSet, list[str]] = {labels: [] for labels in LABEL_SETS}
    for number, member in enumerate(members):
        proto, prefix = _rename(member.proto, f"member{number}/"), f"member{number}/"
        for opset in proto.opset_import:
            domains[opset.domain] = max(opset.version, domains.get(opset.domain, 0))
        _adapt_crops(merged, prefix, member.card, card, into=proto.graph.input[0].name)
        merged.nodes += proto.graph.node
        merged.constants += proto.graph.initializer
        for labels, output in member.outputs.items():
            told[labels].append(
                merged.add(
                    "Mul",
                    [
                        prefix + output,
                        merged.hold(f"{prefix}{labels}/weight", weights[labels][number]),
                    ],
                    f"{prefix}{labels}/weighted",
                )
            )
    known = [labels for labels in LABEL_SETS if told[labels]]
    names = [OUTPUTS[labels] for labels in known] if len(known) > 1 else ["probabilities"]
    for labels, name in zip(known, names, strict=True):
        _join(merged, labels, told[labels], scalings.get(labels), name)
    return _finish(merged, names, domains, card.side)


def _rename(proto: ModelProto, prefix: str) -> ModelProto:
    """Return a copy in our opset, with names of its own and constants that are no inputs."""
    copy = ModelProto()
    copy.CopyFrom(proto)
    constants = {tensor.name for tensor in copy.graph.initializer}
    inputs = [entry for entry in copy.graph.input if entry.name not in constants]
    del copy.graph.input[:]
    copy.graph.input.extend(inputs)
    main = next(opset.version for opset in copy.opset_import if opset.domain in {"", "ai.onnx"})
    if main != OPSET:
        copy = version_converter.convert_version(copy, OPSET)
    renamed: ModelProto = compose.add_prefix(copy, prefix)
    return renamed


def _adapt_crops(
    merged: Merged, prefix: str, theirs: ModelCard, ours: ModelCard, *, into: str
) -> None:
    """Turn our crops into a member's: side and normalisation."""
    crops = "crops"
    if theirs.side != ours.side:
        factor = theirs.side / ours.side
        sizes = merged.hold(f"{prefix}scales", [1, 1, factor, factor])
        crops = merged.add("Resize", [crops, "", sizes], f"{prefix}resized", mode="linear")
    factor, shift = ours.std / theirs.std, (ours.mean - theirs.mean) / theirs.std
    factors = merged.hold(f"{prefix}factor", factor)
    shifts = merged.hold(f"{prefix}shift", shift)
    merged.add("Mul", [crops, factors], f"{prefix}scaled")
    merged.add("Add", [f"{prefix}scaled", shifts], into)


def _join(
    merged: Merged, labels: LabelSet, told: list[str], scaling: VectorScaling | None, name: str
) -> None:
    """Sum the weighted probabilities, and calibrate their logarithms."""
    mean = merged.add("Sum", told, f"{labels}/mean")
    least = merged.hold(f"{labels}/least", LEAST)
    logits = merged.add(
        "Log", [merged.add("Max", [mean, least], f"{labels}/held")], f"{labels}/log"
    )
    if scaling is not None:
        scale = merged.hold(f"{labels}/scale", scaling.scale)
        bias = merged.hold(f"{labels}/bias", scaling.bias)
        logits = merged.add("Mul", [logits, scale], f"{labels}/scaled")
        logits = merged.add("Add", [logits, bias], f"{labels}/moved")
    merged.add("Softmax", [logits], name, axis=1)


def _finish(merged: Merged, names: list[str], domains: dict[str, int], side: int) -> ModelProto:
    opsets = [helper.make_opsetid(domain, version) for domain, version in sorted(domains.items())]
    graph = helper.make_graph(
        merged.nodes,
        "ensemble",
        [helper.make_tensor_value_info("crops", TensorProto.FLOAT, ["n", 1, side, side])],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", len(EMOTIONS)])
            for name in names
        ],
        merged.constants,
    )
    proto = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    onnx.checker.check_model(proto)
    return simplify(proto)
