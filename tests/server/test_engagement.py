import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.emotions import EMOTIONS, Emotion
from model.pose import TURNED_PITCH, TURNED_YAW
from server.attendance import Attendance
from server.engagement import SHIPPED, read_profile, revise, tell_engagement
from server.mood import describe_bucket, describe_series, finish_points, gather_now
from server.schemas import NewEngagementProfile
from server.tally import fold_by_bucket
from tests.bench.engagement import make_student, measure_coverage
from tests.documents import read


def profile(screen, **weights):
    wish = NewEngagementProfile(title="Own", screen_weight=screen, emotion_weights=weights)
    return revise(SHIPPED, wish)


def only(emotion):
    return [float(name == emotion) for name in EMOTIONS]


def told(sources, attendance=None, **how):
    return describe_bucket(
        fold_by_bucket([one] for one in sources),
        start=0,
        seconds=5,
        attendance=attendance or Attendance(),
        **how,
    )


def test_the_worked_example_of_the_documents():
    happy = [make_student(only("happy")) for _ in range(3)]
    neutral = [make_student(only("neutral")) for _ in range(8)]
    sad = [make_student(only("sad"), turned=0) for _ in range(1)]
    point = told([*happy, *neutral, *sad], Attendance.always(16))
    assert point.coverage == 0.75
    assert point.turned.share == pytest.approx(11 / 12, abs=1e-6)
    balance = 3 / 12 * 1.0 + 1 / 12 * -0.5
    meant = 0.7 * 11 / 12 * 0.75 + 0.3 * (1 + balance) / 2
    assert point.engagement.engagement == pytest.approx(meant, abs=1e-5)
    told_there = f"The interval is {point.engagement.low:.2f} to {point.engagement.high:.2f}."
    assert f"=  {meant:.2f}\n" in read("engagement.md")
    assert told_there in read("engagement.md")


def test_the_document_has_the_shipped_profile():
    table = read("engagement.md")
    assert f"| `screen_weight` (s) | {SHIPPED.screen_weight} |" in table
    for emotion, weight in SHIPPED.emotion_weights.items():
        assert re.search(rf"^\| [a-z, ]*{emotion}[a-z, ]* \| {weight} \|$", table, re.MULTILINE)
    assert f"yaw is at most {TURNED_YAW:.0f} and whose pitch is at most {TURNED_PITCH:.0f}" in table


def test_the_share_of_turned_faces_has_every_student_weigh_the_same():
    often = make_student(only("happy"), faces=10, frames=10, posed=10, turned=0)
    point = told([often, *[make_student(only("happy")) for _ in range(4)]])
    assert point.turned.share == pytest.approx(0.8)


def test_a_windows_faces_are_turned_one_by_one():
    alone = told([make_student(only("happy"), turned=k % 2) for k in range(6)])
    window = told([make_student(only("happy"), faces=6, posed=6, turned=3, kind="window")])
    assert window.turned == alone.turned


def test_all_turned_is_not_told_as_if_it_were_sure():
    few, many = (told([make_student(only("happy"))] * n).turned for n in (5, 30))
    assert (few.share, few.high) == (1, 1)
    assert 0.3 < few.low < 0.6
    assert few.low < many.low < 0.9


def test_what_is_not_known_of_all_is_not_told():
    older = make_student(only("happy"), posed=0, turned=0)
    point = told([older, *[make_student(only("happy")) for _ in range(5)]])
    assert point.shares is not None
    assert (point.turned, point.engagement) == (None, None)
    assert told([older] * 6, profile=profile(0.0, happy=1)).engagement.engagement == 1
    assert told([make_student(only("happy"))] * 4).engagement is None


def test_a_bucket_of_few_changes_nothing_of_what_is_told_of_turned_faces():
    """Whoever could subtract one answer from another would have that part."""
    crowd = [[make_student(only("happy"), turned=k % 2)] for k in range(8)]
    few = [[replace(make_student(only("sad")), bucket_start=5)] for _ in range(4)]
    told_of_crowd, both = (
        describe_series(fold_by_bucket(sources), bucket_seconds=10)[0]
        for sources in (crowd, crowd + few)
    )
    assert (both.turned, both.engagement) == (told_of_crowd.turned, told_of_crowd.engagement)
    (now,) = finish_points([gather_now(crowd + few, [], start=0, seconds=10)], SHIPPED, {})
    assert (now.turned, now.engagement) == (told_of_crowd.turned, told_of_crowd.engagement)


def test_engagement_without_coverage_is_of_those_visible():
    six = [make_student(only("neutral")) for _ in range(6)]
    assert told(six).engagement.engagement == pytest.approx(0.7 + 0.15)
    assert told(six, Attendance.always(12)).engagement.engagement == pytest.approx(0.35 + 0.15)


def test_a_kept_profile_reads_as_it_was_written():
    own = profile(0.4, happy=0.25, sad=-1)
    assert read_profile(own.model_dump_json()) == own
    assert own.emotion_weights[Emotion.FEAR] == 0.0
    assert revise(own, own) == own


WEIGHTS = st.fixed_dictionaries({str(e): st.floats(-1, 1) for e in EMOTIONS})
SHARES = st.lists(st.floats(0, 1), min_size=7, max_size=7).filter(lambda s: sum(s) > 0.01)


@given(
    st.lists(st.tuples(SHARES, st.integers(0, 1)), min_size=5, max_size=12),
    st.floats(0, 1),
    WEIGHTS,
    st.integers(0, 30),
)
def test_engagement_is_between_0_and_1_and_inside_its_interval(students, screen, weights, present):
    sources = [make_student(np.array(s) / sum(s), turned=turned) for s, turned in students]
    point = told(sources, Attendance.always(present), profile=profile(screen, **weights))
    engagement = point.engagement
    assert 0 <= engagement.low <= engagement.engagement <= engagement.high <= 1


@pytest.mark.parametrize("students", [5, 12, 30])
@pytest.mark.parametrize("turned", [0.5, 0.8, 0.95])
def test_the_shipped_profiles_interval_holds_the_truth_as_often_as_it_says(students, turned):
    assert measure_coverage(SHIPPED, students, turned, 400) >= 0.95


def test_an_unknown_part_of_a_point_is_enough_to_tell_nothing():
    point = told([make_student(only("happy"))] * 6).model_copy(update={"shares": None})
    assert tell_engagement(point, SHIPPED) is None
    assert tell_engagement(point, profile(1.0)) is not None
