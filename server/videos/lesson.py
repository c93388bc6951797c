"""The session that a recording becomes: begun with the first frame, counted bucket by bucket.

It has ended from the start, so that nobody can join it or send into it, and its end grows with what
is read. Blocks: every commit waits for the disk.
"""

import math
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from server.keyring import new_join_code
from server.schemas import NewVideo
from server.store.database import Database
from server.store.sessions import JoinCodeTaken, StoredSession, add_session, end_session
from server.store.sessions import find_session as find_lesson
from server.store.videos import (
    Advance,
    StoredVideo,
    begin_reading,
    count_buckets,
    find_last_bucket,
    finish_video,
)
from server.tally import Tally
from server.videos.buckets import BucketFolder
from server.videos.walk import WalkedFrame

FLUSH_SECONDS: Final = 1.0
"""Whole buckets are committed together, so often at most."""
CODE_TRIES: Final = 5


class LessonWriter:
    """Counts a recording's frames into its session, each once, whatever happens in between.

    seconds_total: the recording's length, None where it is not known; tick: monotonic seconds.
    """

    def __init__(
        self,
        database: Database,
        stored: StoredVideo,
        network_version: str,
        seconds_total: float | None,
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database, self.stored, self._version = database, stored, network_version
        self._seconds_total, self._tick, self._flushed = seconds_total, tick, tick()
        self._whole: list[Tally] = []
        self._folder = self._go_on() if stored.session_id else None

    @property
    def session_id(self) -> str | None:
        """The session; None before the first frame."""
        return self.stored.session_id

    @property
    def after(self) -> float:
        """The second of the recording before which all is counted."""
        return self.stored.seconds_read

    def wants(self, at_seconds: float) -> bool:
        """Tell whether a frame is still to be counted."""
        return self._folder is None or self._folder.wants(at_seconds)

    def add(self, walked: WalkedFrame) -> bool:
        """Count a frame; tell whether something was committed.

        Raises `VideoTaken` and `DatabaseUnavailable`.
        """
        at_seconds = walked.at_seconds
        folder = self._folder or self._begin()
        whole = folder.add(walked)
        if whole is not None:
            self._whole.append(whole)
        if not self._whole or self._tick() < self._flushed + FLUSH_SECONDS:
            return False
        with self._database.writing() as db:
            self._count(db, at_seconds)
        self._settle(at_seconds)
        return True

    def finish(self, seconds_read: float, problems: list[str]) -> None:
        """Count what is left, and note that the recording is read. Raises as `add` does."""
        last = self._folder.close() if self._folder else None
        if last is not None:
            self._whole.append(last)
        with self._database.writing() as db:
            self._count(db, seconds_read)
            finish_video(db, self.stored.id, problems)
        self._settle(seconds_read)

    def _count(self, db: Connection, seconds_read: float) -> None:
        before = self.stored.frames_read
        advance = Advance(
            before,
            before + sum(tally.frames for tally in self._whole),
            seconds_read,
            self._started_at + timedelta(seconds=seconds_read),
        )
        count_buckets(db, self.stored, self._whole, advance)

    def _settle(self, seconds_read: float) -> None:
        frames = self.stored.frames_read + sum(tally.frames for tally in self._whole)
        self.stored = replace(self.stored, frames_read=frames, seconds_read=seconds_read)
        self._whole, self._flushed = [], self._tick()

    def _begin(self) -> BucketFolder:
        for _ in range(CODE_TRIES - 1):
            try:
                return self._begin_once()
            except JoinCodeTaken:  # one in 10^11; another code is another try
                continue
        return self._begin_once()

    def _begin_once(self) -> BucketFolder:
        started_at = start_of(self.stored, self._seconds_total)
        with self._database.writing() as db:
            lesson = _add_lesson(db, self.stored.wish, started_at, self._version)
            begin_reading(db, self.stored.id, lesson.id, self._seconds_total)
        self.stored = replace(self.stored, session_id=lesson.id)
        return self._fold_into(lesson, None)

    def _go_on(self) -> BucketFolder:
        assert self.stored.session_id is not None  # noqa: S101 - asked by the only caller
        with self._database.reading() as db:
            lesson = find_lesson(db, self.stored.session_id)
            return self._fold_into(lesson, find_last_bucket(db, lesson.id))

    def _fold_into(self, lesson: StoredSession, after: int | None) -> BucketFolder:
        self._started_at = lesson.started_at
        self._folder = BucketFolder(
            lesson.id,
            lesson.started_at.timestamp(),
            lesson.bucket_seconds,
            self._version,
            after,
        )
        return self._folder


def start_of(stored: StoredVideo, seconds_total: float | None) -> datetime:
    """Return when the recorded lesson began: as told, else so that it ended with the upload."""
    if stored.wish.started_at is not None:
        return stored.wish.started_at.astimezone(UTC)
    began = stored.touched_at - timedelta(seconds=seconds_total or 0.0)
    return began.replace(microsecond=0)


def every_of(wish: NewVideo) -> float:
    """Return the seconds from frame to frame; 0 for every frame there is."""
    return 1 / wish.frames_per_second if wish.frames_per_second else 0.0


def _add_lesson(
    db: Connection, wish: NewVideo, started_at: datetime, network_version: str
) -> StoredSession:
    lesson = add_session(
        db,
        title=wish.title,
        course=wish.course,
        join_code=new_join_code(),
        expected_students=wish.expected_students,
        bucket_seconds=max(wish.bucket_seconds, math.ceil(every_of(wish) - 1e-6)),
        simulated=False,
        started_at=started_at,
        network_version=network_version,
        self_report=False,
        origin="recording",
    )
    return end_session(db, lesson.id, started_at)
