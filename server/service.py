"""Everything one server is made of, put together once by `create_app` and passed on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from server.analyst import Analyst
from server.correction import Estimators
from server.doorkeeper import Doorkeeper
from server.ingest import Ingest
from server.keyring import Keyring
from server.live import Live
from server.metrics import Metrics
from server.readiness import Readiness
from server.reports import Reports
from server.settings import Settings
from server.store.database import Database
from server.videos.recordings import Recordings
from server.watching import Watch


@dataclass(frozen=True)
class Service:
    """The parts of a running server. `clock` tells Unix seconds.

    estimators: of the network that reads, by its version; empty where its card has none.
    """

    settings: Settings
    keyring: Keyring
    database: Database
    doorkeeper: Doorkeeper
    analyst: Analyst
    ingest: Ingest
    metrics: Metrics
    readiness: Readiness
    estimators: Estimators
    live: Live
    reports: Reports
    recordings: Recordings
    watch: Watch
    clock: Callable[[], float]

    def now(self) -> datetime:
        """Return this moment, UTC."""
        return datetime.fromtimestamp(self.clock(), UTC)
