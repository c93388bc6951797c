import numpy as np
import pytest

from model.classifier import EmotionClassifier
from model.emotions import EMOTIONS, Emotion
from model.evaluation import (
    UnusableDataset,
    confuse,
    list_labelled,
    measure_confusion,
    report,
    run_network,
)
from model.faces import Faces
from tests.pictures import jpeg, png, webp
from tests.tiny_network import tiny_card, write_tiny_network


@pytest.fixture
def classifier(tmp_path):
    return EmotionClassifier.load(write_tiny_network(tmp_path / "tiny.onnx", tiny_card()))


@pytest.fixture
def folder(tmp_path):
    """Bright pictures in `happy`, dark ones in `Sadness`, of all kinds and sizes."""
    root = tmp_path / "faces"
    for name, brightness in (("happy", 250), ("Sadness", 5)):
        (root / name / "deeper").mkdir(parents=True)
        (root / name / "1.jpg").write_bytes(jpeg(np.full((100, 80, 3), brightness, np.uint8)))
        (root / name / "2.png").write_bytes(png(np.full((48, 48), brightness, np.uint8)))
        (root / name / "deeper" / "3.WEBP").write_bytes(
            webp(np.full((20, 20, 3), brightness, np.uint8))
        )
    return root


def evaluate(folder, classifier, **options):
    return report(run_network(list_labelled(folder), classifier, **options), classifier.card)


def test_measures_a_network_on_pictures_of_any_kind_and_size(folder, classifier):
    told = evaluate(folder, classifier)
    assert (told["n"], told["accuracy"], told["macro_f1"]) == (6, 1.0, 1.0)
    assert told["recall"]["happy"] == 1.0
    assert told["recall"]["fear"] is None
    assert told["ms_per_face"] > 0
    assert (told["network_version"], told["skipped"]) == ("test-1", 0)


def test_rows_of_the_confusion_matrix_are_true_and_columns_told(folder, classifier):
    (folder / "angry").mkdir()
    (folder / "angry" / "dark.png").write_bytes(png(np.zeros((48, 48), np.uint8)))
    told = evaluate(folder, classifier)
    at = {emotion: i for i, emotion in enumerate(told["emotions"])}
    assert told["confusion"][at["angry"]][at["sad"]] == 1
    assert told["precision"]["sad"] == 0.75


def test_what_is_left_out_is_counted_and_named(folder, classifier):
    (folder / "happy" / "bad.jpg").write_text("no picture")
    (folder / "happy" / "notes.txt").write_text("about these faces")
    (folder / "loose.png").write_bytes(png(np.zeros((48, 48), np.uint8)))
    told = evaluate(folder, classifier)
    assert (told["n"], told["skipped"]) == (6, 3)
    named = " ".join(told["skipped_pictures"])
    assert all(name in named for name in ("bad.jpg", "notes.txt", "loose.png"))


def test_without_any_readable_face_there_are_no_numbers(tmp_path, classifier):
    (tmp_path / "faces" / "happy").mkdir(parents=True)
    (tmp_path / "faces" / "happy" / "bad.jpg").write_text("no picture")
    told = evaluate(tmp_path / "faces", classifier)
    assert (told["n"], told["accuracy"], told["macro_f1"], told["ms_per_face"]) == (0, *[None] * 3)


class LeftHalfFinder:
    """Finds a tiny face and a large one in the left half of wide pictures, none in others."""

    def find(self, picture):
        height, width = picture.shape[:2]
        if width <= height:
            return Faces.none()
        boxes = np.array([[width - 6, 0, 6, 6], [0, 0, height, height]], np.float32)
        return Faces(boxes, np.zeros((2, 5, 2), np.float32), np.ones(2, np.float32))


def test_with_a_finder_the_largest_face_counts_and_pictures_without_one_are_named(
    folder, classifier
):
    wide = np.zeros((50, 150, 3), np.uint8)
    wide[:, :75] = 250
    (folder / "happy" / "wide.png").write_bytes(png(wide))
    told = evaluate(folder, classifier, finder=LeftHalfFinder())
    assert (told["n"], told["accuracy"], told["skipped"]) == (1, 1.0, 6)
    assert "no face found" in told["skipped_pictures"][0]


def test_an_unknown_folder_is_named_with_the_emotions_that_are_known(folder):
    (folder / "bored").mkdir()
    with pytest.raises(UnusableDataset, match=r"bored names no emotion.*angry, disgust"):
        list_labelled(folder)


@pytest.mark.parametrize("name", ["nothing", "empty"])
def test_a_folder_without_faces_is_refused(tmp_path, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UnusableDataset, match=name):
        list_labelled(tmp_path / name)


def test_the_metrics_are_those_of_a_worked_example():
    # Three happy (two told so, one sad), one sad told happy: worked out by hand.
    happy, sad = EMOTIONS.index(Emotion.HAPPY), EMOTIONS.index(Emotion.SAD)
    told = measure_confusion(
        confuse(np.array([happy, happy, happy, sad]), np.array([happy, happy, sad, happy]))
    )
    assert told["accuracy"] == 0.5
    assert told["macro_f1"] == pytest.approx((4 / 6 + 0) / 2, abs=1e-6)
    assert told["recall"]["happy"] == pytest.approx(2 / 3, abs=1e-6)
    assert told["precision"]["happy"] == pytest.approx(2 / 3, abs=1e-6)
    assert told["recall"]["sad"] == 0
    assert told["recall"]["angry"] is None
