"""Receives recordings piece by piece, straight to disk. Async at its edge, blocking inside."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import datetime
from typing import Final

from server.schemas import MOST_VIDEO_BYTES, NewVideo, VideoState
from server.store.database import Database
from server.store.failures import DatabaseUnavailable
from server.store.videos import (
    UNREAD,
    StoredVideo,
    VideoNotFound,
    add_video,
    find_video,
    find_video_by_key,
    list_videos,
    note_received,
    stop_video,
)
from server.videos.containers import HEAD_BYTES, find_fault
from server.videos.refusals import (
    DiskFull,
    MoreThanAnnounced,
    NotAVideo,
    NotWaitingForBytes,
    TooManyUploads,
    UploadKeyTaken,
    VideoTooLarge,
    WrongOffset,
)
from server.videos.shelf import Shelf

MOST_UNREAD: Final = 20
"""Recordings that may be on their way or wait at once."""
WRITE_BYTES: Final = 1024**2
"""So much is gathered before it is written; never more of a recording is in memory."""


class Uploads:
    """Takes recordings in. now: this moment, UTC; on_whole: called once a file is complete."""

    def __init__(
        self,
        database: Database,
        shelf: Shelf,
        now: Callable[[], datetime],
        on_whole: Callable[[], None],
    ) -> None:
        self._database, self._shelf, self._now, self._on_whole = database, shelf, now, on_whole
        self._lock = threading.Lock()
        self._turns: defaultdict[str, int] = defaultdict(int)

    def announce(self, wish: NewVideo) -> StoredVideo:
        """Make room for a recording; the same `upload_key` again is the same upload.

        Raises `VideoTooLarge`, `UploadKeyTaken`, `TooManyUploads` or `DiskFull`.
        """
        if wish.size_bytes > MOST_VIDEO_BYTES:
            raise VideoTooLarge
        with self._lock:
            if (known := self._find_same(wish)) is not None:
                return known
            with self._database.reading() as db:
                unread = list_videos(db, UNREAD)
            if len(unread) >= MOST_UNREAD:
                raise TooManyUploads(MOST_UNREAD)
            promised = sum(each.wish.size_bytes - self.received(each) for each in unread)
            self._shelf.check_room(promised + wish.size_bytes)
            return self._add(wish)

    def received(self, stored: StoredVideo) -> int:
        """Return how many bytes of a recording are here, also while a piece arrives."""
        if stored.state is VideoState.UPLOADING:
            return self._shelf.size_of(stored.id)
        return stored.received_bytes

    async def take_piece(
        self, video_id: str, offset: int, declared: int, parts: AsyncIterator[bytes]
    ) -> StoredVideo:
        """Write a piece that begins at `offset`, as it arrives. declared: its length, 0 if unknown.

        A later piece that begins where the file ends takes over from one that has not ended.
        Raises `VideoNotFound`, `NotWaitingForBytes`, `WrongOffset`, `MoreThanAnnounced`,
        `NotAVideo` or `DiskFull`; after the last two nothing is left of the recording. What arrives
        before the body breaks off is kept.
        """
        turn, size = await asyncio.to_thread(self._begin_piece, video_id, offset, declared)
        broken: BaseException | None = None
        gathered = bytearray()
        while broken is None:
            try:
                gathered += await anext(parts)
            except StopAsyncIteration:
                break
            except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - raised below
                broken = error
            if len(gathered) >= WRITE_BYTES or broken is not None:
                await asyncio.to_thread(self._write, video_id, turn, size, bytes(gathered))
                gathered.clear()
        await asyncio.to_thread(self._write, video_id, turn, size, bytes(gathered))
        stored = await asyncio.to_thread(self._note, video_id)
        if stored.state is not VideoState.UPLOADING:
            self._turns.pop(video_id, None)
        if broken is not None:
            raise broken
        return stored

    def forget(self, video_id: str) -> None:
        """Let nobody who is still sending write any more, and erase the file."""
        with self._lock:
            self._turns.pop(video_id, None)
            self._shelf.erase(video_id)

    def take_up_whole(self) -> None:
        """Let recordings be read whose last byte came right before the server was killed."""
        with self._database.reading() as db:
            uploading = list_videos(db, (VideoState.UPLOADING,))
        for stored in uploading:
            if self._shelf.size_of(stored.id) >= stored.wish.size_bytes:
                with suppress(VideoNotFound):
                    self._note(stored.id)

    def erase_leftovers(self) -> None:
        """Erase every file that belongs to no recording that is to be read."""
        with self._lock:
            with self._database.reading() as db:
                kept = {stored.id for stored in list_videos(db, UNREAD)}
            self._shelf.erase_others(kept)

    def _find_same(self, wish: NewVideo) -> StoredVideo | None:
        if wish.upload_key is None:
            return None
        try:
            with self._database.reading() as db:
                known = find_video_by_key(db, wish.upload_key)
        except VideoNotFound:
            return None
        if known.wish != wish:
            raise UploadKeyTaken
        return known

    def _add(self, wish: NewVideo) -> StoredVideo:
        with self._database.writing() as db:
            stored = add_video(db, wish, self._now())
            if stored is None:
                raise UploadKeyTaken
            self._shelf.begin(stored.id)
        return stored

    def _begin_piece(self, video_id: str, offset: int, declared: int) -> tuple[int, int]:
        """Return the number of this piece's turn, and the size of the whole recording."""
        with self._lock:
            with self._database.reading() as db:
                stored = find_video(db, video_id)
            here = self.received(stored)
            if stored.state in (VideoState.FAILED, VideoState.CANCELLED):
                raise NotWaitingForBytes
            if offset != here or stored.state is not VideoState.UPLOADING:
                raise WrongOffset(here)
            if offset + declared > stored.wish.size_bytes:
                raise MoreThanAnnounced(stored.wish.size_bytes)
            if not here:
                self._shelf.begin(video_id)
            self._turns[video_id] += 1
            return self._turns[video_id], stored.wish.size_bytes

    def _write(self, video_id: str, turn: int, size: int, piece: bytes) -> None:
        with self._lock:
            if self._turns.get(video_id) != turn:
                raise self._refuse_late_piece(video_id)
            if not piece:
                return
            here = self._shelf.size_of(video_id)
            if here + len(piece) > size:
                raise MoreThanAnnounced(size)
            try:
                self._shelf.append(video_id, piece)
            except DiskFull as error:
                self._fail(video_id, str(error))
                raise
            if here < HEAD_BYTES and (fault := self._find_fault(video_id, size)):
                self._fail(video_id, fault)
                raise NotAVideo(fault)

    def _refuse_late_piece(self, video_id: str) -> Exception:
        """Return why a piece may not be written: another took over, or the recording is gone."""
        with self._database.reading() as db:
            stored = find_video(db, video_id)
        if stored.state in (VideoState.FAILED, VideoState.CANCELLED):
            return NotWaitingForBytes()
        return WrongOffset(self.received(stored))

    def _find_fault(self, video_id: str, size: int) -> str | None:
        head = self._shelf.read_head(video_id)
        return find_fault(head) if len(head) >= min(HEAD_BYTES, size) else None

    def _fail(self, video_id: str, fault: str) -> None:
        """End an upload for good; `_lock` is held."""
        self._turns.pop(video_id, None)
        self._shelf.erase(video_id)
        with suppress(DatabaseUnavailable), self._database.writing() as db:
            stop_video(db, video_id, VideoState.FAILED, self._now(), fault)

    def _note(self, video_id: str) -> StoredVideo:
        with self._lock, self._database.writing() as db:
            received = self._shelf.size_of(video_id)
            stored = find_video(db, video_id)
            if stored.state is VideoState.UPLOADING:
                stored = note_received(db, video_id, received, self._now())
        if stored.state is VideoState.WAITING:
            self._on_whole()
        return stored
