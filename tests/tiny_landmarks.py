"""A tiny landmark network for tests, and an emotion network that reads its 468 points."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from model.card import METADATA_KEY
from model.classifier import OUTPUTS
from model.emotions import LABEL_SETS
from tests.tiny_network import tiny_card

GRID = np.stack(np.meshgrid(np.linspace(0.2, 0.8, 18), np.linspace(0.2, 0.7, 26)), -1)
POINTS = GRID.reshape(1, 468, 2).astype(np.float32)
"""Where it places the points of a black crop, as shares of the side, in the picture's order."""


def write_landmark_network(
    path: Path,
    *,
    side: int = 64,
    channels_first: bool = False,
    pixels: bool = True,
    depth: bool = True,
    points: int = 468,
    square: bool = True,
) -> Path:
    """Write a network that places a fixed grid, lower the brighter the picture's left half is."""
    unit = side if pixels else 1
    base = np.pad(POINTS[:, :points], ((0, 0), (0, 0), (0, int(depth)))) * unit
    step = np.zeros((1, 1, base.shape[2]), np.float32)
    step[..., 1] = 0.2 * unit
    height = side if square else side // 2
    shape = [1, 3, height, side] if channels_first else [1, height, side, 3]
    across = 3 if channels_first else 2
    constants = {
        "base": base.astype(np.float32),
        "step": step,
        "from": np.array([0]),
        "to": np.array([side // 2]),
        "axis": np.array([across]),
    }
    nodes = [
        helper.make_node("Slice", ["picture", "from", "to", "axis"], ["left"]),
        helper.make_node("ReduceMean", ["left"], ["light"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Mul", ["light", "step"], ["moved"]),
        helper.make_node("Add", ["base", "moved"], ["points"]),
        helper.make_node("ReduceMax", ["light"], ["is_face"], keepdims=1),
    ]
    graph = helper.make_graph(
        nodes,
        "landmarks",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, shape)],
        [
            helper.make_tensor_value_info("is_face", TensorProto.FLOAT, [1]),
            helper.make_tensor_value_info("points", TensorProto.FLOAT, list(base.shape)),
        ],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    _save(graph, path)
    return path


def write_pointed_network(path: Path) -> Path:
    """Write an emotion network for 468 points: happy when they are high, sad when low."""
    weights = np.zeros((2, 7), np.float32)
    weights[1, 3], weights[1, 4] = -10, 10
    nodes = [
        helper.make_node("ReduceMean", ["points"], ["raw"], axes=[1], keepdims=0),
        helper.make_node("IsNaN", ["raw"], ["unknown"]),
        helper.make_node("Where", ["unknown", "nothing", "raw"], ["place"]),
        helper.make_node("ReduceMean", ["crops"], ["light"], axes=[2, 3], keepdims=0),
        helper.make_node("Mul", ["light", "nothing"], ["none"]),
        helper.make_node("Add", ["place", "none"], ["seen"]),
        helper.make_node("MatMul", ["seen", "weights"], ["logits"]),
        *(helper.make_node("Softmax", ["logits"], [OUTPUTS[one]], axis=1) for one in LABEL_SETS),
    ]
    graph = helper.make_graph(
        nodes,
        "pointed",
        [
            helper.make_tensor_value_info("crops", TensorProto.FLOAT, ["n", 1, 48, 48]),
            helper.make_tensor_value_info("points", TensorProto.FLOAT, ["n", 468, 2]),
        ],
        [
            helper.make_tensor_value_info(OUTPUTS[one], TensorProto.FLOAT, ["n", 7])
            for one in LABEL_SETS
        ],
        [
            numpy_helper.from_array(weights, "weights"),
            numpy_helper.from_array(np.zeros(1, np.float32), "nothing"),
        ],
    )
    _save(graph, path, {METADATA_KEY: tiny_card(points=468).model_dump_json()})
    return path


def _save(graph: onnx.GraphProto, path: Path, metadata: dict[str, str] | None = None) -> None:
    network = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(network, metadata or {})
    onnx.save(network, path)
