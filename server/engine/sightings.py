"""What each source's last frame showed, for its next one. In memory only, and forgotten soon."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable

from model.last_seen import NOTHING_KNOWN, LastSeen

FORGET_SECONDS = 15.0
"""After so long without a frame what a source showed says nothing of its next one."""

MOST_SOURCES = 2_000
"""More are not kept: a window of 100 faces takes 32 kB, a student less than one."""

MOST_KNOWN = 10_000
"""Of so many sources it is known that they have sent a frame, for whose next one is no first."""


class Sightings:
    """The last sighting of each source. Belongs to one event loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._tidying = clock, False
        self._seen: OrderedDict[str, tuple[float, LastSeen]] = OrderedDict()
        self._known: OrderedDict[str, None] = OrderedDict()

    def __len__(self) -> int:
        """Return how many sources are kept."""
        return len(self._seen)

    def recall(self, source_id: str) -> LastSeen | None:
        """Return what the source showed, or that nothing is known of it where it is too long ago.

        None: this is its first frame, as far as is remembered.
        """
        at, seen = self._seen.get(source_id, (0.0, None))
        if seen is not None and self._clock() - at < FORGET_SECONDS:
            return seen
        return NOTHING_KNOWN if source_id in self._known else None

    def keep(self, source_id: str, seen: LastSeen | None) -> None:
        """Keep what the source showed, in place of what it showed before."""
        self.forget(source_id)
        self._known[source_id] = None
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        if seen is None or not len(seen.faces):
            return
        self._seen[source_id] = self._clock(), seen
        while len(self._seen) > MOST_SOURCES:
            self._seen.popitem(last=False)
        if not self._tidying:
            self._tidying = True
            asyncio.get_running_loop().call_later(FORGET_SECONDS, self._tidy)

    def forget(self, source_id: str) -> None:
        """Forget a source."""
        self._seen.pop(source_id, None)
        self._known.pop(source_id, None)

    def _tidy(self) -> None:
        """Forget whoever sent nothing lately; again later, while anybody is left."""
        now = self._clock()
        while self._seen:
            at, _ = next(iter(self._seen.values()))
            if now - at < FORGET_SECONDS:
                asyncio.get_running_loop().call_later(at + FORGET_SECONDS - now, self._tidy)
                return
            self._seen.popitem(last=False)
        self._tidying = False
