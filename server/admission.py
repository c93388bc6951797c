"""Who is let in when not all can be. Pure but for its clock; knows nothing else of `server`.

The longer a source has been refused in a row, the fuller the queue may be for it. So those who
waited longest come next, whoever asks more often or happens to ask at the better moment.
"""

import time
from collections.abc import Callable
from typing import Final

FIRST_SHARE: Final = 0.75
"""Of the queue, for those who were not refused just now; what is above is for those who were."""
MOST_REFUSALS: Final = 8
"""Refusals in a row after which the whole queue is open to a source."""
FORGET_SECONDS: Final = 30.0


class Admission:
    """Remembers how often each source was refused in a row; for use by one event loop.

    clock: seconds that never go back.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._refused: dict[str, tuple[int, float]] = {}
        self._sweep_at = clock() + FORGET_SECONDS

    def __len__(self) -> int:
        """Return how many sources are remembered."""
        return len(self._refused)

    def lets_in(self, source_id: str, under_way: int, places: int) -> bool:
        """Tell whether one more of a source may come in while so many of `places` are taken."""
        if self.refuses(source_id, under_way, places):
            return False
        self._refused.pop(source_id, None)
        return True

    def refuses(self, source_id: str, under_way: int, places: int) -> bool:
        """Tell whether it is not let in, and remember that; being let in is not noted here."""
        refused, _ = self._refused.get(source_id, (0, 0.0))
        share = FIRST_SHARE + (1 - FIRST_SHARE) * min(refused / MOST_REFUSALS, 1)
        if under_way < max(places * share, min(places, 1)):
            return False
        now = self._clock()
        self._forget(now)
        self._refused[source_id] = refused + 1, now
        return True

    def _forget(self, now: float) -> None:
        if now >= self._sweep_at:
            since = now - FORGET_SECONDS
            self._refused = {key: kept for key, kept in self._refused.items() if kept[1] > since}
            self._sweep_at = now + FORGET_SECONDS
