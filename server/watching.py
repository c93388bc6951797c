"""What the metrics tell of the parts of a server, beside what each counts itself.

The database is asked every 10 s, when buckets have been folded, and never by a scrape: a database
that hangs must not hide what is told of it.
"""

from collections.abc import Callable

import structlog

from server.folding import GRACE_SECONDS
from server.metrics import Metrics
from server.readiness import Readiness
from server.store.census import Census, take_census
from server.store.database import Database

_log = structlog.get_logger()


class Watch:
    """Takes a census after each folding, and tells at each scrape what is in memory.

    clock: Unix seconds.
    """

    def __init__(
        self,
        metrics: Metrics,
        database: Database,
        readiness: Readiness,
        clock: Callable[[], float],
    ) -> None:
        self._metrics, self._database, self._clock = metrics, database, clock
        self._up = False
        metrics.network.info({"version": readiness.network_version})
        metrics.tell(
            "roomtone_ready",
            "Whether frames can be taken: they are counted, and the database was up lately.",
            lambda: float(readiness.counting and self._up),
        )
        metrics.count(
            "roomtone_database_errors",
            "Transactions that failed because the database could not be used.",
            lambda: database.failures,
        )

    def note_folding(self, *, done: bool) -> None:
        """Note whether buckets could be folded, and what there is now. Call it from a thread."""
        self._up = self._count() and done
        self._metrics.database_up.set(self._up)
        if done:
            self._metrics.folded_at.set(self._clock())

    def _count(self) -> bool:
        try:
            with self._database.reading() as db:
                census = take_census(db)
        except Exception as error:  # noqa: BLE001 - watching must not end what is watched
            _log.warning("no census could be taken", error=type(error).__name__)
            return False
        self._tell(census)
        return True

    def _tell(self, census: Census) -> None:
        metrics, late = self._metrics, 0.0
        if census.oldest_end is not None:
            late = max(0.0, self._clock() - GRACE_SECONDS - census.oldest_end)
        metrics.folding_late.set(late)
        metrics.sessions_running.set(census.running)
        metrics.sessions_live.set(census.live)
        metrics.sources_live.set(census.sources)
        metrics.videos_waiting.set(census.waiting)
