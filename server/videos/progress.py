"""How far the reading of a recording is, and how long it will take. Pure but for the clock."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

SURE_SECONDS: Final = 2.0
"""Before so much time has passed nothing is said of what is left."""


@dataclass
class Progress:
    """Of one recording, from the first frame that is read now; written by one thread.

    seconds_total: as the file says; seconds_read, frames_read: so far; tick: monotonic seconds.
    """

    seconds_total: float | None
    seconds_read: float
    frames_read: int
    tick: Callable[[], float] = time.monotonic
    _from: float = field(default=0.0, init=False)
    _since: float | None = field(default=None, init=False)

    def advance(self, seconds_read: float, frames_read: int) -> None:
        """Note how far it is."""
        if self._since is None:
            self._from, self._since = seconds_read, self.tick()
        self.seconds_read, self.frames_read = seconds_read, frames_read

    @property
    def seconds_left(self) -> float | None:
        """Return the seconds until it is done at the pace so far; None where nobody can tell."""
        if self.seconds_total is None or self._since is None:
            return None
        took, read = self.tick() - self._since, self.seconds_read - self._from
        if took < SURE_SECONDS or read <= 0:
            return None
        return max(self.seconds_total - self.seconds_read, 0.0) * took / read
