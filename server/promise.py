"""What a coroutine awaits and a thread tells. Knows nothing else of `server`."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Promise(Generic[T]):
    """One outcome, made in the event loop that waits for it."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._future: asyncio.Future[T] = self.loop.create_future()

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
            self.loop.call_soon_threadsafe(self.settle, outcome)

    def settle(self, outcome: T | Exception) -> None:
        """Wake whoever waits; in the event loop itself."""
        if self._future.done():
            return
        if isinstance(outcome, Exception):
            self._future.set_exception(outcome)
        else:
            self._future.set_result(outcome)


def tell_all(promises: Sequence[Promise[T]], outcomes: Sequence[T | Exception]) -> None:
    """Tell each promise its outcome, but wake each event loop once only."""
    of_loops: defaultdict[asyncio.AbstractEventLoop, list[tuple[Promise[T], T | Exception]]]
    of_loops = defaultdict(list)
    for promise, outcome in zip(promises, outcomes, strict=True):
        of_loops[promise.loop].append((promise, outcome))
    for loop, told in of_loops.items():
        with contextlib.suppress(RuntimeError):  # as in `Promise.tell`
            loop.call_soon_threadsafe(_settle_all, told)


def _settle_all(told: Sequence[tuple[Promise[T], T | Exception]]) -> None:
    for promise, outcome in told:
        promise.settle(outcome)
