from datetime import UTC, datetime

import numpy as np

from server.store.sessions import end_session
from server.store.tables import open_tally, tally
from server.store.tallies import fold_buckets, fold_session, read_open_tallies
from tests.server.store.conftest import tally_directly

NOW = datetime(2026, 3, 2, 12, 5, tzinfo=UTC)


def test_tallies_read_the_same_as_computed_directly_before_and_after_folding(lesson):
    session = lesson.begin()
    frames = lesson.make_frames(session, [lesson.join(session) for _ in range(5)], 12)
    for start in range(0, len(frames), 7):
        lesson.count(*frames[start : start + 7])
    lesson.assert_tallies(session, frames)
    lesson.fold(12)  # some folded, some open
    assert lesson.count_rows(tally) == 2
    lesson.assert_tallies(session, frames)
    lesson.fold(1_000)
    assert lesson.count_rows(open_tally) == 0
    lesson.assert_tallies(session, frames)


def test_a_bucket_is_folded_only_once_it_has_ended(lesson):
    short, long = lesson.begin(bucket_seconds=5), lesson.begin(bucket_seconds=60)
    for session in (short, long):
        lesson.count(lesson.frame(session, lesson.join(session), 0))
    assert lesson.fold(4) == 0
    assert lesson.fold(5) == 1
    assert lesson.count_rows(open_tally) == 1
    assert lesson.fold(59) == 0
    assert lesson.fold(60) == 1
    assert lesson.fold(600) == 0


def test_a_bucket_that_gets_frames_after_its_fold_is_added_to(lesson):
    session = lesson.begin()
    first, late = lesson.join(session), lesson.join(session)
    frames = [lesson.frame(session, first, 0), lesson.frame(session, late, 0, faces=2, after=1)]
    lesson.count(frames[0])
    lesson.fold(10)
    lesson.count(frames[1])
    lesson.fold(10)
    assert lesson.count_rows(tally) == 1
    (found,), (meant,) = lesson.read(session), tally_directly(frames, session.bucket_seconds)
    assert (found.frames, found.faces, found.weight) == (2, 3, meant.weight)
    np.testing.assert_allclose(found.share_sums, meant.share_sums)


def test_a_bucket_folded_twice_never_shows_more_students_than_either_fold(lesson):
    """A clock set back must not make three students six, and so enough to be told."""
    session = lesson.begin()
    pupils = [lesson.join(session) for _ in range(3)]
    for seq in (0, 1):
        lesson.count(*[lesson.frame(session, pupil, seq) for pupil in pupils])
        lesson.fold(10)
    (found,) = lesson.read(session)
    assert (found.frames, found.sources, found.visible, found.weight) == (6, 3, 3, 6)


def test_an_ended_session_is_folded_whole_and_alone(lesson):
    ended, running = lesson.begin(), lesson.begin()
    for session in (ended, running):
        lesson.count(*lesson.make_frames(session, [lesson.join(session)], 4))
    with lesson.database.writing() as db:
        end_session(db, ended.id, NOW)
        assert fold_session(db, ended.id) == 2
        assert fold_session(db, "nowhere") == 0
    with lesson.database.reading() as db:
        assert not read_open_tallies(db, ended.id, 0)
        assert read_open_tallies(db, running.id, 0)


def test_buckets_read_by_two_networks_stay_apart(lesson):
    session = lesson.begin()
    pupil = lesson.join(session)
    lesson.count(
        lesson.frame(session, pupil, 0, version="net-1"),
        lesson.frame(session, pupil, 1, after=5, version="net-2"),
    )
    for _ in range(2):
        assert [each.network_version for each in lesson.read(session)] == ["net-1", "net-2"]
        lesson.fold(100)


def test_a_student_read_by_two_networks_in_one_bucket_is_one_student(lesson):
    session = lesson.begin()
    pupil = lesson.join(session)
    lesson.count(
        lesson.frame(session, pupil, 0, version="net-1"),
        lesson.frame(session, pupil, 1, version="net-2"),
    )
    for _ in range(2):
        (found,) = lesson.read(session)
        assert (found.network_version, found.frames, found.sources) == ("net-2", 2, 1)
        assert found.visible == 1
        lesson.fold(100)


def test_buckets_of_a_future_that_a_clock_left_behind_are_folded(lesson):
    session = lesson.begin()
    lesson.count(lesson.frame(session, lesson.join(session), 0, after=3_600))
    assert lesson.fold(100) == 0
    with lesson.database.writing() as db:
        assert fold_buckets(db, lesson.start + 100, started_after=lesson.start + 200) == 1


def test_tallies_are_read_from_a_moment_on_and_of_one_session_only(lesson):
    session, other = lesson.begin(), lesson.begin()
    lesson.count(*lesson.make_frames(session, [lesson.join(session)], 12))
    lesson.count(*lesson.make_frames(other, [lesson.join(other)], 3))
    lesson.fold(10)
    starts = [each.bucket_start - lesson.start for each in lesson.read(session, lesson.start + 5)]
    assert starts == [5, 10, 15]
    assert lesson.read(session, lesson.start + 20) == []


def test_open_tallies_are_told_by_source_oldest_first(lesson):
    session = lesson.begin()
    first, second = lesson.join(session), lesson.join(session)
    lesson.count(
        lesson.frame(session, first, 0, after=6),
        lesson.frame(session, second, 0, after=0),
        lesson.frame(session, first, 1, after=1),
        lesson.frame(session, first, 2, after=7),
    )
    with lesson.database.reading() as db:
        found = read_open_tallies(db, session.id, lesson.start)
        later = read_open_tallies(db, session.id, lesson.start + 5)
    assert sorted([each.frames for each in own] for own in found) == [[1], [1, 2]]
    assert [[each.frames for each in own] for own in later] == [[2]]
