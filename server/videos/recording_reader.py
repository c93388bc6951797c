"""Reads one recording from its file into a session of its own. Blocks: runs in a thread."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog

from model.clip_reading import PictureReader
from model.clips import Clip, ClipError, Kind, open_clip
from server.metrics import Metrics
from server.schemas import VideoState
from server.store.database import Database
from server.store.failures import DatabaseUnavailable
from server.store.sessions import SessionNotFound
from server.store.videos import StoredVideo, VideoNotFound, VideoTaken, find_video, stop_video
from server.videos.frame_view import Viewing
from server.videos.frame_views import FrameViews
from server.videos.lesson import LessonWriter, every_of
from server.videos.progress import Progress
from server.videos.shelf import Shelf
from server.videos.walk import Pace, WalkedFrame, walking

MOST_TRIES: Final = 4
"""So often a recording may take the server down with it, or the server be killed over it, before a
whole bucket is read."""

_AGAIN: Final = (
    "Check that it plays with a picture; then upload it again, or save it anew as an mp4 file "
    "first."
)
_EMPTY: Final = f"The recording holds no picture that can be read. {_AGAIN}"
_FATAL: Final = (
    "Reading the recording stopped the server several times, so it is not tried again. Save it "
    "anew as an mp4 file and upload it again."
)
_LOST: Final = "The server does not have the file any more. Upload the recording again."
_BROKEN: Final = (
    "Reading the recording stopped for a reason that should not be; the log of the server says "
    "which. Save it anew as an mp4 file and upload it again."
)

_log = structlog.get_logger()


@dataclass(frozen=True)
class Bench:
    """What reading recordings needs. now: this moment, UTC; workers: frames read side by side.

    is_busy: whether frames of live sessions are under way; on_change: called with a session's id
    after each commit; on_done: the same, once it is read.
    """

    database: Database
    shelf: Shelf
    reader: PictureReader
    views: FrameViews
    metrics: Metrics
    now: Callable[[], datetime]
    workers: int
    is_busy: Callable[[], bool]
    on_change: Callable[[str], None]
    on_done: Callable[[str], None]


@dataclass
class RecordingReader:
    """Reads one recording. Any thread may set `stopped` and look at `progress`."""

    bench: Bench
    stored: StoredVideo
    stopped: threading.Event = field(default_factory=threading.Event)
    progress: Progress | None = None

    def read(self) -> None:
        """Read it to its end, unless it is stopped; what is counted by then stays counted.

        Raises `DatabaseUnavailable`, after which it may be read again from where it was counted.
        """
        tried = self.bench.shelf.begin_try(self.stored.id)
        try:
            if tried < MOST_TRIES:
                self._read_or_give_up()
            else:
                self._give_up(_FATAL)
        except (VideoTaken, VideoNotFound, SessionNotFound):
            self.bench.shelf.erase(self.stored.id)
            self.bench.views.let_go(self.stored.id)
            _log.info("a recording is not read on: it was cancelled or deleted")
        finally:
            self.bench.shelf.end_try(self.stored.id)

    def _read_or_give_up(self) -> None:
        try:
            self._read()
        except (DatabaseUnavailable, VideoTaken, VideoNotFound, SessionNotFound):
            raise
        except Exception as error:  # noqa: BLE001 - or those that wait would wait for ever
            _log.error("a recording can't be read", exc_info=error)
            self._give_up(_BROKEN)

    def _read(self) -> None:
        if not self.bench.shelf.holds(self.stored.id):
            return self._fail(_LOST)
        try:
            clip = open_clip(self.bench.shelf.path_of(self.stored.id))
        except ClipError as error:
            return self._fail(f"{self._tell(str(error))} {_AGAIN}")
        if clip.kind is not Kind.VIDEO:
            return self._fail(_EMPTY)
        version = self.bench.reader.network_version
        lesson = LessonWriter(self.bench.database, self.stored, version, clip.seconds)
        self.progress = Progress(clip.seconds, self.stored.seconds_read, self.stored.frames_read)
        view = self.bench.views.begin(self.stored)
        try:
            broken = self._count(clip, lesson, view)
        finally:
            view.complete()
        if not self.stopped.is_set():
            self._finish(clip, lesson, broken)
        return None

    def _count(self, clip: Clip, lesson: LessonWriter, view: Viewing) -> str | None:
        """Count frames until the end; return why that came too early, or None."""
        pace = Pace(every_of(self.stored.wish), self.bench.workers, self.bench.is_busy)
        try:
            with walking(
                clip, self.bench.reader, pace, wants=lesson.wants, draw=view.draw
            ) as frames:
                for walked in self._until_stopped(frames):
                    self._take(walked, lesson)
                    view.add(walked)
        except ClipError as error:
            return self._tell(str(error))
        except (DatabaseUnavailable, VideoTaken, SessionNotFound):
            raise
        except Exception as error:  # noqa: BLE001 - what was read is kept, and the next is read
            _log.error("reading a recording broke off", exc_info=error)
            return _BROKEN
        return None

    def _until_stopped(self, frames: Iterator[WalkedFrame]) -> Iterator[WalkedFrame]:
        for walked in frames:
            if self.stopped.is_set():
                return
            yield walked

    def _take(self, walked: WalkedFrame, lesson: LessonWriter) -> None:
        assert self.progress is not None  # noqa: S101 - made before the first frame
        self.progress.advance(walked.at_seconds, self.progress.frames_read + 1)
        if lesson.add(walked) and lesson.session_id:
            self.bench.shelf.end_try(self.stored.id)
            self.bench.on_change(lesson.session_id)
        self.bench.metrics.video_frames.inc()

    def _finish(self, clip: Clip, lesson: LessonWriter, broken: str | None) -> None:
        assert self.progress is not None  # noqa: S101 - made before the first frame
        if lesson.session_id is None:
            return self._fail(f"{broken} {_AGAIN}" if broken else _EMPTY)
        problems = [self._tell(each) for each in clip.problems] + ([broken] if broken else [])
        seconds = self.progress.seconds_read + 1 / clip.fps
        if clip.seconds is not None and not problems:
            seconds = max(seconds, clip.seconds)
        return self._keep(lesson, seconds, problems)

    def _give_up(self, why: str) -> None:
        """End a recording that can't be read on; what is counted of it is kept."""
        with self.bench.database.reading() as db:
            stored = find_video(db, self.stored.id)
        if stored.session_id is None:
            return self._fail(why)
        version = self.bench.reader.network_version
        lesson = LessonWriter(self.bench.database, stored, version, None)
        return self._keep(lesson, stored.seconds_read, [why])

    def _keep(self, lesson: LessonWriter, seconds: float, problems: list[str]) -> None:
        lesson.finish(seconds, problems)
        self.bench.shelf.erase(self.stored.id)
        self.bench.metrics.videos.labels(VideoState.DONE.value).inc()
        if lesson.session_id is not None:
            self.bench.on_change(lesson.session_id)
            self.bench.on_done(lesson.session_id)

    def _fail(self, fault: str) -> None:
        with self.bench.database.writing() as db:
            stop_video(db, self.stored.id, VideoState.FAILED, self.bench.now(), fault)
        self.bench.shelf.erase(self.stored.id)
        self.bench.metrics.videos.labels(VideoState.FAILED.value).inc()

    def _tell(self, sentence: str) -> str:
        """Return a sentence about the file without the name that it has here."""
        path = self.bench.shelf.path_of(self.stored.id)
        for name in (str(path), path.name):
            sentence = sentence.replace(f"“{name}”", "The recording")
        return sentence
