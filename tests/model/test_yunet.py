"""YuNet is the user's own file; here one of the same shape that calls bright squares faces."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from model.finders import open_finder

STRIDES = (8, 16, 32)
WIDTHS = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}


@pytest.fixture(scope="module")
def yunet_file(tmp_path_factory):
    nodes, weights = [], []

    def constant(name, values):
        weights.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    for stride in STRIDES:
        pool = {"kernel_shape": [stride] * 2, "strides": [stride] * 2}
        nodes.append(helper.make_node("AveragePool", ["input"], [f"mean{stride}"], **pool))
        for name, width in WIDTHS.items():
            score = name in ("cls", "obj")
            gain = np.full((width, 3, 1, 1), 1 / 76.5 if score else 0, np.float32)
            lift = np.full(width, -7 if score else 0, np.float32)
            made = [f"{name}{step}{stride}" for step in ("conv", "squash", "last")]
            inputs = [f"mean{stride}", constant(f"{made[0]}w", gain), constant(f"{made[0]}b", lift)]
            nodes += [
                helper.make_node("Conv", inputs, [made[0]]),
                helper.make_node("Sigmoid" if score else "Identity", [made[0]], [made[1]]),
                helper.make_node("Transpose", [made[1]], [made[2]], perm=[0, 2, 3, 1]),
                helper.make_node(
                    "Reshape",
                    [made[2], constant(f"{made[0]}s", np.array([1, -1, width], np.int64))],
                    [f"{name}_{stride}"],
                ),
            ]
    outputs = [
        helper.make_tensor_value_info(f"{name}_{stride}", TensorProto.FLOAT, [1, None, width])
        for name, width in WIDTHS.items()
        for stride in STRIDES
    ]
    picture = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, 64, 64])
    graph = helper.make_graph(nodes, "yunet", [picture], outputs, weights)
    path = tmp_path_factory.mktemp("yunet") / "yunet.onnx"
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=8), path
    )
    return str(path)


def bright_square(x: int, y: int, *, width: int = 320, height: int = 240) -> np.ndarray:
    picture = np.zeros((height, width, 3), np.uint8)
    picture[y : y + 32, x : x + 32] = 255
    return picture


def test_boxes_are_in_the_pixels_of_the_frame(yunet_file):
    faces = open_finder(yunet_file).find(bright_square(160, 96))
    centres = faces.boxes[:, :2] + faces.boxes[:, 2:] / 2
    assert len(faces) > 0
    assert (np.abs(centres - [176, 112]) <= 20).all()
    assert faces.landmarks.shape == (len(faces), 5, 2)
    assert (np.diff(faces.scores) <= 0).all()


def test_a_scaled_look_still_answers_in_the_frames_pixels(yunet_file):
    picture = bright_square(160, 96).repeat(2, 0).repeat(2, 1)
    faces = open_finder(yunet_file, scale=0.5).find(picture)
    centres = faces.boxes[:, :2] + faces.boxes[:, 2:] / 2
    assert (np.abs(centres - [352, 224]) <= 40).all()


def test_a_dark_frame_has_no_faces(yunet_file):
    assert len(open_finder(yunet_file).find(np.zeros((100, 100, 3), np.uint8))) == 0


def test_threads_with_frames_of_other_sizes_do_not_disturb_each_other(yunet_file):
    finder = open_finder(yunet_file)
    pictures = [bright_square(64, 64, width=width) for width in (160, 320, 480, 640)] * 6
    alone = [finder.find(picture).boxes for picture in pictures]
    with ThreadPoolExecutor(4) as pool:
        together = [faces.boxes for faces in pool.map(finder.find, pictures)]
    assert all(np.array_equal(one, other) for one, other in zip(alone, together, strict=True))
