"""Training on invented faces: what is learnt, saved, gone on with and told."""

from dataclasses import replace

import pytest

torch = pytest.importorskip("torch", reason="needs torch: pip install torch==2.13.0")

from model.training.augmentation import Augmentation  # noqa: E402
from model.training.checkpoint import Checkpoint  # noqa: E402
from model.training.datasets import read_faces  # noqa: E402
from tests.model.training.invented_faces import write_zip  # noqa: E402
from tests.model.training.small_runs import (  # noqa: E402
    QUIET,
    TINY,
    Listener,
    read_metrics,
    start,
)

pytestmark = pytest.mark.training


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"optimizer": "adamw", "learning_rate": 0.003},
        {"optimizer": "adam", "learning_rate": 0.003, "schedule": "plateau"},
        {"emotion_weights": "balanced", "sampling": "balanced", "bfloat16": False},
        {"emotion_weights": "effective", "gradient_clip": 0.0, "crowd_share": 1.0},
    ],
    ids=str,
)
def test_the_loss_falls_and_everything_is_told(faces, tmp_path, changes):
    listener = Listener()
    config = replace(TINY, epochs=5, **changes)
    config.check()
    start(faces, tmp_path, config, trackers=[listener]).run(QUIET)
    metrics = read_metrics(tmp_path)
    assert [row["epoch"] for row in metrics] == [1, 2, 3, 4, 5]
    assert metrics[-1]["loss"] < metrics[0]["loss"]
    assert listener.epochs == metrics
    assert listener.config == vars(config)
    assert listener.summary["state"] == "finished"
    for part in (metrics[0], metrics[0]["train"]):
        for labels in ("crowd", "fer2013"):
            assert part[labels].keys() == {"loss", "faces", "accuracy", "macro_recall", "recall"}
            assert part[labels]["faces"] == 140
    assert metrics[0]["learning_rate"] > 0


def test_it_learns_ready_targets_instead_of_the_labels(faces, tmp_path):
    only_happy = torch.zeros(140, 2, 7)
    only_happy[:, :, 3] = 1
    run = start(faces, tmp_path, replace(TINY, epochs=6), targets=only_happy)
    run.run(QUIET)
    assert run.evaluate()["crowd"]["recall"]["happy"] == 1


def test_faces_without_votes_are_judged_by_their_label_alone(tmp_path):
    plain = read_faces(write_zip(tmp_path / "faces.zip"))
    run = start(plain, tmp_path / "run", replace(TINY, epochs=2))
    run.run(QUIET)
    metrics = read_metrics(tmp_path / "run")
    assert metrics[0]["crowd"]["faces"] == 0
    assert run.best == max(row["fer2013"]["accuracy"] for row in metrics)


def test_the_same_seed_gives_the_same_losses_also_across_a_break(faces, tmp_path):
    start(faces, tmp_path / "whole").run(QUIET)
    start(faces, tmp_path / "again").run(QUIET)
    start(faces, tmp_path / "cut").run(QUIET, at_most=2)
    resumed = start(faces, tmp_path / "cut")
    assert resumed.resume()
    resumed.run(QUIET)
    start(faces, tmp_path / "other", replace(TINY, seed=2)).run(QUIET)
    whole, again, cut, other = (
        [(row["loss"], row["crowd"], row["train"]) for row in read_metrics(tmp_path / name)]
        for name in ("whole", "again", "cut", "other")
    )
    assert whole == again == cut
    assert whole != other


def test_a_plateau_goes_on_after_a_break_as_without(faces, tmp_path):
    config = replace(TINY, schedule="plateau", plateau_patience=1, epochs=6, learning_rate=1e-9)
    start(faces, tmp_path / "whole", config).run(QUIET)
    start(faces, tmp_path / "cut", config).run(QUIET, at_most=4)
    resumed = start(faces, tmp_path / "cut", config)
    resumed.resume()
    resumed.run(QUIET)
    whole, cut = (
        [row["learning_rate"] for row in read_metrics(tmp_path / name)] for name in ("whole", "cut")
    )
    assert whole == cut
    assert whole[-1] < whole[2]


def test_it_stops_early_without_progress_and_stays_stopped(faces, tmp_path):
    listener = Listener()
    stuck = replace(TINY, learning_rate=1e-9, epochs=50, patience=2)
    run = start(faces, tmp_path, stuck, trackers=[listener])
    run.run(QUIET)
    assert run.epoch == run.best_epoch + 2 < 50
    assert listener.summary["state"] == "stopped_early"
    again = start(faces, tmp_path, stuck)
    again.resume()
    again.run(QUIET)
    assert again.epoch == run.epoch


def test_the_best_epoch_is_kept_beside_the_last(faces, tmp_path):
    run = start(faces, tmp_path)
    run.run(QUIET)
    best, last = (Checkpoint.load(tmp_path / name) for name in ("best.pt", "last.pt"))
    assert (best.epoch, best.valid_accuracy) == (run.best_epoch, run.best)
    assert last.epoch == 4


def test_random_views_stay_crops():
    crops = torch.rand(64, 1, 48, 48)
    views = Augmentation().apply(crops)
    assert views.shape == crops.shape
    assert 0 <= float(views.min()) <= float(views.max()) <= 1
    assert not torch.equal(views, crops)


def test_mixed_targets_stay_distributions():
    targets = torch.eye(7)[:, None].expand(7, 2, 7)
    _, mixed = Augmentation().mix(torch.rand(7, 1, 48, 48), targets)
    assert torch.allclose(mixed.sum(2), torch.ones(7, 2), atol=1e-5)
