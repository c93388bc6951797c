"""Which connections are kept: neither those that send nothing or trickle, nor more than fit.

uvicorn closes a connection that has been silent after an answer, and no other: one that never asks
for anything, or sends a byte now and then, would be kept for good. Imports `heads`, `early_answers`
and `pace`, and no more of ours.
"""

import heapq
import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from server.early_answers import EarlyAnswers
from server.heads import write_refusal
from server.pace import Pace

HEAD_SECONDS: Final = 20.0
"""From the connection, or the last answer, until a request's head is whole."""

STALLED_SECONDS: Final = 60.0
"""How long a reader may take nothing of an answer that waits for it."""

MOST_PIPELINED: Final = 16
"""Requests of one connection that wait for an answer before theirs."""

MOST_DESCRIPTORS: Final = 65_536
SPARE_DESCRIPTORS: Final = 128
"""For everything that is no connection: the database, recordings, reports, networks."""

_SHED_AT_ONCE: Final = 64
"""Looking for the idlest takes a walk over all, so it is done for many at a time."""

_LOOK_AGAIN_SECONDS: Final = 0.5
"""Where none was idle, so long nobody looks again: a flood would make it look all the time."""

_LATE: Final = write_refusal(
    408,
    "Request Timeout",
    f"The request did not arrive within {HEAD_SECONDS:g} s. Send it again.",
)
_FULL: Final = write_refusal(
    503,
    "Service Unavailable",
    "The server has no place for one more connection. Try again in a few seconds.",
    retry_after=2,
)


@dataclass
class Places:
    """How many connections fit, for all of one server. full_until: on the loop's clock."""

    most: int
    full_until: float = 0.0


class KeptConnection(EarlyAnswers):
    """One connection and since when it is waited for.

    Where more come than there are places, those that have been idle longest are closed; where all
    are at work, the new one is refused (503).
    """

    def __init__(
        self,
        *,
        places: Places,
        head_seconds: float = HEAD_SECONDS,
        stalled_seconds: float = STALLED_SECONDS,
        **given: Any,  # noqa: ANN401 - uvicorn's own
    ) -> None:
        super().__init__(**given)
        self._places = places
        self._head_seconds, self._stalled_seconds = head_seconds, stalled_seconds
        self._idle_since: float = self.loop.time()
        self._stalled_since: float | None = None
        self._answering: RequestResponseCycle | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being answered: the other side is waited for."""
        return self.cycle is None or self.cycle.response_complete

    @property
    def idle_since(self) -> float:
        """The loop's time at which the last answer was whole, or the connection was made."""
        return self._idle_since

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - uvicorn's own
        """Take one more, and let go of others where there are too many."""
        super().connection_made(transport)
        if len(self.connections) > self._places.most:
            self._make_room()

    def on_headers_complete(self) -> None:
        """Begin an answer, unless too many of this connection's wait already."""
        waiting = len(self.pipeline)
        super().on_headers_complete()
        if len(self.pipeline) == waiting:
            self._answering = self.cycle
        if len(self.pipeline) > MOST_PIPELINED:
            self.transport.abort()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        self._idle_since = self.loop.time()
        self._answering = self.pipeline[-1][0] if self.pipeline else None
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the answer under way that nobody reads it; uvicorn tells the last request's only.

        Else it would be written to a closed socket, and look like a fault of ours.
        """
        super().connection_lost(exc)
        self.pipeline.clear()
        if self._answering is not None and not self._answering.response_complete:
            self._answering.disconnected = True
            self._answering.message_event.set()

    def pause_writing(self) -> None:
        """Note that the other side takes nothing."""
        self._stalled_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """Note that it does."""
        self._stalled_since = None
        super().resume_writing()

    def close_if_late(self, now: float) -> None:
        """Close where a head or a reader is overdue; an answer that takes long is left alone."""
        if self.transport.is_closing() and self._stalled_since is None:
            self._stalled_since = now  # what is left to send may have no reader
        if self._stalled_since is not None:
            if now - self._stalled_since > self._stalled_seconds:
                self.transport.abort()
        elif self.is_idle and now - self._idle_since > self._head_seconds:
            self.let_go(_LATE)

    def let_go(self, refusal: bytes = b"") -> None:
        """Close, and tell why whoever has begun a request."""
        in_a_head = self.cycle is None or not self.cycle.more_body
        if refusal and in_a_head and self.has_begun:
            self.transport.write(refusal)
        self.transport.close()

    def _make_room(self) -> None:
        now = self.loop.time()
        idle = self._find_idle() if now >= self._places.full_until else []
        if not idle:
            self._places.full_until = max(self._places.full_until, now + _LOOK_AGAIN_SECONDS)
            self.transport.write(_FULL)
            self.transport.close()
        for one in heapq.nsmallest(_SHED_AT_ONCE, idle, key=lambda one: one.idle_since):
            one.let_go()

    def _find_idle(self) -> "list[KeptConnection]":
        others = cast("Iterable[Any]", self.connections)
        idle = [one for one in others if isinstance(one, KeptConnection) and one.is_idle]
        return [one for one in idle if one is not self and not one.transport.is_closing()]


def close_late(connections: Iterable[object], now: float) -> None:
    """Close all that are overdue; asked once a second."""
    for one in list(connections):
        if isinstance(one, KeptConnection):
            one.close_if_late(now)


def count_places() -> int:
    """Raise this process's limit of descriptors and return how many connections fit below it."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return 400  # Windows' select takes 512 sockets
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MOST_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    most = wanted if soft == resource.RLIM_INFINITY else min(soft, MOST_DESCRIPTORS)
    return max(most - SPARE_DESCRIPTORS, most // 2)


class QuietAboutStrangers(logging.Filter):
    """Lets a line a second through about bytes that are no HTTP: scanners send thousands."""

    def __init__(self) -> None:
        super().__init__()
        self._pace = Pace(1.0, 10.0)

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether a line is told."""
        strange = record.levelno == logging.WARNING and record.module == "httptools_impl"
        return not (strange and self._pace.take("strange"))
