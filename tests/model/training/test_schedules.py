"""Rates, weights and draws: what each option does to a training, in numbers."""

import pytest

from model.training.config import TrainingConfig
from model.training.schedule import CosineSchedule, PlateauSchedule, build_schedule

torch = pytest.importorskip("torch", reason="needs torch: pip install torch==2.13.0")

from model.training.objective import (  # noqa: E402
    EFFECTIVE_BETA,
    head_losses,
    join_losses,
    weigh_emotions,
)
from model.training.sampling import draw_order  # noqa: E402

pytestmark = pytest.mark.training

RARE = torch.tensor([0] * 90 + [1] * 10)


def one_hot(emotions):
    return torch.nn.functional.one_hot(emotions, 7).float()[:, None].expand(-1, 2, 7)


def test_a_cosine_rises_then_falls_to_nothing():
    schedule = CosineSchedule(epochs=10, warm_up=2)
    rates = [schedule.factor(at) for at in (0, 1, 1.9, 2, 6, 10)]
    assert rates[:3] == sorted(rates[:3])
    assert 0 < rates[0] < 0.1
    assert rates[3:] == pytest.approx([1, 0.5, 0])


def test_a_run_without_warm_up_begins_at_the_highest_rate():
    config = TrainingConfig(warm_up_epochs=0, schedule="plateau")
    assert build_schedule(config).factor(0) == 1
    assert build_schedule(TrainingConfig(warm_up_epochs=0)).factor(0) == 1


def test_a_plateau_falls_only_after_epochs_without_progress():
    schedule = PlateauSchedule(warm_up=0, patience=2, shrink=0.5)
    rates = []
    for score in (0.5, 0.6, 0.6, 0.6, 0.7, 0.65, 0.7):
        schedule.note(score)
        rates.append(schedule.factor(9))
    assert rates == [1, 1, 1, 0.5, 0.5, 0.5, 0.25]


def test_balanced_weights_make_each_emotion_count_alike():
    targets = one_hot(RARE)
    weights = weigh_emotions(targets, "balanced")
    shares = (weights * targets).sum(0)
    assert shares[0, :2].tolist() == pytest.approx([50, 50])
    assert float((weights * targets).sum()) == pytest.approx(200)
    assert weights[0, 2:].tolist() == [0] * 5


def test_effective_numbers_lie_between_none_and_balanced():
    targets = one_hot(RARE.repeat(100))
    none, balanced, effective = (
        weigh_emotions(targets, kind)[0] for kind in ("none", "balanced", "effective")
    )
    assert none.tolist() == [1] * 7
    assert none[1] < effective[1] < balanced[1]
    numbers = [(1 - EFFECTIVE_BETA**n) / (1 - EFFECTIVE_BETA) for n in (9000, 1000)]
    assert float(effective[1] / effective[0]) == pytest.approx(numbers[0] / numbers[1], rel=1e-4)


def test_a_balanced_draw_shows_rare_emotions_as_often():
    torch.manual_seed(1)
    emotions = RARE.repeat(20)
    drawn = emotions[draw_order(emotions, "balanced")]
    assert len(drawn) == len(emotions)
    assert float(drawn.float().mean()) == pytest.approx(0.5, abs=0.05)
    assert sorted(draw_order(RARE, "none").tolist()) == list(range(100))


def test_a_face_without_votes_teaches_the_crowds_head_nothing():
    targets = one_hot(RARE).clone()
    targets[:, 0] = 0
    logits = torch.randn(100, 2, 7, requires_grad=True)
    losses = head_losses(logits, targets, torch.ones(2, 7))
    assert losses[0] == 0
    join_losses(losses, 0.5).backward()
    assert not logits.grad[:, 0].any()
    assert logits.grad[:, 1].any()
