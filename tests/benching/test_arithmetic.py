"""Percentiles, fairness, a line; when frames are sent."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.arithmetic import find_jain, find_percentile, fit_line
from bench.plan import Order, count_sources, plan_arrivals


def test_a_percentile_is_a_value_that_was_measured():
    values = list(range(1, 101))
    assert [find_percentile(values, s) for s in (0.5, 0.95, 0.99, 1.0)] == [50, 95, 99, 100]
    assert find_percentile([7.5], 0.5) == 7.5
    assert find_percentile([], 0.5) is None


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.01, 1))
def test_so_many_values_do_not_pass_a_percentile(values, share):
    found = find_percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-6


def test_fairness_is_one_where_all_got_the_same_and_a_share_where_one_got_all():
    assert find_jain([3, 3, 3, 3]) == pytest.approx(1)
    assert find_jain([12, 0, 0, 0]) == pytest.approx(0.25)
    assert find_jain([0, 0]) is None


def test_a_line_goes_through_points_that_lie_on_one():
    line = fit_line([0, 10, 50], [5, 25, 105])
    assert (line.intercept, line.slope, line.r2) == pytest.approx((5, 2, 1))
    bent = fit_line([0, 1, 2, 3], [0, 1, 0, 1])
    assert 0 < bent.r2 < 0.5


def test_no_line_is_drawn_through_one_place():
    with pytest.raises(ValueError, match="two places"):
        fit_line([3, 3], [1, 2])


def test_a_plan_has_the_rate_that_was_asked_for_and_gives_each_source_the_same_pace():
    plan = plan_arrivals(Order(kind="open", seconds=20, sources=40, rate=20))
    assert len(plan.moments) == pytest.approx(400, abs=1)
    assert (np.diff(plan.moments) >= 0).all()
    assert plan.moments[-1] < 20
    for source in range(40):
        own = plan.moments[plan.sources == source]
        assert np.diff(own) == pytest.approx(2)
    assert np.bincount(plan.sources).min() >= 9


def test_a_plan_does_not_send_all_at_once():
    moments = plan_arrivals(Order(kind="open", seconds=10, sources=100, rate=50)).moments
    assert np.histogram(moments, bins=10, range=(0, 10))[0].max() < 80


def test_students_send_a_frame_in_two_seconds_as_far_as_there_are_enough():
    assert [count_sources(rate, 400) for rate in (0.1, 20, 200, 800)] == [1, 40, 400, 400]
