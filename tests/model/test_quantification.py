import numpy as np
import pytest
from pydantic import ValidationError

from model.class_mood import cross_fit_class_mood, measure_class_mood
from model.emotions import EMOTIONS
from model.quantification import ShareEstimator, TooFewFaces, even_out, fit_estimator
from tests.invented_faces import COMMON, invent_faces

NEUTRAL = len(EMOTIONS) - 1


@pytest.fixture(scope="module")
def faces():
    return invent_faces(3000, seed=1)


@pytest.fixture(scope="module")
def estimator(faces):
    return fit_estimator(*faces)


def estimate(estimator, probabilities):
    means = probabilities.mean(0)[None], even_out(probabilities).mean(0)[None]
    return estimator.estimate(*means, np.array([float(len(probabilities))]))


def of(emotion, faces, n):
    probabilities, truth = faces
    return probabilities[truth == emotion][:n]


def test_a_class_of_one_emotion_is_told_so_where_counting_says_otherwise(estimator):
    others = invent_faces(4000, seed=9)
    for emotion in (0, 4, NEUTRAL):
        found = estimate(estimator, of(emotion, others, 30))
        assert found.shares[0, emotion] > 0.85
        assert found.high[0, emotion] > 0.95


@pytest.mark.parametrize("sureness", [1.5, 3.0, 6.0])
@pytest.mark.parametrize("bias", [0.0, 1.5])
def test_never_worse_than_counting_in_either_mix(sureness, bias):
    learnt = fit_estimator(*invent_faces(3000, seed=2, sureness=sureness, bias=bias))
    others = invent_faces(3000, seed=3, sureness=sureness, bias=bias)
    for figures in measure_class_mood(*others, learnt, groups=300).values():
        assert figures.estimated <= figures.counting


def test_intervals_hold_the_truth_as_often_as_they_say():
    figures = measure_class_mood(
        *invent_faces(4000, seed=5), fit_estimator(*invent_faces(4000, seed=4)), groups=500
    )
    for one in figures.values():
        assert 0.92 <= one.coverage <= 0.985


def test_fitting_across_folds_says_how_far_folds_differ(faces):
    figures = cross_fit_class_mood(*faces, groups=100, repeats=2)
    for one in figures.values():
        assert one.groups >= 100
        assert one.spread > 0


def test_the_same_seed_measures_the_same(faces, estimator):
    one, other = (measure_class_mood(*faces, estimator, groups=50) for _ in range(2))
    assert one == other


def test_shares_are_shares_whatever_is_seen(estimator):
    random = np.random.default_rng(0)
    odd = np.vstack([np.eye(7), random.dirichlet(np.full(7, 0.2), size=50), np.full((1, 7), 1 / 7)])
    found = estimator.estimate(odd, even_out(odd), np.full(len(odd), 5.0))
    np.testing.assert_allclose(found.shares.sum(1), 1)
    assert np.isfinite(found.shares).all()
    assert (found.low <= found.shares).all()
    assert (found.shares <= found.high).all()
    assert (found.low >= 0).all()
    assert (found.high <= 1).all()


def test_more_students_narrow_the_interval(estimator, faces):
    probabilities = faces[0][:40]
    means = probabilities.mean(0)[None].repeat(2, 0), even_out(probabilities).mean(0)[None]
    found = estimator.estimate(means[0], means[1].repeat(2, 0), np.array([6.0, 60.0]))
    widths = (found.high - found.low).sum(1)
    assert widths[1] < widths[0] / 1.5


def test_a_group_is_told_the_same_beside_others(estimator, faces):
    groups = np.stack([faces[0][at : at + 30] for at in range(0, 300, 30)])
    means, evened = groups.mean(1), np.stack([even_out(g).mean(0) for g in groups])
    together = estimator.estimate(means, evened, np.full(10, 30.0))
    alone = estimator.estimate(means[3:4], evened[3:4], np.array([30.0]))
    np.testing.assert_allclose(together.shares[3], alone.shares[0], atol=1e-9)


def test_evening_out_lifts_what_is_rare():
    evened = even_out(np.array([[0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.4]]))
    assert evened.sum() == pytest.approx(1)
    assert evened.argmax() == EMOTIONS.index("disgust")
    assert even_out(np.zeros((0, 7))).shape == (0, 7)


def test_shares_are_of_whole_students(estimator, faces):
    groups = faces[0][:140].reshape(20, 7, 7)
    found = estimator.estimate(
        groups.mean(1), even_out(faces[0][:140]).reshape(20, 7, 7).mean(1), np.full(20, 7.0)
    )
    np.testing.assert_allclose(found.shares * 7, np.rint(found.shares * 7), atol=1e-9)
    np.testing.assert_allclose(found.shares.sum(1), 1)


def test_too_few_faces_of_an_emotion_are_named():
    probabilities, truth = invent_faces(500, seed=6)
    keep = (truth != 1) | (np.cumsum(truth == 1) <= 2)
    with pytest.raises(TooFewFaces, match="Only 2 faces are disgust"):
        fit_estimator(probabilities[keep], truth[keep])


def test_undecided_faces_are_left_out(faces, estimator):
    probabilities, truth = faces
    more = np.vstack([probabilities, np.full((10, 7), 1 / 7)]), np.append(truth, np.full(10, -1))
    assert fit_estimator(*more) == estimator


def test_an_estimator_survives_its_card(estimator):
    assert ShareEstimator.model_validate_json(estimator.model_dump_json()) == estimator


def test_an_estimator_of_another_shape_is_refused(estimator):
    broken = estimator.model_dump()
    broken["means"] = broken["means"][:6]
    with pytest.raises(ValidationError, match="means must be 7 x 12"):
        ShareEstimator.model_validate(broken)


def test_natural_shares_are_those_of_the_labelled_faces(estimator):
    np.testing.assert_allclose(estimator.natural, COMMON, atol=0.03)
