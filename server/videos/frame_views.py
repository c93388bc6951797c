"""The visits of uploaders who look at their recordings' frames: who may look, and for how long."""

import hashlib
import hmac
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog

from server.schemas import VideoState
from server.store.videos import StoredVideo
from server.videos.frame_view import FrameView, NoView, Viewing
from server.videos.refusals import FramesGone, NoFrameView, WrongViewKey
from server.videos.walk import WalkedFrame

VISIT_SECONDS: Final = 600.0
"""Without a call for so long a visit is over."""
MOST_BYTES: Final = 1024**3
"""All pictures of all visits take no more of the disk."""

_log = structlog.get_logger()


class FrameViews:
    """All frame views of one server.

    folder: where their files without names are; secret: makes the keys; tick: monotonic seconds;
    has_room: whether the disk has room for so many bytes more.
    """

    def __init__(
        self,
        folder: Path,
        secret: str,
        *,
        has_room: Callable[[int], bool] = lambda _: True,
        most_bytes: int = MOST_BYTES,
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder, self._secret, self._tick = folder, secret, tick
        self._has_room, self._most_bytes = has_room, most_bytes
        self._views: dict[str, FrameView] = {}
        self._looked: dict[str, float] = {}
        self._over: set[str] = set()
        self._lock = threading.Lock()

    def key_of(self, stored: StoredVideo) -> str | None:
        """Return the key that opens a recording's frames; None where they are not shown."""
        if not stored.wish.show_frames:
            return None
        told = hmac.new(self._secret.encode(), f"frames of {stored.id}".encode(), hashlib.sha256)
        return told.hexdigest()[:40]

    def begin(self, stored: StoredVideo) -> Viewing:
        """Return what takes in the frames of a recording that is about to be read."""
        with self._lock:
            wanted = stored.wish.show_frames and stored.id not in self._over
            if not wanted or stored.frames_read or stored.id in self._views:
                return NoView()
            try:
                self._views[stored.id] = view = FrameView(self._folder)
            except OSError as error:  # as where the disk fills up later
                self._over.add(stored.id)
                return _tell_no_room(error)
            self._looked[stored.id] = self._tick()
        return _BoundedView(view, self._make_room)

    def look(self, stored: StoredVideo, key: str | None) -> FrameView | None:
        """Return a recording's frames for whoever has the key; None before it is being read.

        Raises `NoFrameView`, `WrongViewKey` or `FramesGone`.
        """
        view = self._find(stored, key)
        if view is None and not self._is_to_come(stored):
            raise FramesGone
        return view

    def end(self, stored: StoredVideo, key: str | None) -> None:
        """End a visit, if there is one. Raises `NoFrameView` or `WrongViewKey`."""
        self._find(stored, key)
        self.let_go(stored.id)

    def touch(self, video_id: str) -> None:
        """Note that somebody asks how far a recording is: the visit goes on."""
        with self._lock:
            if video_id in self._looked:
                self._looked[video_id] = self._tick()

    def let_go(self, video_id: str) -> None:
        """Let go of a recording's frames, also of those yet to come."""
        with self._lock:
            self._over.add(video_id)
            self._looked.pop(video_id, None)
            view = self._views.pop(video_id, None)
        if view is not None:
            view.close()

    def end_forgotten(self) -> None:
        """End every visit in which nobody has called for too long."""
        until = self._tick() - VISIT_SECONDS
        for video_id, looked in list(self._looked.items()):
            if looked < until:
                self.let_go(video_id)

    @property
    def open_ids(self) -> set[str]:
        """The recordings of which frames are held."""
        return set(self._views)

    def close(self) -> None:
        """End all visits."""
        for video_id in list(self._views):
            self.let_go(video_id)

    def _find(self, stored: StoredVideo, key: str | None) -> FrameView | None:
        own = self.key_of(stored)
        if own is None:
            raise NoFrameView
        if key is None or not hmac.compare_digest(own.encode(), key.encode(errors="replace")):
            raise WrongViewKey
        self.touch(stored.id)
        return self._views.get(stored.id)

    def _is_to_come(self, stored: StoredVideo) -> bool:
        early = stored.state in (VideoState.UPLOADING, VideoState.WAITING)
        opening = stored.state is VideoState.ANALYZING and stored.session_id is None
        return stored.id not in self._over and (early or opening)

    def _make_room(self, wanted: int) -> bool:
        """Thin views until so many bytes more fit; tell whether they do."""
        for _ in range(32):
            with self._lock:
                views = list(self._views.values())
            held = sum(view.size for view in views)
            if held + wanted <= self._most_bytes and self._has_room(wanted):
                return True
            if not held:
                return False
            max(views, key=lambda view: view.size).thin()
        return False


class _BoundedView:
    """A view that takes frames in as long as there is room."""

    def __init__(self, view: FrameView, make_room: Callable[[int], bool]) -> None:
        self._view, self._make_room = view, make_room
        self.draw, self.complete = view.draw, view.complete

    def add(self, walked: WalkedFrame) -> None:
        if walked.jpeg is not None and not self._make_room(len(walked.jpeg)):
            self._view.close()
        try:
            self._view.add(walked)
        except OSError as error:  # the disk is full all the same: nobody needs the pictures so much
            _tell_no_room(error)
            self._view.close()


def _tell_no_room(error: OSError) -> Viewing:
    _log.warning("the frames of a recording can't be shown", reason=error.strerror)
    return NoView()
