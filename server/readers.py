"""What reads pictures beside each other: one protocol, in threads or in a process of its own."""

from typing import Protocol

from model.last_seen import LastSeen
from model.pipeline import FrameReading


class ReadersLost(RuntimeError):
    """What reads pictures has broken off; it is started again. Nothing was counted."""

    def __init__(self) -> None:
        super().__init__(
            "Reading was interrupted by a fault of the server. Send the next frame in some seconds."
        )


class Readers(Protocol):
    """Reads `count` pictures at a time; who has more waiting gets no more in turn."""

    @property
    def count(self) -> int:
        """How many pictures are read beside each other."""
        ...

    @property
    def network_version(self) -> str:
        """The version of the emotion network."""
        ...

    @property
    def working(self) -> bool:
        """Whether pictures can be read just now."""
        ...

    async def open(self) -> None:
        """Return when pictures can be read."""
        ...

    async def read(
        self, data: bytes, last_seen: LastSeen | None = None, *, whose: str = ""
    ) -> FrameReading:
        """Read one encoded picture.

        last_seen: what the picture's source showed before, if anything is known of it. whose: those
        who wait take turns. Raises the errors of `model.headers`, `ReadersLost`, or what `close`
        was given.
        """
        ...

    def close(self, reason: Exception) -> None:
        """Read no more; whoever still waits for a reading gets `reason`."""
        ...
