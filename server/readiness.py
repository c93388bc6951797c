"""Whether the server can do its work now: database, network, counting; and not stopping."""

from dataclasses import dataclass, field

from server.engine import FrameEngine
from server.store.database import Database


class NotReady(RuntimeError):
    """Something the server needs is missing; the message says what."""


@dataclass
class Readiness:
    """Asked by `/readyz`. Synchronous: call it from a thread."""

    database: Database
    network_version: str
    engine: FrameEngine
    stopping: bool = field(default=False)

    @property
    def counting(self) -> bool:
        """Whether frames are counted, as far as memory tells: the database is not asked."""
        return self.engine.working and not self.stopping

    def check(self) -> dict[str, str]:
        """Return what is in order. Raises `NotReady` or `DatabaseUnavailable`."""
        if self.stopping:
            raise NotReady("The server is stopping.")
        if not self.engine.working:
            raise NotReady("The server counts no frames any more. Start it again.")
        self.database.ping()
        return {"status": "ready", "network_version": self.network_version}
