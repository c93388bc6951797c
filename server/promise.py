"""What a coroutine awaits and a thread tells. Knows nothing else of `server`."""

import asyncio
import contextlib
from typing import Generic, TypeVar

T = TypeVar("T")


class Promise(Generic[T]):
    """One outcome, made in the event loop that waits for it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._future: asyncio.Future[T] = self._loop.create_future()

    @property
    def unwanted(self) -> bool:
        """Whether whoever asked has gone."""
        return self._future.cancelled()

    async def wait(self) -> T:
        """Return the outcome. Raises it where it is an exception."""
        return await self._future

    def tell(self, outcome: T | Exception) -> None:
        """Wake whoever waits; from any thread. Only the first outcome is heard."""
        with contextlib.suppress(RuntimeError):  # the loop has ended, and with it who waited
            self._loop.call_soon_threadsafe(self._settle, outcome)

    def _settle(self, outcome: T | Exception) -> None:
        if self._future.done():
            return
        if isinstance(outcome, Exception):
            self._future.set_exception(outcome)
        else:
            self._future.set_result(outcome)
