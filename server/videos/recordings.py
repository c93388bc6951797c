"""All recordings of one server: what the routes call. Knows no web."""

import sys
import threading
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Final

import structlog

from server.schemas import FrameView, NewVideo, ShownFaces, Video, VideoState
from server.store.failures import DatabaseUnavailable
from server.store.videos import (
    UNREAD,
    StoredVideo,
    delete_stopped,
    delete_video,
    find_video,
    list_queue,
    list_videos,
    stop_video,
)
from server.videos.reading_queue import ReadingQueue
from server.videos.recording_reader import Bench
from server.videos.refusals import FrameNotFound
from server.videos.telling import add_counts, tell_faces, tell_frame, tell_video
from server.videos.uploads import Uploads

KEPT: Final = timedelta(days=1)
"""How long an upload that is not whole can be taken up again, and how long it is told why one
failed."""
TIDY_SECONDS: Final = 20.0
MOST_LISTED: Final = 2000
"""Frames of a view in one answer."""

_log = structlog.get_logger()


class Recordings:
    """Uploads, reads, shows and erases recordings. changes_of: see `list_frames`."""

    def __init__(self, bench: Bench, changes_of: Callable[[str], list[float]]) -> None:
        self._bench, self._changes_of = bench, changes_of
        self._queue = ReadingQueue(bench)
        self._uploads = Uploads(bench.database, bench.shelf, bench.now, self._queue.wake)
        self._stopping, self._untidy = threading.Event(), threading.Event()
        self._tidying = threading.Thread(target=self._tidy_on, name="tidying", daemon=True)

    def start(self) -> None:
        """Clean up what a crash left, and go on reading."""
        self._tidying.start()
        self._queue.start()

    def close(self) -> None:
        """Stop reading, and let go of all frames; the next server goes on."""
        self._stopping.set()
        self._untidy.set()
        self._queue.close()
        self._bench.views.close()

    def announce(self, wish: NewVideo) -> tuple[Video, str | None]:
        """Make room for a recording; return it with its view key. Raises as `Uploads.announce`."""
        stored = self._uploads.announce(wish)
        return self._tell(stored), self._bench.views.key_of(stored)

    async def take_piece(
        self, video_id: str, offset: int, declared: int, parts: AsyncIterator[bytes]
    ) -> Video:
        """Receive a piece of a file. Raises as `Uploads.take_piece`."""
        return self._tell(await self._uploads.take_piece(video_id, offset, declared, parts))

    def list_all(self) -> list[Video]:
        """Return all recordings, newest first."""
        with self._bench.database.reading() as db:
            stored, queue = list_videos(db), list_queue(db)
        return [self._tell(each, queue) for each in stored]

    def find(self, video_id: str) -> Video:
        """Return one recording. Raises `VideoNotFound`."""
        self._bench.views.touch(video_id)
        with self._bench.database.reading() as db:
            return self._tell(find_video(db, video_id), list_queue(db))

    def cancel(self, video_id: str) -> Video:
        """Stop a recording and erase its file and its session; one that is read stays.

        Raises `VideoNotFound`.
        """
        with self._bench.database.writing() as db:
            before = find_video(db, video_id)
            now = self._bench.now()
            stored = stop_video(db, video_id, VideoState.CANCELLED, now)
        if stored.state is VideoState.CANCELLED:
            self._clear(before)
        return self._tell(stored)

    def delete(self, video_id: str) -> None:
        """Erase a recording, its file and its frames; its session only if it is not read yet.

        Raises `VideoNotFound`.
        """
        with self._bench.database.writing() as db:
            before = find_video(db, video_id)
            delete_video(db, video_id, self._bench.now())
        self._clear(before)

    def list_frames(self, video_id: str, key: str | None, first: int) -> FrameView:
        """Return the frames from a number on. Raises `VideoNotFound` and as `FrameViews.look`.

        The moments of changes are those of the session's report.
        """
        stored = self._look_up(video_id)
        view = self._bench.views.look(stored, key)
        frames, whole = view.list_frames(first, MOST_LISTED) if view else ([], False)
        counted = view.list_frames(0, sys.maxsize)[0] if view else []
        done = stored.state is VideoState.DONE and stored.session_id is not None
        return FrameView(
            video_id=video_id,
            frames=[tell_frame(frame) for frame in frames],
            changes=self._changes_of(stored.session_id) if done and stored.session_id else [],
            counts=add_counts(counted),
            shown_every=view.shown_every if view else 1,
            complete=whole,
        )

    def tell_frame_faces(self, video_id: str, key: str | None, index: int) -> ShownFaces:
        """Return the faces of one frame. Raises as `list_frames`, and `FrameNotFound`."""
        view = self._bench.views.look(self._look_up(video_id), key)
        held = view.find(index) if view else None
        if held is None:
            raise FrameNotFound
        return tell_faces(held)

    def read_picture(self, video_id: str, key: str | None, index: int) -> bytes:
        """Return one frame's JPEG. Raises as `list_frames`, and `FrameNotFound`."""
        view = self._bench.views.look(self._look_up(video_id), key)
        jpeg = view.read_picture(index) if view else None
        if jpeg is None:
            raise FrameNotFound
        return jpeg

    def end_visit(self, video_id: str, key: str | None) -> None:
        """Let go of a recording's frames. Raises as `FrameViews.end`, and `VideoNotFound`."""
        self._bench.views.end(self._look_up(video_id), key)

    def tidy_soon(self) -> None:
        """Stop and erase at once what belonged to a session that was erased."""
        self._untidy.set()

    def _look_up(self, video_id: str) -> StoredVideo:
        with self._bench.database.reading() as db:
            return find_video(db, video_id)

    def _tell(self, stored: StoredVideo, queue: list[StoredVideo] | None = None) -> Video:
        if queue is None:
            with self._bench.database.reading() as db:
                queue = list_queue(db)
        reading = self._queue.reader_of(stored.id)
        waiting = stored.state is VideoState.WAITING
        places = [each.id for each in queue]
        return tell_video(
            stored,
            received_bytes=self._uploads.received(stored),
            ahead=places.index(stored.id) if waiting and stored.id in places else None,
            progress=reading.progress if reading else None,
        )

    def _clear(self, stored: StoredVideo) -> None:
        """Leave nothing of a recording that was cancelled or deleted."""
        self._queue.stop_reading(stored.id)
        self._uploads.forget(stored.id)
        self._bench.views.let_go(stored.id)
        if stored.session_id is not None:
            self._bench.on_change(stored.session_id)
        if stored.state in UNREAD:
            self._bench.metrics.videos.labels(VideoState.CANCELLED.value).inc()
            self._queue.wake()

    def _tidy_on(self) -> None:
        while not self._stopping.is_set():
            try:
                self.tidy()
            except DatabaseUnavailable as error:
                _log.warning("tidying recordings waits for the database", reason=str(error))
            except Exception as error:  # noqa: BLE001 - a thread that ends would tidy nothing more
                _log.error("tidying recordings failed; it is tried again", exc_info=error)
            self._untidy.wait(TIDY_SECONDS)
            self._untidy.clear()

    def tidy(self) -> None:
        """End visits and uploads that nobody goes on with, and erase files that nobody needs."""
        self._bench.views.end_forgotten()
        self._uploads.take_up_whole()
        seen, reading = self._bench.views.open_ids, self._queue.reading_id
        before = self._bench.now() - KEPT
        with self._bench.database.writing() as db:
            delete_stopped(db, before)
            known = list_videos(db)
        ids = {stored.id for stored in known}
        if reading is not None and reading not in ids:
            self._queue.stop_reading(reading)
        for video_id in seen - ids:
            self._bench.views.let_go(video_id)
        for stored in known:
            if stored.state is VideoState.UPLOADING and stored.touched_at < before:
                self.delete(stored.id)
        self._uploads.erase_leftovers()
