"""The seam between a request and the work it causes: `submit(frame) -> outcome`."""

from dataclasses import dataclass
from typing import Protocol

from model.faces import Floats
from model.pipeline import FrameReading
from server.schemas import SelfReportAnswer


@dataclass(frozen=True)
class SubmittedFrame:
    """One encoded picture of one source. `received_at` in Unix seconds by the server's clock."""

    session_id: str
    source_id: str
    seq: int
    received_at: float
    data: bytes


@dataclass(frozen=True)
class SubmittedReading:
    """An invented reading of a simulated session: `probabilities` is `(n, 7) float32`.

    turned: how many of these faces are turned to the screen.
    """

    session_id: str
    source_id: str
    seq: int
    received_at: float
    probabilities: Floats
    turned: int


@dataclass(frozen=True)
class SubmittedSelfReport:
    """What one source said of itself. It is only counted: there is nothing to read."""

    session_id: str
    source_id: str
    seq: int
    received_at: float
    answer: SelfReportAnswer


Submitted = SubmittedFrame | SubmittedReading | SubmittedSelfReport


@dataclass(frozen=True)
class Counted:
    """It is read and committed. `reading` is None for all but a frame."""

    reading: FrameReading | None


@dataclass(frozen=True)
class Duplicate:
    """The source had sent this number or a later one; nothing was counted."""


@dataclass(frozen=True)
class Busy:
    """The queue is full; nothing was counted. `retry_after` in seconds."""

    retry_after: float


class EngineClosed(RuntimeError):
    """The server is stopping and takes no more frames."""


SIMULATED = "simulated"
"""What stands for a network's version where readings are invented."""


class FrameEngine(Protocol):
    """Whatever reads frames and commits them, and self-reports beside them.

    The answer comes after the commit, never before.
    """

    @property
    def working(self) -> bool:
        """Whether everything that reads and commits is alive."""
        ...

    async def open(self) -> None:
        """Return when frames can be read. Raises why they can not."""
        ...

    def busy(self, source_id: str = "") -> Busy | None:
        """Say, before a picture of a source is received, that it is refused.

        Who was refused before comes before who was not. It reserves nothing: a slow sender must not
        keep others from being read. Raises `EngineClosed`, and `DatabaseUnavailable` while another
        one tries a database that failed.
        """
        ...

    def turn_away(self, source_id: str) -> Busy | None:
        """Say what `busy` would where that is a refusal; else None, and little is changed.

        Whoever is let past is expected to be submitted in this turn of the event loop, and has a
        place until then.
        """
        ...

    async def submit(self, submitted: Submitted) -> Counted | Duplicate | Busy:
        """Read, commit, answer.

        Raises the errors of `model.headers` and of `server.store`, `ReadersLost` and
        `EngineClosed`.
        """
        ...

    def forget(self, source_id: str) -> None:
        """Forget what a source showed last: it has left. In the event loop."""
        ...

    async def close(self) -> None:
        """Finish what was taken, but for a bounded time, then stop.

        What is not done by then is given up: not counted, and answered `EngineClosed`.
        """
        ...
