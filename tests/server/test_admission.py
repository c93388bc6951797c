"""Who is let in when not all can be, by a clock that only the test moves."""

import random

import pytest

from server.admission import Admission
from tests.hand_clock import HandClock


@pytest.fixture
def clock():
    return HandClock(100.0)


@pytest.fixture
def admission(clock):
    return Admission(clock=clock)


def test_while_there_is_room_everybody_is_let_in(admission):
    assert all(admission.lets_in(str(number), number, 16) for number in range(12))
    assert len(admission) == 0


def test_the_last_places_are_for_those_who_were_refused(admission):
    assert not admission.lets_in("new", 12, 16)
    for _ in range(20):
        admission.lets_in("old", 16, 16)
    assert admission.lets_in("old", 15, 16)
    assert not admission.lets_in("old", 15, 16), "being let in was its turn"


def test_nobody_is_let_in_over_the_places(admission):
    for _ in range(100):
        assert not admission.lets_in("a", 16, 16)


@pytest.mark.parametrize("places", [1, 2, 3])
def test_of_few_places_one_at_least_is_open_to_all(admission, places):
    assert admission.lets_in("a", 0, places)


def test_with_no_places_nobody_is_let_in(admission):
    assert not admission.lets_in("a", 0, 0)


def test_four_times_too_many_get_in_about_equally_often(clock, admission):
    """100 ask in a random order each second, and 25 of them can be served in it."""
    order, got = random.Random(3), dict.fromkeys(range(100), 0)
    under_way = 0.0
    for _ in range(200):
        asking = list(got)
        order.shuffle(asking)
        for source in asking:
            under_way = max(under_way - 0.25, 0)
            clock.now += 0.01
            if admission.lets_in(str(source), int(under_way), 32):
                got[source] += 1
                under_way += 1
    assert sum(got.values()) > 4500, "the queue is kept full"
    assert min(got.values()) > 0.8 * max(got.values())


def test_who_gave_up_is_forgotten(clock, admission):
    for number in range(1000):
        admission.lets_in(str(number), 16, 16)
        clock.now += 1
    assert len(admission) <= 61
