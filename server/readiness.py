"""Whether the server can do its work now: database reachable, network loaded, not stopping."""

from dataclasses import dataclass, field

from server.store.database import Database


class NotReady(RuntimeError):
    """Something the server needs is missing; the message says what."""


@dataclass
class Readiness:
    """Asked by `/readyz`. Synchronous: call it from a thread."""

    database: Database
    network_version: str
    stopping: bool = field(default=False)

    def check(self) -> dict[str, str]:
        """Return what is in order. Raises `NotReady` or `DatabaseUnavailable`."""
        if self.stopping:
            raise NotReady("The server is stopping.")
        self.database.ping()
        return {"status": "ready", "network_version": self.network_version}
