"""Rows of recordings: counted with how far they are read, in one transaction, or not at all."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import select

from server.schemas import NewVideo, VideoState
from server.store.sessions import SessionNotFound, add_session, delete_session, find_session
from server.store.tables import session, tally, video
from server.store.videos import (
    Advance,
    VideoNotFound,
    VideoTaken,
    add_video,
    begin_reading,
    count_buckets,
    delete_stopped,
    delete_video,
    find_last_bucket,
    find_video,
    finish_video,
    list_queue,
    note_received,
    stop_video,
)
from server.tally import Tally

NOW = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)
START = int(NOW.timestamp())


def bucket(number, frames=5):
    seven = np.ones(7)
    return Tally(
        START + 5 * number, "window", "2.1", frames, 6 * frames, 1, 6.0, 6.0,
        np.ones(7, np.int64), seven, seven, seven,
    )  # fmt: skip


def advance(before, frames, seconds):
    return Advance(before, frames, seconds, NOW + timedelta(seconds=seconds))


@pytest.fixture
def announce(database):
    def one(key=None, now=NOW):
        wish = NewVideo(title="Biology", size_bytes=100, upload_key=key)
        with database.writing() as db:
            return add_video(db, wish, now)

    return one


@pytest.fixture
def begin(database, announce):
    """Announce a recording and begin to read it; return it as it is then."""

    def one():
        stored = announce()
        with database.writing() as db:
            note_received(db, stored.id, 100, NOW)
            lesson = add_session(
                db,
                title="Biology",
                join_code=stored.id[:8],
                expected_students=None,
                bucket_seconds=5,
                simulated=False,
                started_at=NOW,
                network_version="2.1",
                origin="recording",
            )
            begin_reading(db, stored.id, lesson.id, 60.0)
            return find_video(db, stored.id)

    return one


def rows(database, table):
    with database.reading() as db:
        return db.execute(select(table)).all()


def test_a_key_is_of_one_recording(announce):
    assert announce("lesson-3-by-me") is not None
    assert announce("lesson-3-by-me") is None
    assert announce() is not None
    assert announce() is not None


def test_one_that_is_whole_waits(database, announce):
    stored = announce()
    with database.writing() as db:
        assert note_received(db, stored.id, 99, NOW).state is VideoState.UPLOADING
        assert note_received(db, stored.id, 100, NOW).state is VideoState.WAITING


def test_the_queue_begins_with_the_one_that_is_read_then_the_one_that_was_whole_first(
    database, announce, begin
):
    later, first = announce(), announce()
    with database.writing() as db:
        note_received(db, first.id, 100, NOW + timedelta(seconds=1))
        note_received(db, later.id, 100, NOW + timedelta(seconds=2))
    read = begin()
    with database.reading() as db:
        assert [each.id for each in list_queue(db)] == [read.id, first.id, later.id]


def test_buckets_are_counted_with_how_far_it_is_and_the_lesson_grows(database, begin):
    stored = begin()
    with database.writing() as db:
        count_buckets(db, stored, [bucket(0), bucket(1)], advance(0, 10, 10.0))
    with database.reading() as db:
        told, lesson = find_video(db, stored.id), find_session(db, stored.session_id)
        assert find_last_bucket(db, stored.session_id) == START + 5
    assert (told.frames_read, told.seconds_read, lesson.frames) == (10, 10.0, 10)
    assert lesson.ended_at == NOW + timedelta(seconds=10)
    assert lesson.report_revision == 1


def test_nobody_counts_the_same_again(database, begin):
    stored = begin()
    with database.writing() as db:
        count_buckets(db, stored, [bucket(0)], advance(0, 5, 5.0))
    with pytest.raises(VideoTaken), database.writing() as db:
        count_buckets(db, stored, [bucket(0)], advance(0, 5, 5.0))
    assert [row.frames for row in rows(database, tally)] == [5]


@pytest.mark.parametrize("state", [VideoState.CANCELLED, VideoState.FAILED])
def test_one_that_is_stopped_takes_its_lesson_along_and_is_not_counted_on(database, begin, state):
    stored = begin()
    with database.writing() as db:
        count_buckets(db, stored, [bucket(0)], advance(0, 5, 5.0))
    with database.writing() as db:
        told = stop_video(db, stored.id, state, NOW, "It went wrong.")
    assert (told.state, told.fault, told.session_id) == (state, "It went wrong.", None)
    assert rows(database, session) == rows(database, tally) == []
    with pytest.raises(VideoTaken), database.writing() as db:
        count_buckets(db, stored, [bucket(1)], advance(5, 10, 10.0))
    with pytest.raises(VideoTaken), database.writing() as db:
        finish_video(db, stored.id, [])
    assert rows(database, tally) == []


def test_one_that_is_done_can_t_be_stopped(database, begin):
    stored = begin()
    with database.writing() as db:
        finish_video(db, stored.id, ["It breaks off."])
    with database.writing() as db:
        told = stop_video(db, stored.id, VideoState.CANCELLED, NOW)
    assert (told.state, told.problems) == (VideoState.DONE, ["It breaks off."])
    assert len(rows(database, session)) == 1


def test_its_lesson_takes_it_along(database, begin):
    stored = begin()
    with database.writing() as db:
        delete_session(db, stored.session_id)
    with database.reading() as db, pytest.raises(VideoNotFound):
        find_video(db, stored.id)
    with pytest.raises(VideoTaken), database.writing() as db:
        count_buckets(db, stored, [bucket(0)], advance(0, 5, 5.0))
    assert rows(database, tally) == []


@pytest.mark.parametrize("done", [True, False])
def test_deleting_it_erases_the_lesson_only_before_it_is_done(database, begin, done):
    stored = begin()
    with database.writing() as db:
        if done:
            finish_video(db, stored.id, [])
    with database.writing() as db:
        delete_video(db, stored.id, NOW)
    assert rows(database, video) == []
    with database.reading() as db:
        if done:
            assert find_session(db, stored.session_id).origin == "recording"
        else:
            with pytest.raises(SessionNotFound):
                find_session(db, stored.session_id)


def test_only_what_was_stopped_before_a_moment_is_forgotten(database, announce, begin):
    stopped, fresh, waiting, done = announce(), announce(), announce(), begin()
    with database.writing() as db:
        stop_video(db, stopped.id, VideoState.FAILED, NOW, "x")
        stop_video(db, fresh.id, VideoState.FAILED, NOW + timedelta(hours=2), "x")
        finish_video(db, done.id, [])
        delete_stopped(db, NOW + timedelta(hours=1))
    assert {row.id for row in rows(database, video)} == {fresh.id, waiting.id, done.id}


def test_a_strange_id_is_one_not_found(database):
    for strange in ("", "nothing", "\x00", "\ud800"):
        with database.reading() as db, pytest.raises(VideoNotFound):
            find_video(db, strange)
