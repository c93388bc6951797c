"""What was received, and what became of each: received = counted + duplicate + refused + open.

Pure counting; knows no web, no SQL and no metrics. May be used from any thread.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from server.schemas import Outcome


class Sent(StrEnum):
    """What a source sends."""

    FRAME = "frame"
    READING = "reading"
    SELF_REPORT = "self_report"


class Reason(StrEnum):
    """Why something was not taken. The set is closed: each is a metric's label."""

    UNREADABLE = "unreadable"
    NOT_A_PICTURE = "not_a_picture"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    INVALID = "invalid"
    NOT_SIGNED_IN = "not_signed_in"
    WRONG_TOKEN = "wrong_token"  # noqa: S105 - a reason's name
    NOT_FOUND = "not_found"
    SIMULATED = "simulated"
    NOT_SIMULATED = "not_simulated"
    NO_CAMERA = "no_camera"
    NO_SELF_REPORT = "no_self_report"
    ENDED = "ended"
    LEFT = "left"
    BUSY = "busy"
    TOO_FAST = "too_fast"
    BROKE_OFF = "broke_off"
    TIMED_OUT = "timed_out"
    DATABASE = "database"
    STOPPING = "stopping"
    FAULT = "fault"


@dataclass(frozen=True)
class Account:
    """The books of one kind at one moment. `open`: received and not yet settled."""

    received: int
    taken: Mapping[Outcome, int]
    refused: Mapping[Reason, int]

    @property
    def open(self) -> int:
        """How many are under way."""
        return self.received - sum(self.taken.values()) - sum(self.refused.values())


class Ledger:
    """Counts each thing that is sent once when it comes and once when it is settled."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._received = dict.fromkeys(Sent, 0)
        self._taken = {sent: dict.fromkeys(Outcome, 0) for sent in Sent}
        self._refused = {sent: dict.fromkeys(Reason, 0) for sent in Sent}

    def receive(self, sent: Sent) -> None:
        """Note that one has come."""
        with self._lock:
            self._received[sent] += 1

    def settle(self, sent: Sent, verdict: Outcome | Reason) -> None:
        """Note what became of one that has come."""
        with self._lock:
            if isinstance(verdict, Outcome):
                self._taken[sent][verdict] += 1
            else:
                self._refused[sent][verdict] += 1

    def read(self) -> dict[Sent, Account]:
        """Return the books of one and the same moment."""
        with self._lock:
            return {
                sent: Account(
                    self._received[sent], dict(self._taken[sent]), dict(self._refused[sent])
                )
                for sent in Sent
            }
