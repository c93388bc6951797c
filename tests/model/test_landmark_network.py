"""A landmark network of the user's own: what is taken, what is refused, and how it is served."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from model.classifier import EmotionClassifier
from model.faces import Faces
from model.landmark_network import LandmarkNetwork, UnusableLandmarkNetwork
from model.pipeline import FramePipeline
from model.pointed import MissingLandmarkNetwork, add_landmarks
from roomtone import app
from tests.pictures import png
from tests.tiny_landmarks import POINTS, write_landmark_network, write_pointed_network
from tests.tiny_network import tiny_card, write_tiny_network

DARK, LIGHT = (np.full((48, 48), level, np.uint8) for level in (0, 255))


@pytest.fixture
def landmark_file(tmp_path):
    return write_landmark_network(tmp_path / "landmarks.onnx")


@pytest.fixture
def pointed_file(tmp_path):
    return write_pointed_network(tmp_path / "pointed.onnx")


@pytest.mark.parametrize("channels_first", [True, False])
@pytest.mark.parametrize("pixels", [True, False])
@pytest.mark.parametrize("depth", [True, False])
@pytest.mark.parametrize("side", [32, 64])
def test_points_are_told_across_the_crop_whatever_the_file_speaks(
    tmp_path, channels_first, pixels, depth, side
):
    path = write_landmark_network(
        tmp_path / "any.onnx", channels_first=channels_first, pixels=pixels, depth=depth, side=side
    )
    located = LandmarkNetwork.load(path).locate(np.stack([DARK, LIGHT]))
    expected = 2 * POINTS[0] - 1
    assert located[0] == pytest.approx(expected, abs=1e-5)
    assert located[1] == pytest.approx(expected + np.array([0, 0.4]), abs=1e-5)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"points": 5}, r"answers with \(1,\), \(1, 5, 3\)"), ({"square": False}, "shape")],
)
def test_a_file_of_other_shapes_is_refused_with_what_it_must_be(tmp_path, wrong, said):
    path = write_landmark_network(tmp_path / "other.onnx", **wrong)
    with pytest.raises(UnusableLandmarkNetwork, match=f"{said}.*maps one square RGB picture"):
        LandmarkNetwork.load(path)


def test_what_is_no_landmark_network_is_refused(tmp_path):
    with pytest.raises(UnusableLandmarkNetwork, match="is not there"):
        LandmarkNetwork.load(tmp_path / "none.onnx")
    (tmp_path / "text.onnx").write_text("no network")
    with pytest.raises(UnusableLandmarkNetwork, match="can't be run"):
        LandmarkNetwork.load(tmp_path / "text.onnx")
    emotion = write_tiny_network(tmp_path / "emotion.onnx", tiny_card())
    with pytest.raises(UnusableLandmarkNetwork, match="takes pictures of the shape"):
        LandmarkNetwork.load(emotion)


class OneFace:
    """A finder that finds one face in the middle of a picture of 90 pixels."""

    smallest = 24.0

    def usual_scale(self, width, height):
        return 1.0

    def find(self, picture):
        return Faces(
            np.array([[20, 20, 50, 50]], np.float32),
            np.full((1, 5, 2), 45, np.float32),
            np.ones(1, np.float32),
        )


def test_the_pipeline_finds_the_points_in_each_faces_crop(landmark_file, pointed_file):
    classifier = add_landmarks(EmotionClassifier.load(pointed_file), landmark_file)
    pipeline = FramePipeline(OneFace(), classifier)
    told = [
        pipeline.read_picture(np.full((90, 90, 3), level, np.uint8)).emotions[0]
        for level in (0, 255)
    ]
    assert told == ["happy", "sad"]


def test_without_a_landmark_network_it_says_what_to_set(pointed_file):
    with pytest.raises(MissingLandmarkNetwork, match="ROOMTONE_LANDMARK_NETWORK"):
        FramePipeline.load(pointed_file)


def test_other_networks_never_open_the_file(tmp_path):
    plain = EmotionClassifier.load(write_tiny_network(tmp_path / "tiny.onnx", tiny_card()))
    assert add_landmarks(plain, tmp_path / "none.onnx") is plain


def test_evaluate_finds_them_and_says_so_when_it_can_not(tmp_path, landmark_file, pointed_file):
    for emotion, crop in (("happy", DARK), ("sad", LIGHT)):
        (tmp_path / "faces" / emotion).mkdir(parents=True)
        picture = np.repeat(crop[:, :, None], 3, 2)
        (tmp_path / "faces" / emotion / "one.png").write_bytes(png(picture))
    command = ["evaluate", str(tmp_path / "faces"), "--network", str(pointed_file)]
    told = CliRunner().invoke(app, [*command, "--landmark-network", str(landmark_file)])
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["accuracy"] == 1
    without = CliRunner().invoke(app, command)
    assert without.exit_code == 1
    assert "--landmark-network" in without.output


def test_analyze_says_what_is_missing(tmp_path, pointed_file):
    (tmp_path / "face.png").write_bytes(png(np.zeros((90, 90, 3), np.uint8)))
    command = ["analyze", str(tmp_path / "face.png"), "--network", str(pointed_file)]
    told = CliRunner().invoke(app, command)
    assert told.exit_code == 1
    assert "ROOMTONE_LANDMARK_NETWORK" in told.output
