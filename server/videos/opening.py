"""Puts the recordings of one server together."""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from model.clip_reading import PictureReader
from server.metrics import Metrics
from server.reports import Reports
from server.settings import Settings
from server.store.database import Database
from server.store.reports import SessionStillRuns
from server.store.sessions import SessionNotFound, find_session
from server.videos.frame_views import FrameViews
from server.videos.recording_reader import Bench
from server.videos.recordings import Recordings
from server.videos.shelf import Shelf

FOLDER = "videos"
"""In the data folder."""


def open_recordings(
    settings: Settings,
    reader: PictureReader,
    database: Database,
    metrics: Metrics,
    *,
    secret: str,
    clock: Callable[[], float],
    is_busy: Callable[[], bool],
    on_change: Callable[[str], None],
    reports: Reports,
) -> Recordings:
    """Return what receives, reads and shows recordings; nothing is done before its `start`.

    secret: makes the keys of frame views; is_busy: whether live frames are under way; on_change:
    called with a session's id after each commit.
    """
    shelf = Shelf(settings.data_dir / FOLDER)

    def read_changes(session_id: str) -> list[float]:
        with suppress(SessionNotFound, SessionStillRuns):
            with database.reading() as db:
                started_at = find_session(db, session_id).started_at
            report = reports.read(session_id)
            return [(change.at - started_at).total_seconds() for change in report.changes]
        return []

    bench = Bench(
        database,
        shelf,
        reader,
        FrameViews(shelf.folder, secret, has_room=shelf.has_room),
        metrics,
        now=lambda: datetime.fromtimestamp(clock(), UTC),
        workers=settings.workers or os.cpu_count() or 1,
        is_busy=is_busy,
        on_change=on_change,
        on_done=reports.make_soon,
    )
    return Recordings(bench, read_changes)
