"""A clip into a session, frame by frame. No terminal, no settings: all is passed in."""

from collections.abc import Callable
from dataclasses import dataclass

import httpx

from client.jpegs import encode_frame
from client.ledger import Ledger
from client.pacing import OWN_PACE, SYSTEM_CLOCK, Clock, Pace, walk
from client.sender import Busy, Refused, Sender
from model.clips import Clip
from server.schemas import FrameAnswer, Joined

DEFAULT_MAX_SIDE, DEFAULT_QUALITY = 640, 70


@dataclass(frozen=True)
class Encoding:
    """How frames are packed: longest side in pixels, JPEG quality 1 to 100."""

    max_side: int = DEFAULT_MAX_SIDE
    quality: int = DEFAULT_QUALITY


@dataclass(frozen=True)
class Listener:
    """Who is told while it runs: that the books changed; what is going wrong just now."""

    on_change: Callable[[], None] = lambda: None
    on_trouble: Callable[[str], None] = lambda _: None


def stream_clip(
    clip: Clip,
    client: httpx.Client,
    ticket: Joined,
    ledger: Ledger,
    *,
    pace: Pace = OWN_PACE,
    encoding: Encoding = Encoding(),
    clock: Clock = SYSTEM_CLOCK,
    patience: float = 300.0,
    listener: Listener = Listener(),
) -> None:
    """Send the clip's frames as one source and book them in `ledger` as it goes.

    At most one frame is under way. Raises `StreamStopped` of `client.sender` and `ClipError` of
    `model.clips`; the ledger is right whenever it ends, Ctrl-C included.
    """

    def note_skip(frames: int) -> None:
        ledger.skipped += frames

    def note_lost(trouble: str) -> None:
        ledger.reconnects += 1
        listener.on_trouble(trouble)

    sender = Sender(client, ticket, clock, patience=patience, on_lost=note_lost)
    for seq, frame in enumerate(walk(clip, pace, clock, note_skip), start=1):
        jpeg = encode_frame(frame, max_side=encoding.max_side, quality=encoding.quality)
        while True:
            outcome = sender.send(seq, jpeg)
            _book(outcome, ledger, listener)
            if not isinstance(outcome, Busy):
                break
            clock.sleep(outcome.retry_after)
            if not pace.all_frames:
                break  # a newer frame is more worth than this one


def _book(outcome: FrameAnswer | Busy | Refused, ledger: Ledger, listener: Listener) -> None:
    if isinstance(outcome, Busy):
        ledger.note_busy()
    elif isinstance(outcome, Refused):
        ledger.note_refused()
        listener.on_trouble(outcome.reason)
    else:
        ledger.note_answer(outcome)
    listener.on_change()
