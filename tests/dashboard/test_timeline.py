from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from dashboard.timeline import (
    Stretch,
    complete_series,
    find_gaps,
    find_runs,
    lesson_bucket,
    lesson_stretch,
    live_stretch,
    stretch_of,
)
from tests.dashboard.points import NOON, mood, point, session

SECOND = timedelta(seconds=1)


def test_buckets_without_enough_faces_part_the_runs():
    series = [point(0), point(5), point(10, visible=2), point(15)]
    assert [[p.start for p in run] for run in find_runs(series)] == [
        [NOON, NOON + 5 * SECOND],
        [NOON + 15 * SECOND],
    ]


def test_a_bucket_without_frames_parts_the_runs_too():
    assert len(find_runs([point(0), point(10)])) == 2


@given(st.lists(st.sampled_from(["enough", "few", "absent"]), max_size=40))
def test_runs_and_gaps_cover_the_stretch_exactly(kinds):
    series = [
        point(5 * i, visible=24 if kind == "enough" else 2)
        for i, kind in enumerate(kinds)
        if kind != "absent"
    ]
    whole = Stretch(NOON, NOON + 5 * SECOND * max(len(kinds), 1))
    told = sum((stretch_of(run[-1]).end - run[0].start for run in find_runs(series)), timedelta(0))
    assert told + sum((g.length for g in find_gaps(series, whole)), timedelta(0)) == whole.length


def test_the_axis_ends_with_the_newest_bucket_while_frames_come():
    series = [point(i) for i in range(0, 600, 5)]
    assert live_stretch(point(590, seconds=10), series).end == NOON + 600 * SECOND
    assert live_stretch(point(591, seconds=10), series) == live_stretch(
        point(594, seconds=10), series
    )


def test_without_frames_the_axis_moves_in_slow_steps():
    series = [point(0)]
    ends = {live_stretch(point(s, seconds=10), series).end for s in range(60, 90)}
    assert len(ends) <= 3


def test_the_open_bucket_is_told_by_now_so_that_it_does_not_dip():
    now = point(0, seconds=10, visible=24)
    series = complete_series(mood(now, [point(0, visible=23), point(5, visible=4)]))
    assert [p.visible for p in series] == [23, 24]
    assert series[-1].start == NOON + 5 * SECOND
    assert series[-1].seconds == 5


def test_an_ended_session_keeps_its_last_bucket_as_counted():
    now = point(0, seconds=10)
    told = mood(now, [point(5, visible=4)], ended_at=NOON + 10 * SECOND)
    assert complete_series(told)[-1].visible == 4


@given(st.integers(0, 6 * 3600))
def test_a_whole_lesson_fits_in_few_buckets(seconds):
    told = session(ended_at=NOON + seconds * SECOND)
    bucket = lesson_bucket(told, NOON)
    assert bucket % told.bucket_seconds == 0
    assert seconds / bucket <= 150


def test_a_lesson_is_at_least_a_minute_wide():
    assert lesson_stretch(session(), []).length == timedelta(minutes=1)
