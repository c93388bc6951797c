import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.attendance import Attendance
from server.mood import describe_bucket, describe_series
from server.tally import SourceTally, fold_by_bucket


def seen(faces=1, *, start=0, kind="student"):
    sums = np.full(7, faces / 7)
    return SourceTally(start, kind, "v1", 1, 1, faces, np.zeros(7, int), sums, sums / 7)


def described(sources, attendance):
    return describe_bucket(
        fold_by_bucket([one] for one in sources), start=0, seconds=5, attendance=attendance
    )


def test_a_student_is_present_from_the_bucket_of_the_join_to_that_before_the_leaving():
    attendance = Attendance(joined=(2.0, 7.0), left=(12.0,), step=5)
    assert [attendance.count_present(start, 5) for start in (-5, 0, 5, 10, 15)] == [0, 1, 2, 1, 1]


def test_of_a_longer_stretch_the_fullest_bucket_is_told_for_present_as_for_visible():
    attendance = Attendance(joined=(0.0, 1.0, 2.0), left=(11.0, 12.0), step=5)
    buckets = fold_by_bucket([seen()] for _ in range(3))
    (point,) = describe_series(buckets, bucket_seconds=60, attendance=attendance)
    assert (point.present, point.visible, point.coverage) == (3, 3, 1.0)


def test_coverage_is_against_the_enrolled_else_against_those_present():
    six = [seen() for _ in range(6)]
    assert described(six, Attendance.always(8, expected=24)).coverage == 0.25
    assert described(six, Attendance.always(8)).coverage == 0.75
    assert described(six, Attendance.always(8)).present == 8
    assert described([], Attendance()).coverage is None


def test_a_windows_faces_are_not_told_against_those_who_joined():
    """29 faces of a meeting beside 2 who joined are not “29 of 2”."""
    window = seen(29, kind="window")
    alone = described([window], Attendance())
    assert (alone.visible, alone.present, alone.coverage) == (29, 0, None)
    beside = described([window, seen(), seen()], Attendance.always(2))
    assert (beside.visible, beside.present, beside.coverage) == (31, 2, None)
    enrolled = described([window, seen(), seen()], Attendance.always(2, expected=62))
    assert enrolled.coverage == 0.5


@given(
    st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 1000)), max_size=20),
    st.integers(0, 200),
    st.sampled_from([5, 30, 60]),
)
def test_present_is_what_counting_one_by_one_gives(stays, bucket, seconds):
    attendance = Attendance(
        joined=tuple(sorted(min(stay) for stay in stays)),
        left=tuple(sorted(max(stay) for stay in stays)),
        step=5,
    )
    start = bucket * 5
    ends = range(start + 5, start + seconds + 1, 5)
    meant = max(sum(min(s) < end <= max(s) for s in stays) for end in ends)
    assert attendance.count_present(start, seconds) == meant


@pytest.mark.parametrize("expected", [None, 3])
def test_coverage_never_exceeds_one(expected):
    assert described([seen(4), seen(3)], Attendance.always(2, expected)).coverage == 1.0
