import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from model.emotions import EMOTIONS, Emotion
from server.attendance import Attendance
from server.mood import describe_bucket, describe_series, gather_now
from server.tally import (
    SourceTally,
    fold_by_bucket,
    fold_source,
    fold_sources,
    join_folds,
    merge_source_buckets,
)

HAPPY, NEUTRAL = EMOTIONS.index(Emotion.HAPPY), EMOTIONS.index(Emotion.NEUTRAL)


def seen(
    *frames: list[list[float]], start: int = 0, kind: str = "student", version: str = "v1"
) -> SourceTally:
    """Make one source's tally; each frame is a list of its faces' chances of being happy."""
    rows = [(p, 1 - p) for frame in frames for p in frame]
    probabilities = np.zeros((len(rows), 7))
    for i, (happy, neutral) in enumerate(rows):
        probabilities[i, HAPPY], probabilities[i, NEUTRAL] = happy, neutral
    return SourceTally(
        start,
        kind,
        version,
        len(frames),
        sum(1 for frame in frames if frame),
        len(rows),
        np.bincount(probabilities.argmax(1), minlength=7) if rows else np.zeros(7, np.int64),
        probabilities.sum(0),
        (probabilities**2).sum(0),
    )


def happy_of(*sources: SourceTally):
    point = describe_bucket([fold_sources(sources)], start=0, seconds=5)
    assert point.shares is not None
    return point.shares[Emotion.HAPPY]


def test_every_student_weighs_the_same_however_many_frames_they_send():
    eager = seen(*[[1.0]] * 50)
    others = [seen([0.0]) for _ in range(4)]
    assert happy_of(eager, *others).share == pytest.approx(0.2)


def test_frames_of_one_student_do_not_narrow_the_interval():
    few = [seen([p]) for p in (0.1, 0.3, 0.5, 0.7, 0.9)]
    many = [seen(*[[p]] * 40) for p in (0.1, 0.3, 0.5, 0.7, 0.9)]
    assert happy_of(*few) == happy_of(*many)


def test_a_student_who_changes_between_frames_is_no_difference_between_students():
    restless = [seen([0.0], [1.0]) for _ in range(6)]
    told = happy_of(*restless)
    assert (told.low, told.share, told.high) == pytest.approx((0.5, 0.5, 0.5))


def test_the_faces_of_a_window_are_different_students():
    window = seen([0.0, 0.0, 0.0, 1.0, 1.0, 1.0])
    alone = [seen([p]) for p in (0.0, 0.0, 0.0, 1.0, 1.0, 1.0)]
    assert happy_of(window) == happy_of(*alone)


def test_the_interval_is_students_t():
    values = [0.2, 0.3, 0.4, 0.5, 0.6, 0.9]
    told = happy_of(*[seen([p]) for p in values])
    low, high = stats.t.interval(0.95, 5, np.mean(values), stats.sem(values))
    assert (told.low, told.high) == pytest.approx((low, high), abs=1e-5)


def test_more_students_narrow_the_interval():
    few = happy_of(*[seen([p]) for p in (0.2, 0.4, 0.6, 0.8, 0.5)])
    many = happy_of(*[seen([p]) for p in (0.2, 0.4, 0.6, 0.8, 0.5) * 5])
    assert many.high - many.low < few.high - few.low


def test_a_student_without_a_face_is_a_source_but_not_visible():
    point = describe_bucket(
        [fold_sources([seen([0.5]), seen([]), seen([], [0.2])])],
        start=0,
        seconds=5,
        attendance=Attendance(4),
    )
    assert (point.sources, point.visible, point.frames, point.faces) == (3, 2, 4, 2)
    assert point.coverage == 0.5
    assert not point.enough


def test_below_five_nothing_of_emotions_is_told():
    point = describe_bucket(
        [fold_sources([seen([0.5])] * 4)], start=0, seconds=5, attendance=Attendance(30)
    )
    assert (point.counts, point.shares, point.enough) == (None, None, False)


def test_a_window_that_shows_five_only_now_and_then_is_not_five():
    window = seen([0.5] * 5, [0.5] * 5, [0.5] * 4)  # 4.67 faces a frame
    point = describe_bucket([fold_sources([window])], start=0, seconds=5)
    assert (point.shares, point.enough) == (None, False)


def test_a_longer_stretch_never_claims_more_students_than_were_there_at_once():
    buckets = [fold_sources([seen([0.5], start=start) for _ in range(4)]) for start in (0, 5, 10)]
    (point,) = describe_series(buckets, bucket_seconds=15, attendance=Attendance(30))
    assert point.visible == 4
    assert not point.enough


def test_a_bucket_of_one_student_cannot_be_had_by_subtraction():
    crowd = fold_sources([seen([0.1]) for _ in range(5)])
    alone = fold_sources([seen([0.9], start=5)])
    (told,) = describe_series([crowd], bucket_seconds=10)
    (both,) = describe_series([crowd, alone], bucket_seconds=10)
    assert (both.counts, both.shares) == (told.counts, told.shares)
    assert both.faces == 6


def now_of(*sources: list[SourceTally], folded=()):
    return gather_now(sources, folded, start=0, seconds=15).point


