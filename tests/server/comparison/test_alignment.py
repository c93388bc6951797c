"""Sessions on one axis: steps, stretches joined, titles matched."""

from datetime import UTC, datetime, timedelta

import pytest

from server.attendance import Attendance
from server.comparison.alignment import (
    align_by_time,
    align_by_title,
    choose_step,
    join_stretches,
    shared_titles,
)
from server.comparison.lesson import Lesson
from server.engagement import SHIPPED
from server.schemas import Report, ReportSession, Segment, Share, Stretch

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
UNKNOWN = Attendance()


def stretch(since, seconds, happy=None, visible=20, **more):
    shares = None
    if happy is not None:
        rest = (1 - happy) / 6
        names = ("angry", "disgust", "fear", "sad", "surprise", "neutral")
        shares = {name: Share(share=rest, low=0, high=1) for name in names}
        shares["happy"] = Share(share=happy, low=max(happy - 0.2, 0), high=min(happy + 0.2, 1))
    told = {
        "start": NOON + timedelta(seconds=since), "seconds": seconds, "enough": shares is not None,
        "visible": visible, "present": visible, "coverage": visible / 30, "shares": shares,
        "turned": None, "engagement": None, "said": 0, "answers": None,
    }  # fmt: skip
    return Stretch(**told | more)


def segment(title, since, seconds, happy=0.5):
    own = dict(stretch(since, seconds, happy))
    return Segment(**own, kind="slide", title=title, against_rest=None)


def report(*, series=(), segments=(), minutes=45.0):
    return Report(
        version=1, made_at=NOON, corrected=False, whole=stretch(0, max(minutes * 60, 1), 0.3),
        series=list(series), segments=list(segments), changes=[], gaps=[], markers=[], notes=[],
        outline=[], transcript=[], engagement_profile=SHIPPED, statements=[],
        session=ReportSession(
            session_id="s", title="Cells", course=None, origin="live", simulated=False,
            camera=True, self_report=False, expected_students=30, started_at=NOON,
            ended_at=NOON + timedelta(minutes=minutes), joined=20, network_versions=["v1"],
        ),
    )  # fmt: skip


def lesson(**told):
    return Lesson.of(report(**told))


def even(step, minutes, happy=0.5, first=0):
    return [stretch(at + first, step, happy) for at in range(0, int(minutes * 60), step)]


@pytest.mark.parametrize(
    ("minutes", "stretches", "step"),
    [((45,), 30, 60), ((45, 90), 30, 120), ((2,), 5, 5), ((2, 2), 30, 30), ((600,), 300, 600)],
)
def test_the_step_is_a_round_one_no_finer_than_the_coarsest_report(minutes, stretches, step):
    lessons = [lesson(minutes=m, series=even(stretches, m)) for m in minutes]
    assert choose_step(lessons) == step


def test_a_session_without_stretches_or_of_no_length_breaks_nothing():
    assert choose_step([]) == 1
    assert choose_step([lesson(minutes=0.0)]) == 1
    assert align_by_time(lesson(minutes=0.0), 60) == []


def test_joined_stretches_are_the_mean_and_cover_all_time():
    told = align_by_time(lesson(series=[*even(30, 5, 0.2), *even(30, 5, 0.6, first=300)]), 60)
    assert [s.seconds for s in told] == [60] * 10
    assert [s.shares["happy"].share for s in told] == pytest.approx([0.2] * 5 + [0.6] * 5)


def test_a_longer_stretch_stands_for_itself():
    series = [stretch(0, 30, 0.2), stretch(30, 180, 0.4), stretch(210, 30, 0.6)]
    told = align_by_time(lesson(series=series), 60)
    assert [s.seconds for s in told] == [30, 180, 30]


def test_starts_that_lie_a_little_before_the_session_belong_to_its_first_step():
    told = align_by_time(lesson(series=even(30, 2, 0.2, first=-4)), 60)
    assert [(s.start - NOON).total_seconds() for s in told] == [-4, 56]


def test_weights_are_time_and_students_and_what_tells_nothing_has_none():
    parts = [stretch(0, 60, 0.8, visible=10), stretch(60, 30, 0.2, visible=20), stretch(90, 300)]
    joined = join_stretches(parts)
    assert joined.shares["happy"].share == pytest.approx(0.5)
    assert (joined.seconds, joined.visible, joined.enough) == (390, 20, True)
    assert joined.coverage == pytest.approx(20 / 30)
    assert join_stretches([stretch(0, 30), stretch(30, 30)]).shares is None


def test_repeating_makes_nothing_surer():
    one = stretch(0, 60, 0.5)
    assert join_stretches([one] * 8).shares["happy"] == one.shares["happy"]


def test_titles_are_shared_without_case_and_spaces_and_in_the_lessons_order():
    first = report(segments=[segment("Intro", 0, 60), segment("Own", 60, 60),
                             segment("Osmosis", 120, 60)])  # fmt: skip
    second = report(segments=[segment(" intro ", 0, 60), segment("OSMOSIS", 60, 300)])
    assert shared_titles([first, second]) == ["Intro", "Osmosis"]
    assert shared_titles([first]) == []


def test_several_segments_of_one_title_are_one():
    own = report(segments=[segment("Quiz", 0, 60, 0.2), segment("Quiz", 600, 60, 0.6)])
    assert shared_titles([own]) == []
    told = align_by_title(own, ["Quiz", "Other"])
    assert list(told) == ["Quiz"]
    assert told["Quiz"].shares["happy"].share == pytest.approx(0.4)
