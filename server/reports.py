"""Makes reports without being asked: when a session ends, and at the start for what has ended."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import structlog

from server.correction import Estimators
from server.report_reader import read_report
from server.schemas import Report
from server.store.database import Database
from server.store.failures import DatabaseUnavailable
from server.store.reports import SessionStillRuns, list_unreported
from server.store.sessions import SessionNotFound

AT_ONCE = 2
"""So many reports are written as files at the same time; others wait for them."""

_log = structlog.get_logger()


class Reports:
    """Reports of one database; any thread may ask. One thread of its own makes them unasked.

    writing: to be held while a file is written, so that many who ask at once take turns.
    """

    def __init__(
        self, database: Database, estimators: Estimators, now: Callable[[], datetime]
    ) -> None:
        self._database, self._estimators, self._now = database, estimators, now
        self._thread = ThreadPoolExecutor(1, "report")
        self.writing = threading.BoundedSemaphore(AT_ONCE)

    def read(self, session_id: str) -> Report:
        """Return a session's report; made first, where it is not there. Blocks.

        Raises `SessionNotFound` or `SessionStillRuns`.
        """
        return read_report(self._database, session_id, estimators=self._estimators, now=self._now)

    def make_soon(self, session_id: str) -> None:
        """Have the report of a session made that has just ended. Returns at once."""
        self._begin(lambda: self._make(session_id))

    def make_missing(self) -> None:
        """Have the reports made of ended sessions that have none. Returns at once."""
        self._begin(self._make_missing)

    def close(self) -> None:
        """Wait for the report that is being made, and make no more."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _begin(self, work: Callable[[], None]) -> None:
        try:
            self._thread.submit(work)
        except RuntimeError:  # the server stops; it is made at the next start
            _log.info("report waits for the next start")

    def _make_missing(self) -> None:
        try:
            with self._database.reading() as db:
                missing = list_unreported(db)
        except Exception as error:  # noqa: BLE001 - a thread's error is told nobody
            _log.warning("reports wait until they are asked for", exc_info=error)
            return
        for session_id in missing:
            self._begin(lambda one=session_id: self._make(one))  # type: ignore[misc]

    def _make(self, session_id: str) -> None:
        try:
            self.read(session_id)
        except (SessionNotFound, SessionStillRuns):
            return
        except DatabaseUnavailable as error:
            _log.warning("a report waits until it is asked for", reason=str(error))
        except Exception as error:  # noqa: BLE001 - a thread's error is told nobody
            _log.error("a report failed; it is tried again when asked for", exc_info=error)