def test_now_tells_nothing_of_a_bucket_of_one_student():
    crowd = [[seen([0.1])] for _ in range(5)]
    told = now_of(*crowd)
    both = now_of(*crowd[:4], [*crowd[4], seen([0.9], start=5)])
    assert (both.counts, both.shares) == (told.counts, told.shares)
    assert (both.frames, both.sources, both.visible) == (6, 5, 5)


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from([0, 5, 10]), st.lists(st.floats(0, 1), min_size=1), min_size=1
        ),
        max_size=9,
    )
)
def test_now_tells_what_a_longer_bucket_does_so_that_there_is_nothing_to_subtract(classmates):
    """A student who is in one of two told buckets could be had else: they would weigh twice."""
    sources = [
        [seen(*([p] for p in own[at]), start=at) for at in sorted(own)] for own in classmates
    ]
    now = now_of(*sources)
    whole = describe_bucket(fold_by_bucket(sources), start=0, seconds=15)
    assert now == whole.model_copy(update={"sources": len(sources)})


def test_now_of_students_never_visible_together_is_not_told():
    now = now_of(*[[seen([0.5], start=start)] for start in range(6)])
    assert (now.sources, now.visible, now.enough, now.shares) == (6, 1, False, None)


def test_now_is_enough_exactly_when_five_are_visible():
    window = seen([0.5] * 6, kind="window"), *[seen([0.5], start=5, kind="window")] * 10
    now = now_of(list(window))
    assert (now.visible, now.enough) == (6, True)


def test_now_takes_the_buckets_that_are_folded_already():
    crowd = [seen([0.1]) for _ in range(6)]
    assert now_of(folded=fold_by_bucket([[source] for source in crowd])).visible == 6


def test_one_student_beside_the_teachers_window_is_not_told():
    """The teacher knows the faces of the window and could subtract them."""
    window = seen([0.1, 0.2, 0.3, 0.4], kind="window")
    point = describe_bucket(fold_by_bucket([[window], [seen([0.9])]]), start=0, seconds=5)
    assert (point.visible, point.enough, point.counts) == (5, False, None)
    many = seen([0.1] * 9, kind="window")
    alone = describe_bucket(fold_by_bucket([[many]]), start=0, seconds=5)
    beside = describe_bucket(fold_by_bucket([[many], [seen([0.9])]]), start=0, seconds=5)
    assert (beside.counts, beside.shares) == (alone.counts, alone.shares)


def test_students_read_by_two_networks_are_not_twice_as_many():
    both = [[seen([0.5]), seen([0.5], version="v2")] for _ in range(3)]
    point = describe_bucket(fold_by_bucket(both), start=0, seconds=5)
    assert (point.visible, point.sources, point.enough) == (3, 3, False)
    assert now_of(*both).enough is False


def test_a_bucket_folded_twice_is_not_twice_as_full():
    three = fold_sources([seen([0.5])] * 3)
    for again in ([three, three], [join_folds(three, three)]):
        point = describe_bucket(again, start=0, seconds=5)
        assert (point.visible, point.sources, point.enough) == (3, 3, False)
    five = fold_sources([seen([p]) for p in (0.1, 0.2, 0.3, 0.4, 0.5)])
    once, twice = (
        describe_bucket([tally], start=0, seconds=5) for tally in (five, join_folds(five, five))
    )
    assert twice.shares == once.shares


def test_an_empty_stretch_says_so():
    point = describe_bucket([], start=0, seconds=5)
    assert (point.frames, point.visible, point.enough, point.coverage) == (0, 0, False, None)


FRAMES = st.lists(st.lists(st.floats(0, 1), max_size=4), min_size=1, max_size=5)


@given(st.lists(FRAMES, min_size=1, max_size=12))
def test_whatever_is_counted_the_numbers_hang_together(sources):
    point = describe_bucket(
        [fold_sources([seen(*frames) for frames in sources])],
        start=0,
        seconds=5,
        attendance=Attendance(10),
    )
    assert point.faces == sum(len(faces) for frames in sources for faces in frames)
    assert 0 <= point.coverage <= 1
    if point.enough:
        assert sum(point.counts.values()) == point.faces
        assert sum(share.share for share in point.shares.values()) == pytest.approx(1, abs=1e-4)
        assert all(s.low <= s.share <= s.high for s in point.shares.values())


@given(st.lists(FRAMES, min_size=2, max_size=6))
def test_folding_does_not_depend_on_the_order(sources):
    tallies = [seen(*frames) for frames in sources]
    forwards, backwards = fold_sources(tallies), fold_sources(tallies[::-1])
    assert forwards.share_sums == pytest.approx(backwards.share_sums)
    assert (forwards.frames, forwards.faces) == (backwards.frames, backwards.faces)


def test_merging_a_sources_buckets_is_as_if_they_were_one():
    merged = merge_source_buckets([seen([0.1], [0.9], start=5), seen([0.5], start=10)])
    assert merged.bucket_start == 5
    assert fold_source(merged).share_sums == pytest.approx(
        fold_source(seen([0.1], [0.9], [0.5])).share_sums
    )
