"""What a report tells must not tell one student's readings."""

import numpy as np
import pytest

from model.emotions import EMOTIONS
from model.quantification import fit_estimator
from server.report.threshold import BAND, hold_shares, merge_until_enough, round_shares
from tests.bench.differencing import HALF, attack, explain
from tests.invented_faces import invent_faces
from tests.server.report.lessons import count_class, report, usual_faces


@pytest.mark.parametrize(
    ("observations", "ranges"),
    [
        ([30, 30], [(0, 1), (1, 2)]),
        ([6, 6, 6, 6], [(0, 2), (2, 4)]),
        ([6, 6, 6], [(0, 3)]),  # what is too little at the end goes with what was before
        ([6, 0, 6, 6], [(2, 4)]),  # alone between gaps: not told
        ([0, 9, 0], []),
        ([], []),
    ],
)
def test_neighbours_are_merged_until_there_are_ten_observations(observations, ranges):
    assert merge_until_enough(observations) == ranges


def test_shares_are_whole_students():
    rounded = round_shares(np.array([0.06, 0.02, 0.06, 0.25, 0.11, 0.17, 0.33]), 12)
    assert np.allclose(rounded * 12, np.round(rounded * 12))
    assert rounded.sum() == pytest.approx(1)


def test_what_is_told_stands_until_the_class_has_left_it():
    told = round_shares(np.array([0, 0, 0, 0.5, 0, 0, 0.5]), 10)
    near = told + np.array([0, 0, 0, -0.14, 0, 0, 0.14])
    far = told + np.array([0, 0, 0, -0.16, 0, 0, 0.16])
    assert hold_shares(near, 10, [told]) is told
    assert hold_shares(far, 10, [told])[3] == pytest.approx(0.3)


def test_one_student_can_not_move_what_was_just_rounded():
    faces = usual_faces(12)
    told = round_shares(faces.mean(0), 12)
    for emotion in range(len(EMOTIONS)):
        extreme = np.vstack([faces, np.eye(len(EMOTIONS))[emotion]])
        assert hold_shares(extreme.mean(0), 13, [told]) is told


@pytest.mark.parametrize(("stir", "of_long_runs"), [(0.0, 0.02), (0.5, 0.25)])
def test_a_thirteenth_student_can_not_be_read_off_by_differencing(stir, of_long_runs):
    """The best linear guess is hardly better than the class's mean; of exact sums it is."""
    explained = explain(attack(seed, stir) for seed in range(24))
    assert explained.pop("exact sums") > 0.9  # the attack itself works
    assert explained.pop("long runs") < of_long_runs
    assert max(explained.values()) < 0.05, explained


def test_corrected_shares_do_not_give_a_student_away_either():
    """A correction stretches what one student moves; what stands is asked before it."""
    estimator = fit_estimator(*invent_faces(3000, seed=7, bias=1.0))
    explained = explain(attack(seed, 0.5, {"v1": estimator}) for seed in range(24))
    assert explained.pop("exact sums") > 0.9
    assert max(explained.values()) < 0.05, explained


def test_changes_name_no_moment_at_which_one_student_joined():
    faces = usual_faces(12)
    angry = np.eye(len(EMOTIONS))[0]
    told = report(count_class(lambda m: faces if m < HALF else np.vstack([faces, angry])))
    assert told.changes == []


def test_intervals_do_not_give_one_extreme_student_away():
    """Were the spread learnt of each stretch, its interval would widen when the student comes."""
    faces = np.tile(usual_faces(12).mean(0), (12, 1))
    angry = np.eye(len(EMOTIONS))[0]
    told = report(count_class(lambda m: faces if m < HALF else np.vstack([faces, angry])))
    reach = [one.shares["angry"].high - one.shares["angry"].share for one in told.series]
    assert max(reach) - min(reach) < 0.02


def test_answers_and_turned_faces_are_held_too():
    faces = usual_faces(13)
    told = report(
        count_class(
            lambda m: faces[: 12 + (m >= HALF)],
            turned=lambda m: [1.0] * 12 + [0.0] * (m >= HALF),
        )
    )
    assert len({one.turned.share for one in told.series}) == 1


def test_band_is_half_a_student_for_rounding_and_one_who_comes():
    assert BAND == 1.5
