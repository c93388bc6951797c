import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch: pip install torch==2.13.0")

from model.card import VectorScaling  # noqa: E402
from model.emotions import EMOTIONS, LabelSet  # noqa: E402
from model.training.calibration import (  # noqa: E402
    UnreachableRecall,
    calibrate,
    find_offsets,
    fit_scaling,
    hold_recall,
    scale_logits,
)

pytestmark = pytest.mark.training

PLAIN = VectorScaling(scale=(1.0,) * 7, bias=(0.0,) * 7)


def draw_faces(n: int = 4000, seed: int = 1):
    """Draw logits that are right about their own doubts, and emotions by them."""
    logits = 2 * torch.randn(n, 7, generator=torch.Generator().manual_seed(seed))
    chances = logits.softmax(1)
    emotions = torch.multinomial(chances, 1, generator=torch.Generator().manual_seed(seed))[:, 0]
    return logits, emotions


def recalls(logits, emotions) -> np.ndarray:
    told = logits.argmax(1)
    return np.array([float((told[emotions == e] == e).float().mean()) for e in range(7)])


def test_it_finds_the_temperature_that_was_lost():
    logits, emotions = draw_faces()
    fitted = fit_scaling(logits * 4, emotions)
    assert fitted.scale == pytest.approx([0.25] * 7, rel=0.1)
    assert fitted.bias == pytest.approx([0] * 7, abs=0.2)


def test_it_finds_the_bias_of_one_emotion():
    logits, emotions = draw_faces()
    fitted = fit_scaling(logits - torch.eye(7)[2], emotions)
    assert fitted.bias[2] - np.mean(np.delete(fitted.bias, 2)) == pytest.approx(1, abs=0.2)


def test_few_faces_keep_close_to_plain_temperature():
    logits, emotions = draw_faces(14)
    fitted = fit_scaling(logits, emotions)
    assert max(fitted.scale) < 3 * min(fitted.scale)
    assert np.abs(fitted.bias).max() < 1


def test_each_head_is_fitted_to_the_faces_that_its_labels_decide():
    logits, emotions = draw_faces()
    truth = torch.stack((torch.where(torch.arange(4000) < 2000, emotions, -1), emotions), 1)
    told = {LabelSet.CROWD: logits * 2, LabelSet.FER2013: logits / 2}
    fitted = calibrate(told, truth)
    assert np.mean(fitted[LabelSet.CROWD].scale) == pytest.approx(0.5, rel=0.15)
    assert np.mean(fitted[LabelSet.FER2013].scale) == pytest.approx(2, rel=0.15)
    assert calibrate(told, torch.full((4000, 2), -1)) == {}


def test_a_floor_lifts_the_recall_that_is_under_it_and_no_more_than_that():
    logits, emotions = draw_faces()
    logits = logits - 2 * torch.eye(7)[1]
    truth = torch.stack((emotions, emotions), 1)
    told = {LabelSet.FER2013: logits}
    assert recalls(logits, emotions)[1] < 0.3
    held = hold_recall({LabelSet.FER2013: PLAIN}, told, truth, 0.45)[LabelSet.FER2013]
    after = recalls(scale_logits(logits, held), emotions)
    assert after.min() >= 0.45
    assert held.recall_floor == 0.45


def test_a_floor_that_holds_already_moves_nothing():
    logits, emotions = draw_faces()
    truth = torch.stack((emotions, emotions), 1)
    held = hold_recall({LabelSet.FER2013: PLAIN}, {LabelSet.FER2013: logits}, truth, 0.1)
    assert held[LabelSet.FER2013].bias == PLAIN.bias


def test_the_crowds_rare_emotions_are_left_alone():
    logits = torch.zeros(100, 7)
    emotions = torch.tensor([1] * 10 + [6] * 90)
    logits[:, 6] = 1
    assert not find_offsets(logits.numpy(), emotions.numpy(), 0.5, enough=50).any()
    assert find_offsets(logits.numpy(), emotions.numpy(), 0.5, enough=1) is None


def test_recalls_that_exclude_each_other_are_said():
    logits, emotions = torch.zeros(20, 7), torch.arange(20) % 2
    truth = torch.stack((emotions, emotions), 1)
    with pytest.raises(UnreachableRecall, match=r"60%.*“fer2013”.*--recall-floor"):
        hold_recall({LabelSet.FER2013: PLAIN}, {LabelSet.FER2013: logits}, truth, 0.6)


def test_it_tells_seven_of_each():
    logits, emotions = draw_faces(100)
    fitted = fit_scaling(logits, emotions)
    assert len(fitted.scale) == len(fitted.bias) == len(EMOTIONS)
