"""How fast something may come, by a clock that only the test moves."""

import pytest

from server.pace import Pace
from tests.hand_clock import HandClock


@pytest.fixture
def clock():
    return HandClock(100.0)


def test_a_burst_passes_and_then_so_many_a_second(clock):
    pace = Pace(2, 4, clock=clock)
    assert [pace.take("a") for _ in range(4)] == [0] * 4
    assert pace.take("a") == pytest.approx(0.5)
    clock.now += 0.5
    assert pace.take("a") == 0
    assert pace.take("a") == pytest.approx(0.5)


def test_who_keeps_the_pace_is_never_refused(clock):
    pace = Pace(2, 4, clock=clock)
    for _ in range(1000):
        assert pace.take("a") == 0
        clock.now += 0.5


def test_who_sends_twice_as_fast_gets_half_through(clock):
    pace = Pace(2, 4, clock=clock)
    passed = 0
    for _ in range(400):  # 100 s
        passed += pace.take("a") == 0
        clock.now += 0.25
    assert passed == pytest.approx(200, abs=4)


def test_trying_again_too_early_does_not_put_it_off(clock):
    pace = Pace(1, 1, clock=clock)
    assert pace.take("a") == 0
    for _ in range(50):
        assert pace.take("a") > 0
    clock.now += 1
    assert pace.take("a") == 0


def test_keys_do_not_get_in_each_others_way(clock):
    pace = Pace(1, 1, clock=clock)
    assert pace.take("a") == pace.take("b") == 0


def test_less_than_one_a_second_passes_one_at_once(clock):
    pace = Pace(0.1, 1, clock=clock)
    assert pace.take("a") == 0
    assert pace.take("a") == pytest.approx(10)


def test_what_no_longer_matters_is_forgotten(clock):
    pace = Pace(2, 4, clock=clock)
    for number in range(5000):
        pace.take(str(number))
        clock.now += 0.01
    assert len(pace) < 500
    clock.now += 10
    assert pace.wait_for("anybody") == 0
    assert len(pace) == 0
