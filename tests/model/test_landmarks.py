"""Facial points in a crop's own measure, and how they are found in bare crops."""

import numpy as np
import pytest

from model.card import UnusableNetwork
from model.classifier import EmotionClassifier
from model.faces import Faces
from model.landmarks import MIRRORED, locate_points, place_points, unknown_points
from tests.tiny_network import tiny_card, write_tiny_network

POINTS = np.array([[[30, 40], [70, 40], [50, 60], [35, 80], [65, 80]]], np.float32)


class FindsWhatItIsTold:
    """A finder that finds the same faces in any picture."""

    def __init__(self, faces):
        self.faces, self.seen = faces, []

    def find(self, picture):
        self.seen.append(picture.shape)
        return self.faces


def test_points_are_told_across_the_crop():
    placed = place_points(POINTS, np.array([[0, 0, 100]]))
    assert placed[0, 2] == pytest.approx([0, 0.2])
    assert placed[0, 0] == pytest.approx([-0.4, -0.2])


def test_points_do_not_depend_on_where_the_crop_is_or_how_large():
    placed = place_points(POINTS, np.array([[0, 0, 100]]))
    moved = place_points(3 * POINTS + 40, np.array([[40, 40, 300]]))
    assert moved == pytest.approx(placed, abs=1e-6)


def test_the_mirror_image_swaps_sides_and_twice_is_nothing():
    assert [MIRRORED[at] for at in MIRRORED] == [0, 1, 2, 3, 4]


def test_points_of_the_largest_face_are_taken():
    small, large = [0, 0, 20, 20], [32, 32, 192, 192]
    inside = POINTS[0] / 100 * 192 + 32
    finder = FindsWhatItIsTold(
        Faces(
            np.array([small, large], np.float32),
            np.stack([inside * 0, inside]).astype(np.float32),
            np.array([0.9, 0.5], np.float32),
        )
    )
    located = locate_points(np.zeros((2, 48, 48), np.uint8), finder)
    expected = place_points(POINTS, np.array([[0, 0, 100]]))[0]
    assert located == pytest.approx(np.stack([expected] * 2), abs=1e-5)
    assert len(finder.seen) == 2


def test_a_face_that_is_not_found_has_unknown_points():
    located = locate_points(np.zeros((1, 48, 48), np.uint8), FindsWhatItIsTold(Faces.none()))
    assert np.isnan(located).all()
    assert unknown_points(3).shape == (3, 5, 2)


def test_a_network_of_other_points_is_refused_in_a_sentence(tmp_path):
    path = write_tiny_network(tmp_path / "mesh.onnx", tiny_card(points=400))
    with pytest.raises(UnusableNetwork, match="400 facial points"):
        EmotionClassifier.load(path)


def test_a_card_that_says_points_of_a_network_without_is_refused(tmp_path):
    path = write_tiny_network(tmp_path / "plain.onnx", tiny_card(points=5))
    with pytest.raises(UnusableNetwork, match="does not take what its card says"):
        EmotionClassifier.load(path)
