"""Tiny emotion networks for tests: real ONNX files, run by the real ONNX Runtime."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from model.card import METADATA_KEY, Accuracy, ModelCard
from model.classifier import OUTPUTS
from model.emotions import EMOTIONS, LABEL_SETS, LabelSet


def tiny_card(**changes: object) -> ModelCard:
    card = ModelCard(
        name="tiny",
        version="test-1",
        emotions=EMOTIONS,
        side=48,
        mean=0.5,
        std=0.25,
        crop_side=1.2,
        temperature=1.0,
        measured=(Accuracy(dataset="none", faces=1, accuracy=0, macro_f1=0, recall={}),),
        trained_on="nothing",
        description="Bright crops are happy, dark ones sad.",
        limits="For tests.",
    )
    return card.model_copy(update=changes)


def write_tiny_network(
    path: Path,
    card: ModelCard | None,
    *,
    outputs: int = 7,
    heads: tuple[LabelSet, ...] = LABEL_SETS,
) -> Path:
    """Write a network that calls bright crops happy and dark ones sad.

    The crowd's head is the surer one. With one head only, its output is `probabilities`.
    """
    names = [OUTPUTS[head] for head in heads] if len(heads) > 1 else ["probabilities"]
    weights = np.zeros((1, outputs), np.float32)
    weights[0, 3], weights[0, 4] = 2.0, -2.0
    nodes = [helper.make_node("ReduceMean", ["crops"], ["mean"], axes=[2, 3], keepdims=0)]
    told, constants = [], []
    for head, name in zip(heads, names, strict=True):
        nodes.append(helper.make_node("MatMul", ["mean", f"{head} weights"], [f"{head} logits"]))
        nodes.append(helper.make_node("Softmax", [f"{head} logits"], [name], axis=1))
        told.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", outputs]))
        surer = weights if head is LabelSet.CROWD else weights / 2
        constants.append(numpy_helper.from_array(surer, f"{head} weights"))
    crops = helper.make_tensor_value_info("crops", TensorProto.FLOAT, ["n", 1, 48, 48])
    graph = helper.make_graph(nodes, "tiny", [crops], told, constants)
    network = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    if card is not None:
        helper.set_model_props(network, {METADATA_KEY: card.model_dump_json()})
    onnx.save(network, path)
    return path
