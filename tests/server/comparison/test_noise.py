"""How often lessons that are alike are said to differ, and that real differences are found.

Each student keeps the same look for a whole lesson (`steady` 0), which is the most that students
can differ, or has a mix of their own. `python -m tests.bench.comparison_noise` has more of it.
"""

import numpy as np
import pytest

from server.comparison.noise import (
    compare_with_rest,
    count_comparisons,
    find_trend,
    read_estimates,
)
from server.schemas import Share
from tests.server.comparison.invented_shares import HAPPY, invent_wholes, whole
from tests.server.comparison.lessons import MIX, NOON, lessons_apart

RUNS = 60


def differs(told):
    return any(each.beyond_noise for one in told for each in one.values())


def compare(stretches):
    return compare_with_rest(read_estimates(stretches), count_comparisons(len(stretches)))


@pytest.mark.parametrize("steady", [0, 1, 6])
@pytest.mark.parametrize(("sessions", "students"), [(50, 25), (50, 8), (12, 25), (2, 25)])
def test_lessons_that_are_alike_are_hardly_ever_said_to_differ(sessions, students, steady):
    chance = np.random.default_rng([sessions, students, steady])
    false = sum(differs(compare(invent_wholes(chance, sessions, students, steady)))
                for _ in range(RUNS))  # fmt: skip
    assert false / RUNS <= 0.05


@pytest.mark.parametrize("sessions", [4, 12])
def test_lessons_that_are_alike_hardly_ever_have_a_trend(sessions):
    chance = np.random.default_rng(sessions)
    began = lessons_apart(7, sessions)
    trends = [find_trend(read_estimates(invent_wholes(chance, sessions, 25, 0)), began)
              for _ in range(RUNS * 2)]  # fmt: skip
    assert sum(differs([each]) for each in trends) / len(trends) <= 0.05


@pytest.mark.parametrize("sessions", [2, 3, 12, 50])
def test_a_lesson_in_which_most_looked_happy_is_found_among_others(sessions):
    chance = np.random.default_rng(sessions)
    found = 0
    for _ in range(10):
        lessons = invent_wholes(chance, sessions - 1, 25, 6)
        told = compare([*lessons, *invent_wholes(chance, 1, 25, 6, mix=HAPPY)])
        found += told[-1]["happy"].low > 0
    assert found >= 9


def test_the_more_is_told_at_once_the_wider_is_every_interval():
    chance = np.random.default_rng(1)
    two = invent_wholes(chance, 2, 25, 6)
    alone, among = (compare_with_rest(read_estimates(two), n)[0]["happy"] for n in (7, 700))
    assert among.high - among.low > alone.high - alone.low
    assert among.size == alone.size


def test_two_sessions_have_the_same_difference_with_either_sign():
    told = compare(invent_wholes(np.random.default_rng(2), 2, 25, 6))
    assert told[0]["happy"].size == pytest.approx(-told[1]["happy"].size)
    assert count_comparisons(2) == 7
    assert count_comparisons(1) == 0
    assert count_comparisons(50) == 350


def test_an_interval_that_is_cut_off_at_zero_does_not_make_a_share_sure():
    shares = {e: Share(share=s, low=max(s - 0.2, 0), high=min(s + 0.2, 1))
              for e, s in zip(("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"),
                              (0, 0, 0, 0, 0, 0, 1.0), strict=True)}  # fmt: skip
    variances = read_estimates([whole(shares, 25)]).variances[0]
    assert np.ptp(variances) == pytest.approx(0, abs=1e-12)
    assert variances[0] == pytest.approx((0.2 / 2.0639) ** 2, rel=1e-3)


def test_a_trend_is_from_the_first_lesson_to_the_last():
    parts = np.linspace(0, 1, 9)
    chance = np.random.default_rng(4)
    lessons = [invent_wholes(chance, 1, 30, 60, mix=(1 - p) * MIX + p * HAPPY)[0] for p in parts]
    told = find_trend(read_estimates(lessons), lessons_apart(7, 9))["happy"]
    assert told.low < (HAPPY - MIX)[3] < told.high
    assert told.low > 0


def test_lessons_that_began_at_one_moment_have_no_trend():
    lessons = invent_wholes(np.random.default_rng(5), 6, 25, 6)
    assert find_trend(read_estimates(lessons), [NOON] * 6) is None
    assert find_trend(read_estimates([]), []) is None
