"""What a training does when something is wrong: says it, and keeps what was whole."""

import math
from dataclasses import replace

import pytest

torch = pytest.importorskip("torch", reason="needs torch: pip install torch==2.13.0")

from model.training.checkpoint import (  # noqa: E402
    Checkpoint,
    CheckpointNotSaved,
    UnreadableCheckpoint,
)
from model.training.config import WrongTrainingSetting  # noqa: E402
from model.training.loss_fault import LossNotFinite  # noqa: E402
from tests.model.training.small_runs import (  # noqa: E402
    QUIET,
    TINY,
    Listener,
    read_metrics,
    start,
)

pytestmark = pytest.mark.training


def test_a_loss_that_is_no_number_stops_at_once_and_keeps_the_epoch_before(faces, tmp_path):
    start(faces, tmp_path).run(QUIET, at_most=1)
    listener = Listener()
    run = start(faces, tmp_path, trackers=[listener])
    run.resume()
    run.targets[:] = math.nan
    with pytest.raises(LossNotFinite, match=r"loss is nan in epoch 2, batch 1.*learning-rate"):
        run.run(QUIET)
    assert listener.summary["state"] == "failed"
    assert Checkpoint.load(tmp_path / "last.pt").epoch == 1


def test_a_rate_that_is_far_too_high_is_said(faces, tmp_path):
    wild = replace(TINY, learning_rate=1e30, warm_up_epochs=0.0, gradient_clip=0.0)
    with pytest.raises(LossNotFinite, match=r"learning rate of 9\.97e\+29.*none is saved"):
        start(faces, tmp_path, wild).run(QUIET)


@pytest.mark.parametrize("name", ["last.partial", "best.partial", "metrics.jsonl"])
def test_a_full_disk_keeps_the_checkpoint_before(faces, tmp_path, name):
    start(faces, tmp_path).run(QUIET, at_most=1)
    whole = (tmp_path / "last.pt").read_bytes()
    lines = (tmp_path / "metrics.jsonl").read_text()
    run = start(faces, tmp_path)
    run.resume()
    run.best = 0.0
    (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / name).symlink_to("/dev/full")
    with pytest.raises(CheckpointNotSaved, match=r"No space left.*epoch before is kept"):
        run.run(QUIET)
    assert (tmp_path / "last.pt").read_bytes() == whole
    assert run.epoch == 1
    (tmp_path / name).unlink(missing_ok=True)
    if name == "metrics.jsonl":
        (tmp_path / name).write_text(lines)
    again = start(faces, tmp_path)
    again.resume()
    again.run(QUIET)
    assert [row["epoch"] for row in read_metrics(tmp_path)] == [1, 2, 3, 4]


def test_a_line_cut_off_in_the_middle_is_taken_back(faces, tmp_path):
    start(faces, tmp_path).run(QUIET, at_most=2)
    with (tmp_path / "metrics.jsonl").open("a") as log:
        log.write('{"epoch": 3, "lo')
    run = start(faces, tmp_path)
    run.resume()
    run.run(QUIET)
    assert [row["epoch"] for row in read_metrics(tmp_path)] == [1, 2, 3, 4]


def test_a_run_with_other_settings_is_refused_naming_each(faces, tmp_path):
    start(faces, tmp_path).run(QUIET, at_most=1)
    other = start(faces, tmp_path, replace(TINY, network="compact", learning_rate=0.5))
    with pytest.raises(UnreadableCheckpoint) as refused:
        other.resume()
    assert "--network was tiny, is now compact" in str(refused.value)
    assert "--learning-rate was 0.1, is now 0.5" in str(refused.value)
    assert "--epochs" not in str(refused.value)


def test_weights_of_another_architecture_are_refused(faces, tmp_path):
    start(faces, tmp_path).run(QUIET, at_most=1)
    stored = Checkpoint.load(tmp_path / "last.pt")
    replace(stored, config=replace(TINY, network="compact")).save(tmp_path / "other.pt")
    with pytest.raises(UnreadableCheckpoint, match="not those of the network “compact”"):
        Checkpoint.load(tmp_path / "other.pt").build_averaged_network()


def test_a_checkpoint_of_before_there_were_choices_means_what_was_done_then(faces, tmp_path):
    start(faces, tmp_path).run(QUIET, at_most=1)
    stored = torch.load(tmp_path / "last.pt", weights_only=True)
    for name in ("votes", "optimizer", "schedule", "patience", "gradient_clip", "sampling"):
        del stored["config"][name]
    del stored["progress"]
    torch.save(stored, tmp_path / "last.pt")
    run = start(faces, tmp_path)
    assert run.resume()
    assert run.best == Checkpoint.load(tmp_path / "best.pt").valid_accuracy
    run.run(QUIET)
    assert run.epoch == 4


@pytest.mark.parametrize("content", [b"not a checkpoint", b""])
def test_a_file_that_is_no_checkpoint_is_named(tmp_path, content):
    (tmp_path / "text.pt").write_bytes(content)
    with pytest.raises(UnreadableCheckpoint, match=r"text\.pt .* damaged") as refused:
        Checkpoint.load(tmp_path / "text.pt")
    assert "weights_only" not in str(refused.value)  # torch advises to load it unsafely
    with pytest.raises(UnreadableCheckpoint, match=r"no checkpoint at .*none\.pt"):
        Checkpoint.load(tmp_path / "none.pt")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"epochs": 0}, "--epochs must be at least 1"),
        ({"learning_rate": 0.0}, "--learning-rate must be above 0"),
        ({"crowd_share": 1.5}, "--crowd-share must be from 0 to 1"),
        ({"valid_share": 1.0}, "--valid-share must be between"),
        ({"learning_rate": float("inf")}, "--learning-rate must be a finite number"),
        ({"seed": -1}, "--seed must be from 0 to"),
        ({"patience": 0}, "--patience must be at least 1"),
        ({"optimizer": "magic"}, "--optimizer must be one of sgd, adam, adamw"),
    ],
)
def test_a_setting_out_of_range_is_named(changes, said):
    with pytest.raises(WrongTrainingSetting, match=said):
        replace(TINY, **changes).check()


@pytest.mark.parametrize("content", ["nonsense\n", "[]\n", None])
def test_metrics_that_no_training_wrote_are_named(faces, tmp_path, content):
    path = tmp_path / "metrics.jsonl"
    path.mkdir() if content is None else path.write_text(content)
    with pytest.raises((UnreadableCheckpoint, CheckpointNotSaved), match=r"metrics\.jsonl"):
        start(faces, tmp_path).resume()


def test_without_votes_the_other_head_has_the_whole_loss(faces, tmp_path):
    silent = replace(faces, train=replace(faces.train, votes=torch.zeros(len(faces.train), 8)))
    metrics = start(silent, tmp_path)
    metrics.run(QUIET, at_most=1)
    told = read_metrics(tmp_path)[0]
    assert told["loss"] == pytest.approx(told["train"]["fer2013"]["loss"], rel=1e-3)


def test_a_line_written_before_the_first_checkpoint_is_taken_back(faces, tmp_path):
    (tmp_path / "metrics.jsonl").write_text('{"epoch": 1, "loss": 2.0}\n')
    run = start(faces, tmp_path)
    assert not run.resume()
    run.run(QUIET, at_most=1)
    assert [row["epoch"] for row in read_metrics(tmp_path)] == [1]
