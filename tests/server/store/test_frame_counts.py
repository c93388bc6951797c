from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from sqlalchemy import event

from server.store.counting import count_batch
from server.store.frame_counts import FrameCount
from server.store.sessions import delete_session, end_session
from server.store.sources import look_up_source

NOW = datetime(2026, 3, 2, 12, 5, tzinfo=UTC)


def test_a_counted_frame_is_in_the_tally_with_all_its_faces(lesson):
    session = lesson.begin()
    frame = lesson.frame(session, lesson.join(session), 0, faces=3, after=7)
    assert lesson.count(frame) == ["COUNTED"]
    (found,) = lesson.read(session)
    assert (found.bucket_start, found.frames, found.faces) == (lesson.start + 5, 1, 3)
    assert found.counts.sum() == 3
    np.testing.assert_allclose(found.sums, frame.probabilities.astype(float).sum(0))


def test_a_frame_without_faces_is_a_frame_with_none(lesson):
    session = lesson.begin()
    lesson.count(lesson.frame(session, lesson.join(session), 0, faces=0))
    (found,) = lesson.read(session)
    assert (found.frames, found.faces, found.sources, found.visible) == (1, 0, 1, 0)


def test_sending_frames_again_changes_nothing(lesson):
    session = lesson.begin()
    frames = lesson.make_frames(session, [lesson.join(session), lesson.join(session)], 6)
    assert set(lesson.count(*frames)) == {"COUNTED"}
    assert set(lesson.count(*frames)) == {"DUPLICATE"}
    assert {lesson.count(frame)[0] for frame in frames} == {"DUPLICATE"}
    lesson.assert_tallies(session, frames)


def test_numbers_of_one_source_count_within_a_batch_only_while_they_rise(lesson):
    session = lesson.begin()
    pupil = lesson.join(session)
    batch = [lesson.frame(session, pupil, seq) for seq in (3, 4, 4, 2, 9)]
    assert lesson.count(*batch) == ["COUNTED", "COUNTED", "DUPLICATE", "DUPLICATE", "COUNTED"]
    with lesson.database.reading() as db:
        assert look_up_source(db, session.id, pupil).last_seq == 9
    assert sum(each.frames for each in lesson.read(session)) == 3


def test_one_bad_frame_of_a_batch_does_not_hurt_the_others(lesson):
    good, ended, gone = lesson.begin(), lesson.begin(), lesson.begin()
    pupils = [lesson.join(each) for each in (good, ended, gone)]
    lesson.count(lesson.frame(ended, pupils[1], 0))
    with lesson.database.writing() as db:
        end_session(db, ended.id, NOW)
        delete_session(db, gone.id)
    outcomes = lesson.count(
        lesson.frame(good, pupils[0], 0),
        lesson.frame(ended, pupils[1], 1),
        lesson.frame(ended, pupils[1], 0),
        lesson.frame(gone, pupils[2], 0),
        lesson.frame(good, "nobody", 0),
        lesson.frame(good, pupils[1], 7),
        lesson.frame(good, pupils[0], 1),
    )
    assert outcomes == [
        "COUNTED",
        "SESSION_ENDED",
        "DUPLICATE",  # it was counted before the end, and is told so
        "SESSION_GONE",
        "SOURCE_GONE",
        "SOURCE_GONE",  # known, but in another session
        "COUNTED",
    ]
    assert sum(each.frames for each in lesson.read(good)) == 2


def test_where_faces_turn_is_kept_as_a_share_of_each_student(lesson):
    session = lesson.begin()
    one, other = lesson.join(session), lesson.join(session)
    lesson.count(
        replace(lesson.frame(session, one, 1), turned=1),
        replace(lesson.frame(session, one, 2), turned=0),
        replace(lesson.frame(session, other, 1), turned=1),
    )
    for _ in range(2):
        (found,) = lesson.read(session)
        assert (found.posed_weight, found.turned_sum, found.turned_square) == (2, 1.5, 1.25)
        lesson.fold(1_000)


def test_a_frame_of_which_it_is_not_known_where_faces_turn_says_nothing_of_it(lesson):
    session = lesson.begin()
    lesson.count(replace(lesson.frame(session, lesson.join(session), 1), turned=None))
    (found,) = lesson.read(session)
    assert (found.visible, found.posed_weight, found.turned_sum) == (1, 0, 0)


def test_an_empty_batch_is_nothing(lesson):
    assert lesson.count() == []


@pytest.mark.parametrize(
    "change",
    [
        {"seq": -1},
        {"seq": 2**63},
        {"received_at": float("nan")},
        {"probabilities": np.zeros((2, 6), np.float32)},
        {"probabilities": np.zeros(7, np.float32)},
        {"probabilities": np.full((1, 7), np.nan, np.float32)},
        {"turned": 2},
        {"turned": -1},
    ],
)
def test_a_frame_that_would_spoil_its_batch_can_not_be_made(change):
    given = {
        "session_id": "s",
        "source_id": "a",
        "seq": 0,
        "received_at": 0.0,
        "network_version": "net-1",
        "probabilities": np.zeros((1, 7), np.float32),
    }
    FrameCount(**given)
    with pytest.raises(ValueError, match=r"must be|Expected|not a finite|can't be turned"):
        FrameCount(**given | change)


def test_a_batch_of_any_size_takes_four_statements(lesson):
    session = lesson.begin()
    sources = [lesson.join(session) for _ in range(64)]
    batch = [lesson.frame(session, each, 1) for each in sources]
    said = []
    with lesson.database.writing() as db:
        event.listen(db, "before_cursor_execute", lambda *args: said.append(args[2]))
        count_batch(db, batch)
    assert len(said) == 4
