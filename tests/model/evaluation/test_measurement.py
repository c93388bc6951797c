import numpy as np
import pytest

from model.classifier import EmotionClassifier, restore_crops
from model.emotions import EMOTIONS, Emotion, LabelSet
from model.evaluation import (
    Examination,
    UnusableDataset,
    confuse,
    cut_crops,
    list_labelled,
    measure_confusion,
)
from model.evaluation.disturbances import DISTURBANCES, spoil_crops
from model.evaluation.intervals import bound, resample
from model.evaluation.measurement import Measured, describe_run
from model.evaluation.metrics import HEADLINES, Sums, describe_faces
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


def examination(folder, classifier, **options):
    dataset = list_labelled(folder)
    faces = cut_crops(dataset, classifier, **options)
    return Examination(classifier, faces, LabelSet.CROWD, resamples=100), dataset


def evaluate(folder, classifier, **options):
    one, dataset = examination(folder, classifier, **options)
    told = one.measure(one.answer(one.faces.crops)).tell()
    return told | describe_run(one, dataset, classifier.card) | {"ms_per_face": one.time_face()}


def test_measures_a_network_on_pictures_of_any_kind_and_size(folder, classifier):
    told = evaluate(folder, classifier)
    assert (told["n"], told["accuracy"], told["macro_f1"]) == (6, 1.0, 1.0)
    assert told["recall"]["happy"] == 1.0
    assert told["recall"]["fear"] is None
    assert told["support"]["happy"] == 3
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
    assert (told["n"], told["skipped"], told["unreadable"]) == (6, 3, 1)
    named = " ".join(told["skipped_pictures"])
    assert all(name in named for name in ("bad.jpg", "notes.txt", "loose.png"))


def test_without_any_readable_face_there_are_no_numbers(tmp_path, classifier):
    (tmp_path / "faces" / "happy").mkdir(parents=True)
    (tmp_path / "faces" / "happy" / "bad.jpg").write_text("no picture")
    told = evaluate(tmp_path / "faces", classifier)
    assert (told["n"], told["accuracy"], told["macro_f1"], told["ms_per_face"]) == (0, *[None] * 3)
    assert told["intervals"]["accuracy"] is None


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


def test_prepared_crops_are_restored_exactly(classifier):
    crops = np.arange(256, dtype=np.uint8).repeat(9).reshape(1, 48, 48)
    assert (restore_crops(classifier.prepare(crops), classifier.card) == crops).all()


def test_an_unknown_folder_is_named_with_the_emotions_that_are_known(folder):
    (folder / "bored").mkdir()
    with pytest.raises(UnusableDataset, match=r"bored names no emotion.*angry, disgust"):
        list_labelled(folder)


def test_an_empty_emotion_folder_is_said(folder):
    (folder / "fear").mkdir()
    (note,) = list_labelled(folder).notes
    assert "fear” holds no picture" in note


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
    assert told["balanced_accuracy"] == pytest.approx(1 / 3, abs=1e-6)
    assert told["recall"]["happy"] == pytest.approx(2 / 3, abs=1e-6)
    assert told["precision"]["happy"] == pytest.approx(2 / 3, abs=1e-6)
    assert told["recall"]["sad"] == 0
    assert told["recall"]["angry"] is None


def test_confidence_loss_and_brier_are_those_of_a_worked_example():
    # Two faces told happy with 0.8, one of them sad: by hand.
    probabilities = np.zeros((2, 7))
    probabilities[:, 3], probabilities[:, 4] = 0.8, 0.2
    figures = Sums.over(describe_faces(np.array([3, 4]), probabilities)).measure()
    assert figures["ece"][0] == pytest.approx(0.3)
    assert figures["nll"][0] == pytest.approx(-(np.log(0.8) + np.log(0.2)) / 2)
    assert figures["brier"][0] == pytest.approx((0.04 + 0.04 + 0.64 + 0.64) / 2)


def test_intervals_hold_the_figure_as_often_as_they_say_and_repeat():
    random = np.random.default_rng(3)
    held = 0
    for _ in range(100):
        truth = random.integers(0, 7, 300)
        wrong = random.random(300) < 0.3
        told = np.eye(7)[np.where(wrong, (truth + 1) % 7, truth)]
        low, high = bound(resample(describe_faces(truth, told), 200)["accuracy"])
        held += low <= 0.7 <= high
    assert 88 <= held <= 99
    again = bound(resample(describe_faces(truth, told), 200)["accuracy"])
    assert again.tolist() == [low, high]


def test_every_headline_has_an_interval_around_it(folder, classifier):
    told = evaluate(folder, classifier)
    for name in HEADLINES:
        low, high = told["intervals"][name]
        assert low <= told[name] + 1e-6, name
        assert told[name] <= high + 1e-6, name


def test_a_symmetric_network_gains_nothing_from_mirror_images(folder, classifier):
    one, _ = examination(folder, classifier)
    flip = one.measure_flip(one.answer(one.faces.crops))
    assert flip["accuracy_change"] == 0
    assert flip["nll_change_interval"] == pytest.approx([0, 0], abs=1e-5)


def test_darkness_spoils_what_is_told_by_brightness(folder, classifier):
    one, _ = examination(folder, classifier)
    told = one.measure_robustness(one.answer(one.faces.crops))
    assert [row["name"] for row in told] == [d.name for d in DISTURBANCES]
    levels = {level["value"]: level for row in told for level in row["levels"] if row["plain"] == 0}
    assert levels[0.5]["accuracy_change"] == 0
    part = next(row for row in told if row["name"] == "covered part")
    assert part["levels"][0]["value"] is None


@pytest.mark.parametrize("disturbance", DISTURBANCES, ids=lambda one: one.name)
def test_every_disturbance_changes_faces_more_the_stronger_it_is(disturbance):
    random = np.random.default_rng(1)
    crops = random.integers(0, 255, (4, 12, 12), np.uint8).repeat(4, 1).repeat(4, 2)
    before = crops.copy()
    change = {
        level.value: float(np.abs(spoil_crops(crops, level) * 1.0 - crops).mean())
        for level in disturbance.levels
    }
    assert (crops == before).all()
    assert min(change.values()) > 0
    if disturbance.name in {"blur", "covered area"}:
        assert list(change.values()) == sorted(change.values())
    if disturbance.name in {"JPEG quality", "face size"}:
        assert change[disturbance.levels[-1].value] > change[disturbance.levels[0].value]


def test_nothing_random_is_in_the_figures():
    truth, told = np.arange(70) % 7, np.eye(7)[np.arange(70) // 3 % 7].astype(np.float32)
    assert Measured.of(truth, told).tell() == Measured.of(truth, told).tell()
