"""`roomtone train` as a user types it: sentences, exit codes, breaks, and a network that serves."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

torch = pytest.importorskip("torch", reason="needs torch: pip install torch==2.13.0")

import export_onnx  # noqa: E402
import roomtone  # noqa: E402
from model.classifier import EmotionClassifier  # noqa: E402
from model.emotions import LabelSet  # noqa: E402
from model.training.checkpoint import Checkpoint  # noqa: E402
from model.training.run_folder import RunFolder  # noqa: E402
from model.training_commands import RATES  # noqa: E402
from tests.model.training.invented_faces import (  # noqa: E402
    invent,
    write_folders,
    write_table,
    write_votes,
    write_zip,
)
from tests.model.training.small_runs import read_metrics  # noqa: E402
from tests.pictures import astronaut, jpeg  # noqa: E402
from tests.servers import running_server  # noqa: E402

pytestmark = pytest.mark.training

SMALL = ("--network", "tiny", "--batch", "20", "--average-decay", "0.5", "--threads", "1")


def train(data, run, *more):
    """Run the command; return its exit code and everything it said."""
    asked = ["train", "--data", str(data), "--run", str(run), *SMALL, *map(str, more)]
    done = CliRunner().invoke(roomtone.app, asked)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


# A job that a shell put into the background is born deaf to Ctrl-C.
HEARS_CTRL_C = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "import roomtone; roomtone.main()"
)


def start_process(data, run, *more):
    return subprocess.Popen(
        [sys.executable, "-c", HEARS_CTRL_C, "train", "--data", str(data), "--run", str(run),
         *SMALL, *more],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "COLUMNS": "200"},
    )  # fmt: skip


def wait_for_epoch(process, run: Path, epoch: int) -> None:
    for _ in range(1200):
        assert process.poll() is None, process.communicate()[0]
        if (run / "metrics.jsonl").exists() and len(read_metrics(run)) >= epoch:
            return
        time.sleep(0.05)
    raise AssertionError("No epoch within a minute.")


def test_two_epochs_on_500_faces_resumed_exported_and_served(tmp_path):
    data, run, network = tmp_path / "faces.zip", tmp_path / "run", tmp_path / "emotion.onnx"
    write_zip(data, faces=500, votes=True)
    process = start_process(data, run, "--epochs", "2")
    wait_for_epoch(process, run, 1)
    while not (run / "last.pt").exists():
        time.sleep(0.01)
    process.kill()
    process.communicate()
    code, said = train(data, run, "--epochs", "2")
    assert code == 0, said
    assert f"Going on in {run} after epoch 1" in said
    assert [row["epoch"] for row in read_metrics(run)] == [1, 2]
    assert Checkpoint.load(run / "last.pt").epoch == 2
    asked = [str(run / "best.pt"), "--data", str(data), "--version", "9", "-o", str(network)]
    assert export_onnx.main(asked) == 0
    classifier = EmotionClassifier.load(network)
    crops = classifier.prepare(np.stack([pixels for _, pixels in invent(14, seed=2)]))
    for labels in LabelSet:
        assert classifier.classify(crops, labels).sum(1) == pytest.approx(np.ones(14), abs=1e-4)
    with running_server(tmp_path / "data", ROOMTONE_NETWORK=str(network)) as server:
        told = server.teacher.post(
            "/api/v1/analyze", content=jpeg(astronaut()), headers={"Content-Type": "image/jpeg"}
        )
    assert told.status_code == 200
    assert len(told.json()["faces"]) == 1


def test_the_public_table_trains_and_exports_with_its_votes(tmp_path):
    table, votes = write_table(tmp_path / "fer2013.csv"), write_votes(tmp_path / "fer2013new.csv")
    run, network = tmp_path / "run", tmp_path / "emotion.onnx"
    code, said = train(table, run, "--votes", votes, "--epochs", 1, "--batch", 7)
    assert code == 0, said
    assert "14 faces to train on, 14 to validate on" in said
    assert read_metrics(run)[0]["crowd"]["faces"] == 14
    asked = [str(run / "last.pt"), "--data", str(table), "--version", "1", "-o", str(network)]
    assert export_onnx.main(asked) == 0
    assert {told.faces for told in EmotionClassifier.load(network).card.measured} == {14}


def test_folders_train_with_their_bad_pictures_named(tmp_path):
    folder = write_folders(tmp_path / "faces")
    (folder / "sad" / "4.png").write_bytes(b"no picture")
    code, said = train(folder, tmp_path / "run", "--epochs", 1)
    assert code == 1
    assert "4.png" in said
    assert "Traceback" not in said
    code, said = train(folder, tmp_path / "run", "--epochs", 1, "--skip-bad")
    assert code == 0, said
    assert "4.png" in said
    assert "for it (10 % of every emotion's, drawn by seed 1)" in said


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--network", "enormous"], "There is no network “enormous”"),
        (["--epochs", "0"], "--epochs must be at least 1"),
        (["--device", "cuda"], "There is no CUDA GPU here"),
        (["--learning-rate", "1e30", "--warm-up-epochs", "0"], "in epoch 1, batch"),
        (["--seed", str(10**30)], "--seed must be from 0 to"),
        (["--crowd-share", "1"], "no face has any"),
        (["--votes", "fer2013new.csv"], "--votes belongs to FER2013's table"),
    ],
)
def test_a_mistake_is_a_sentence(tmp_path, more, said):
    if "cuda" in more and torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    code, told = train(write_zip(tmp_path / "faces.zip"), tmp_path / "run", *more)
    assert code == 1
    assert said in told


def test_a_missing_dataset_is_a_sentence(tmp_path):
    code, said = train(tmp_path / "none.zip", tmp_path / "run")
    assert code == 1
    assert "There is nothing at" in said


def test_a_run_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    code, said = train(write_zip(tmp_path / "faces.zip"), tmp_path / "file" / "run")
    assert code == 1
    assert "cannot be made" in said


def test_other_settings_are_refused_and_named(tmp_path):
    data = write_zip(tmp_path / "faces.zip")
    assert train(data, tmp_path / "run", "--epochs", 1)[0] == 0
    code, said = train(data, tmp_path / "run", "--epochs", 1, "--seed", 5, "--optimizer", "adamw")
    assert code == 1
    assert "--seed was 1, is now 5" in said
    assert "--optimizer was sgd, is now adamw" in said
    assert f"--learning-rate was 0.1, is now {RATES['adamw']}" in said


def test_a_folder_where_another_training_is_going_on_is_refused(tmp_path):
    data, run = write_zip(tmp_path / "faces.zip"), tmp_path / "run"
    with RunFolder(run).lock():
        code, said = train(data, run, "--epochs", 1)
    assert code == 1
    assert f"Another training is going on in {run}" in said
    assert train(data, run, "--epochs", 1)[0] == 0


def test_what_can_be_known_is_said_before_the_faces_are_read(tmp_path):
    data, run = write_zip(tmp_path / "faces.zip", votes=True), tmp_path / "run"
    assert train(data, run, "--epochs", 1)[0] == 0
    unread = write_zip(tmp_path / "faces.zip", "no table")
    for more, expected in (
        (["--epochs", 2], "--epochs was 1, is now 2"),
        (["--network", "enormous"], "There is no network “enormous”"),
    ):
        code, said = train(unread, run, *more)
        assert (code, expected in said) == (1, True)
    start = ["--network", "plain_cnn", "--start-from", run / "last.pt"]
    code, said = train(unread, tmp_path / "other", *start)
    assert code == 1
    assert "is of the network “tiny”, and “plain_cnn” is trained" in said


def test_without_torch_it_says_how_to_install_it():
    hide = "import sys; sys.modules['torch'] = None; sys.argv[0] = 'roomtone'; import roomtone; "
    done = subprocess.run(
        [sys.executable, "-c", f"{hide} roomtone.main()", "train", "--data", "faces.zip"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "python -m pip install -e '.[training]'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_ctrl_c_keeps_the_whole_epochs_and_says_how_to_go_on(tmp_path):
    data, run = write_zip(tmp_path / "faces.zip"), tmp_path / "run"
    process = start_process(data, run, "--epochs", "5000")
    wait_for_epoch(process, run, 2)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[0]
    assert process.returncode == 130
    kept = Checkpoint.load(run / "last.pt").epoch
    assert f"holds everything up to epoch {kept} of 5000" in said
    assert "give the same command again" in said
    assert "Traceback" not in said


@pytest.mark.slow
def test_kill_9_in_an_epoch_costs_that_epoch_only(tmp_path):
    data = write_zip(tmp_path / "faces.zip", votes=True)
    assert train(data, tmp_path / "whole", "--epochs", 12)[0] == 0
    for epoch in (2, 5, 8):
        process = start_process(data, tmp_path / "cut", "--epochs", "12")
        wait_for_epoch(process, tmp_path / "cut", epoch)
        process.kill()
        process.communicate()
    code, said = train(data, tmp_path / "cut", "--epochs", 12)
    assert code == 0, said
    whole, cut = (
        [json.dumps({**row, "seconds": 0}) for row in read_metrics(tmp_path / name)]
        for name in ("whole", "cut")
    )
    assert whole == cut
