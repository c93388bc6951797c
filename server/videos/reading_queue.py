"""Reads the recordings that are whole, one after the other, in a thread of its own."""

import ctypes
import threading
from contextlib import suppress
from typing import Final

import structlog

from server.store.failures import DatabaseUnavailable
from server.store.videos import StoredVideo, begin_reading, list_queue
from server.videos.recording_reader import Bench, RecordingReader

LOOK_SECONDS: Final = 10.0
"""So often it looks for something to read without being woken."""
PATIENCE_SECONDS: Final = 8.0
"""How long `close` waits for the frames that are being read."""

_log = structlog.get_logger()


class ReadingQueue:
    """One recording at a time, the one that was whole first."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._woken, self._closed = threading.Event(), False
        self._lock = threading.Lock()
        self._reading: RecordingReader | None = None
        self._thread = threading.Thread(target=self._run, name="recordings", daemon=True)

    def start(self) -> None:
        """Begin to read what waits."""
        self._thread.start()

    def wake(self) -> None:
        """Tell that something waits, or does not wait any more."""
        self._woken.set()

    @property
    def reading_id(self) -> str | None:
        """The recording that is being read."""
        reading = self._reading
        return None if reading is None else reading.stored.id

    def reader_of(self, video_id: str) -> RecordingReader | None:
        """Return who reads a recording just now; None where nobody does."""
        reading = self._reading
        return reading if reading is not None and reading.stored.id == video_id else None

    def stop_reading(self, video_id: str) -> None:
        """Stop reading a recording that was cancelled or deleted."""
        if (reading := self.reader_of(video_id)) is not None:
            reading.stopped.set()

    def close(self) -> None:
        """Stop; what is not counted yet is read again by the next server."""
        with self._lock:
            self._closed = True
            if self._reading is not None:
                self._reading.stopped.set()
        self.wake()
        if self._thread.is_alive():
            self._thread.join(PATIENCE_SECONDS)

    def _run(self) -> None:
        while not self._closed:
            self._woken.clear()
            try:
                if not self._read_next():
                    self._woken.wait(LOOK_SECONDS)
            except DatabaseUnavailable as error:
                _log.warning("recordings wait for the database", reason=str(error))
                self._woken.wait(LOOK_SECONDS)
            except Exception as error:  # noqa: BLE001 - a thread that ends would read nothing more
                _log.error("reading recordings failed; it is tried again", exc_info=error)
                self._woken.wait(LOOK_SECONDS)

    def _read_next(self) -> bool:
        stored = self._claim()
        if stored is None:
            return False
        reading = RecordingReader(self._bench, stored)
        with self._lock:
            if self._closed:
                return False
            self._reading = reading
        try:
            reading.read()
        finally:
            self._reading = None
            _give_memory_back()
        return True

    def _claim(self) -> StoredVideo | None:
        with self._bench.database.writing() as db:
            first = next(iter(list_queue(db)), None)
            if first is not None:
                begin_reading(db, first.id, first.session_id, first.seconds_total)
        return first


def _give_memory_back() -> None:
    """Return to the system what the C library keeps of freed pictures, where it can (glibc)."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
