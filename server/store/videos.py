"""Uploaded recordings in SQL: what is wished, how far each is, what became of it.

The file itself lies in the data folder (`server.videos.shelf`). Every function works inside the
caller's transaction `db`. Whatever touches a recording and its session locks the session first.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, select, update

from server.schemas import NewVideo, VideoState
from server.store.sessions import delete_session
from server.store.tables import session, tally, video
from server.store.tally_rows import write_tally
from server.store.upserts import add_rows, insert_unless_there
from server.tally import Tally

UNREAD = (VideoState.UPLOADING, VideoState.WAITING, VideoState.ANALYZING)
"""States in which a recording has a file."""
QUEUED = (VideoState.WAITING, VideoState.ANALYZING)


class VideoNotFound(LookupError):
    """No recording has this id."""

    def __init__(self) -> None:
        super().__init__(
            "There is no such recording. It may have been deleted, with its session too; list the "
            "recordings."
        )


class VideoTaken(Exception):
    """A recording is no longer in the state that a change is for: it was cancelled, say."""


@dataclass(frozen=True)
class StoredVideo:
    """One recording. seconds_read: everything before is counted; see `docs/architecture.md`."""

    id: str
    upload_key: str | None
    wish: NewVideo
    state: VideoState
    received_bytes: int
    created_at: datetime
    touched_at: datetime
    session_id: str | None
    seconds_total: float | None
    seconds_read: float
    frames_read: int
    fault: str | None
    problems: list[str]


@dataclass(frozen=True)
class Advance:
    """How far a recording is read once some of its buckets are counted.

    frames_before: frames counted until then, so that no two readers count the same; ended_at: the
    end of the session, which grows with what is read.
    """

    frames_before: int
    frames_read: int
    seconds_read: float
    ended_at: datetime


def add_video(db: Connection, wish: NewVideo, now: datetime) -> StoredVideo | None:
    """Store a new recording under a random id; None where its upload key is there already."""
    video_id = secrets.token_hex(12)
    row = {
        "id": video_id,
        "upload_key": wish.upload_key,
        "wish": wish.model_dump_json(),
        "state": VideoState.UPLOADING.value,
        "received_bytes": 0,
        "created_at": now,
        "touched_at": now,
    }
    return find_video(db, video_id) if insert_unless_there(db, video, row) else None


def find_video(db: Connection, video_id: str) -> StoredVideo:
    """Return one recording. Raises `VideoNotFound`."""
    return _find(db, video.c.id == video_id)


def find_video_by_key(db: Connection, upload_key: str) -> StoredVideo:
    """Return the recording that is uploaded under a key. Raises `VideoNotFound`."""
    return _find(db, video.c.upload_key == upload_key)


def list_videos(db: Connection, states: Sequence[VideoState] = tuple(VideoState)) -> list[
    StoredVideo
]:  # fmt: skip
    """Return the recordings in these states, newest first."""
    wanted = select(video).where(video.c.state.in_(states))
    newest_first = wanted.order_by(video.c.created_at.desc(), video.c.id)
    return [_read_video(row) for row in db.execute(newest_first)]


def list_queue(db: Connection) -> list[StoredVideo]:
    """Return the recordings that are whole and not read yet, in the order they are read."""
    queued = list_videos(db, QUEUED)
    return sorted(queued, key=lambda each: (each.state is VideoState.WAITING, each.touched_at))


def note_received(db: Connection, video_id: str, received_bytes: int, now: datetime) -> StoredVideo:
    """Note how much of a file is here; a whole one waits to be read. Raises `VideoNotFound`."""
    found = find_video(db, video_id)
    whole = received_bytes >= found.wish.size_bytes
    state = VideoState.WAITING if whole else VideoState.UPLOADING
    here = (video.c.id == video_id) & (video.c.state == VideoState.UPLOADING.value)
    values = {"received_bytes": received_bytes, "touched_at": now, "state": state.value}
    db.execute(update(video).where(here).values(values))
    return find_video(db, video_id)


def begin_reading(
    db: Connection, video_id: str, session_id: str | None, seconds_total: float | None
) -> None:
    """Note that a recording is being read, into a session. Raises `VideoTaken`."""
    values = {
        "state": VideoState.ANALYZING.value,
        "session_id": session_id,
        "seconds_total": seconds_total,
    }
    _change(db, (video.c.id == video_id) & _in(QUEUED), values)


def count_buckets(
    db: Connection, read: StoredVideo, tallies: Sequence[Tally], advance: Advance
) -> None:
    """Count whole buckets of a recording, and how far it is read with them.

    Raises `VideoTaken` where it was cancelled, deleted, or read by somebody else meanwhile.
    """
    assert read.session_id is not None  # noqa: S101 - nothing is counted before `begin_reading`
    grown = {
        "ended_at": advance.ended_at,
        "report_revision": session.c.report_revision + 1,
    }
    lesson = update(session).where(session.c.id == read.session_id).values(grown)
    if db.execute(lesson.returning(session.c.id)).first() is None:
        raise VideoTaken
    _change(
        db,
        (video.c.id == read.id)
        & (video.c.session_id == read.session_id)
        & (video.c.frames_read == advance.frames_before)
        & _in((VideoState.ANALYZING,)),
        {"frames_read": advance.frames_read, "seconds_read": advance.seconds_read},
    )
    add_rows(db, tally, [write_tally(read.session_id, whole) for whole in tallies])


def find_last_bucket(db: Connection, session_id: str) -> int | None:
    """Return the start of the newest bucket that is counted (unix seconds)."""
    newest = select(func.max(tally.c.bucket_start)).where(tally.c.session_id == session_id)
    found: int | None = db.scalar(newest)
    return found


def finish_video(db: Connection, video_id: str, problems: Sequence[str]) -> None:
    """Note that a recording is read. Raises `VideoTaken`."""
    values = {"state": VideoState.DONE.value, "problems": json.dumps(list(problems))}
    _change(db, (video.c.id == video_id) & _in((VideoState.ANALYZING,)), values)


def stop_video(
    db: Connection, video_id: str, state: VideoState, now: datetime, fault: str | None = None
) -> StoredVideo:
    """End a recording that is not read to its end: `CANCELLED`, or `FAILED` with a sentence.

    Its session goes, with all that is counted in it, and its upload key may be used again. One
    that has come to its end stays as it is. Raises `VideoNotFound`.
    """
    found = find_video(db, video_id)
    if found.session_id is not None:  # the session is locked first, as everywhere
        db.execute(select(session.c.id).where(session.c.id == found.session_id).with_for_update())
    values = {"state": state.value, "fault": fault, "session_id": None, "upload_key": None}
    here = (video.c.id == video_id) & _in(UNREAD)
    here &= video.c.session_id.is_not_distinct_from(found.session_id)
    stopped = update(video).where(here).values({**values, "touched_at": now})
    if db.execute(stopped.returning(video.c.id)).first() is not None:
        if found.session_id is not None:
            delete_session(db, found.session_id)
    elif find_video(db, video_id).state in UNREAD:  # its reading began this very moment
        return stop_video(db, video_id, state, now, fault)
    return find_video(db, video_id)


def delete_video(db: Connection, video_id: str, now: datetime) -> StoredVideo:
    """Erase a recording; its session goes with it unless it is read. Raises `VideoNotFound`."""
    found = stop_video(db, video_id, VideoState.CANCELLED, now)
    db.execute(delete(video).where(video.c.id == video_id))
    return found


def delete_stopped(db: Connection, touched_before: datetime) -> None:
    """Erase the rows of recordings that failed or were cancelled before a moment."""
    stopped = _in((VideoState.FAILED, VideoState.CANCELLED))
    db.execute(delete(video).where(stopped & (video.c.touched_at < touched_before)))


def _in(states: Sequence[VideoState]) -> ColumnElement[bool]:
    return video.c.state.in_([state.value for state in states])


def _change(db: Connection, condition: ColumnElement[bool], values: dict[str, Any]) -> None:
    changed = update(video).where(condition).values(values).returning(video.c.id)
    if db.execute(changed).first() is None:
        raise VideoTaken


def _find(db: Connection, condition: ColumnElement[bool]) -> StoredVideo:
    row = db.execute(select(video).where(condition)).first()
    if row is None:
        raise VideoNotFound
    return _read_video(row)


def _read_video(row: Row[Any]) -> StoredVideo:
    return StoredVideo(
        row.id,
        row.upload_key,
        NewVideo.model_validate_json(row.wish),
        VideoState(row.state),
        row.received_bytes,
        row.created_at,
        row.touched_at,
        row.session_id,
        row.seconds_total,
        row.seconds_read,
        row.frames_read,
        row.fault,
        json.loads(row.problems),
    )
