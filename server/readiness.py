"""Whether the server can do its work now: database, network, counting; and not stopping."""

import asyncio
from dataclasses import dataclass, field

from anyio import to_thread

from server.engine import FrameEngine
from server.store.database import Database

CHECK_SECONDS = 2.0
"""Whoever asks whether a server is ready does not wait long for a no."""


class NotReady(RuntimeError):
    """Something the server needs is missing; the message says what."""


@dataclass
class Readiness:
    """Asked by `/readyz`."""

    database: Database
    network_version: str
    engine: FrameEngine
    stopping: bool = field(default=False)

    @property
    def counting(self) -> bool:
        """Whether frames are counted, as far as memory tells: the database is not asked."""
        return self.engine.working and not self.stopping

    async def check_in_time(self) -> dict[str, str]:
        """Return what `check` returns. Raises `NotReady` where the database takes too long."""
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                return await to_thread.run_sync(self.check, abandon_on_cancel=True)
        except TimeoutError as error:
            raise NotReady(
                f"The database has not answered for {CHECK_SECONDS:g} s. Try again shortly."
            ) from error

    def check(self) -> dict[str, str]:
        """Return what is in order; blocks. Raises `NotReady` or `DatabaseUnavailable`."""
        if self.stopping:
            raise NotReady("The server is stopping.")
        if not self.engine.working:
            raise NotReady(
                "The server counts no frames just now. Where that stays so, start it again."
            )
        self.database.ping()
        return {"status": "ready", "network_version": self.network_version}
