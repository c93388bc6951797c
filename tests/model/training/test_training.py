"""From a dataset to an ONNX file that the product loads: a whole training in seconds."""

import csv
import io
import json
import zipfile

import cv2
import numpy as np
import pytest
from rich.console import Console

torch = pytest.importorskip("torch", reason="needs torch: pip install torch==2.13.0")

import export_onnx  # noqa: E402
from model.classifier import EmotionClassifier  # noqa: E402
from model.emotions import EMOTIONS  # noqa: E402
from model.training import train  # noqa: E402
from model.training.augmentation import Augmentation  # noqa: E402
from model.training.checkpoint import Checkpoint, UnreadableCheckpoint  # noqa: E402
from model.training.datasets import UnreadableDataset, read_fer2013_zip  # noqa: E402
from model.training.networks import NETWORKS, UnknownNetwork, build_network  # noqa: E402

pytestmark = pytest.mark.training


def write_dataset(path, rows=None, *, faces=140):
    """Write a zip like FER2013's, in which an emotion is a brightness: anything can learn it."""
    random = np.random.default_rng(1)
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["file", "emotion"])
    with zipfile.ZipFile(path, "w") as archive:
        for split in ("train", "valid"):
            for n in range(faces):
                name, emotion = f"{split}/{n:05}.png", n % len(EMOTIONS)
                pixels = random.normal(20 + 35 * emotion, 4, (48, 48)).clip(0, 255)
                archive.writestr(name, cv2.imencode(".png", pixels.astype(np.uint8))[1].tobytes())
                writer.writerow([name, EMOTIONS[emotion]])
        archive.writestr("labels.csv", table.getvalue() if rows is None else rows)
    return path


@pytest.fixture
def dataset(tmp_path):
    return write_dataset(tmp_path / "faces.zip")


def run_training(dataset, folder, *more):
    return train.main(
        ["--data", str(dataset), "--run", str(folder), "--network", "tiny", "--batch", "20",
         "--epochs", "2", "--average-decay", "0.5", "--threads", "1", *more]
    )  # fmt: skip


def test_trains_exports_and_is_loaded_by_the_product(dataset, tmp_path, capsys):
    assert run_training(dataset, tmp_path / "run", "--epochs", "6") == 0
    metrics = [json.loads(line) for line in (tmp_path / "run/metrics.jsonl").open()]
    assert [row["epoch"] for row in metrics] == [1, 2, 3, 4, 5, 6]
    assert metrics[-1]["loss"] < metrics[0]["loss"]
    network = tmp_path / "emotion.onnx"
    asked = [
        str(tmp_path / "run/last.pt"),
        "--data",
        str(dataset),
        "--version",
        "9",
        "-o",
        str(network),
    ]
    assert export_onnx.main(asked) == 0
    card = EmotionClassifier.load(network).card
    assert (card.version, card.name) == ("9", "roomtone-tiny")
    assert card.measured[0].faces == 140
    assert card.measured[0].accuracy == pytest.approx(metrics[-1]["valid_accuracy"], abs=0.02)
    assert str(tmp_path) not in card.model_dump_json()


def test_a_run_goes_on_where_it_was_cut_off(dataset, tmp_path):
    run_training(dataset, tmp_path / "whole", "--epochs", "4")
    config, folder, _ = train.parse_arguments(
        ["--data", str(dataset), "--network", "tiny", "--batch", "20", "--epochs", "4",
         "--average-decay", "0.5", "--run", str(tmp_path / "cut")]
    )  # fmt: skip
    folder.mkdir()
    data = [read_fer2013_zip(dataset, split) for split in ("train", "valid")]
    cut = train.TrainingRun(config, folder, *data)
    cut.run(Console(quiet=True), at_most=2)
    run_training(dataset, folder, "--epochs", "4")
    whole, resumed = (Checkpoint.load(tmp_path / name / "last.pt") for name in ("whole", "cut"))
    assert resumed.epoch == 4
    for name, weights in whole.average.items():
        assert torch.allclose(weights, resumed.average[name], atol=1e-5), name


def test_resuming_with_other_settings_is_refused(dataset, tmp_path, capsys):
    run_training(dataset, tmp_path / "run")
    assert run_training(dataset, tmp_path / "run", "--learning-rate", "0.5") == 1
    assert "other settings" in capsys.readouterr().out.replace("\n", " ")


def test_a_broken_export_writes_nothing(dataset, tmp_path, monkeypatch, capsys):
    run_training(dataset, tmp_path / "run")
    monkeypatch.setattr(export_onnx, "PARITY", -1.0)
    target = tmp_path / "out" / "emotion.onnx"
    asked = [
        str(tmp_path / "run/last.pt"),
        "--data",
        str(dataset),
        "--version",
        "1",
        "-o",
        str(target),
    ]
    assert export_onnx.main(asked) == 1
    assert "nothing was written" in capsys.readouterr().err
    assert not target.exists()


def test_a_file_that_is_no_checkpoint_is_named(tmp_path):
    (tmp_path / "text.pt").write_text("not a checkpoint")
    with pytest.raises(UnreadableCheckpoint, match=r"text\.pt"):
        Checkpoint.load(tmp_path / "text.pt")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("file,emotion\ntrain/00000.png,grumpy\n", "line 2.*grumpy"),
        ("file,emotion\ntrain/00000.png,happy\ntrain/none.png,sad\n", "none.png"),
        ("picture,feeling\na,b\n", "line 2"),
        ("file,emotion\n", "no picture under train"),
    ],
)
def test_a_wrong_dataset_names_file_and_line(tmp_path, rows, said):
    path = write_dataset(tmp_path / "faces.zip", rows)
    with pytest.raises(UnreadableDataset, match=said):
        read_fer2013_zip(path, "train")


def test_a_missing_dataset_is_a_sentence(tmp_path, capsys):
    assert run_training(tmp_path / "none.zip", tmp_path / "run") == 1
    assert "none.zip" in capsys.readouterr().out.replace("\n", "")


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_maps_crops_to_seven_logits(name):
    assert build_network(name).eval()(torch.zeros(3, 1, 48, 48)).shape == (3, 7)


def test_an_unknown_network_is_named():
    with pytest.raises(UnknownNetwork, match="compact"):
        build_network("enormous")


def test_random_views_stay_crops():
    crops = torch.rand(64, 1, 48, 48)
    views = Augmentation().apply(crops)
    assert views.shape == crops.shape
    assert 0 <= float(views.min()) <= float(views.max()) <= 1
    assert not torch.equal(views, crops)


def test_mixed_targets_stay_distributions():
    targets = torch.eye(7)
    _, mixed = Augmentation().mix(torch.rand(7, 1, 48, 48), targets)
    assert mixed.sum(1) == pytest.approx(np.ones(7), abs=1e-5)
