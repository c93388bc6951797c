"""Frames as counters: what a batch of them adds to the open tallies of their sources.

Imports nothing of `server` but the store and the arithmetic of `server.tally`. Sends no SQL.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.emotions import EMOTIONS
from model.quantification import even_out
from server.store.marks import LAST_SEQ, Held
from server.store.tally_rows import write_source_tally
from server.tally import Kind, SourceTally, merge_source_buckets


@dataclass(frozen=True, eq=False)
class FrameCount:
    """One frame to count.

    seq: the source's own number of the frame, 0 to 2**63 - 1; received_at: unix seconds;
    probabilities: `(n, 7) float32`, one row per face; turned: how many of these faces are turned
    to the screen, None where that is not known. Raises `ValueError` for anything else, so that no
    frame can spoil the batch it travels in.
    """

    session_id: str
    source_id: str
    seq: int
    received_at: float
    network_version: str
    probabilities: NDArray[np.float32]
    turned: int | None = None

    def __post_init__(self) -> None:
        """Refuse what SQL can't hold or what would spoil a sum for good."""
        if not 0 <= self.seq <= LAST_SEQ:
            raise ValueError(f"A frame's number must be from 0 to {LAST_SEQ}, not {self.seq}.")
        if self.probabilities.shape != (len(self.probabilities), len(EMOTIONS)):
            raise ValueError(f"Expected (n, 7) probabilities, not {self.probabilities.shape}.")
        if not (np.isfinite(self.probabilities).all() and math.isfinite(self.received_at)):
            raise ValueError("A probability or the moment of a frame is not a finite number.")
        if self.turned is not None and not 0 <= self.turned <= len(self.probabilities):
            raise ValueError(f"{self.turned} of {len(self.probabilities)} faces can't be turned.")


def tally_frames(counted: Sequence[FrameCount], held: Held) -> list[dict[str, Any]]:
    """Return rows to add to `open_tally`."""
    grouped: defaultdict[tuple[str, str, int, str], list[SourceTally]] = defaultdict(list)
    for frame in counted:
        seconds = held.sessions[frame.session_id].bucket_seconds
        own = tally_frame(frame, seconds, held.sources[frame.session_id, frame.source_id].kind)
        key = (frame.session_id, frame.source_id, own.bucket_start, own.network_version)
        grouped[key].append(own)
    return [
        write_source_tally(session_id, source_id, merge_source_buckets(tallies))
        for (session_id, source_id, *_), tallies in grouped.items()
    ]


def tally_frame(frame: FrameCount, seconds: int, kind: Kind) -> SourceTally:
    """Return what one frame alone says of its source, in a bucket of `seconds`."""
    probabilities = frame.probabilities.astype(np.float64)
    faces = len(probabilities)
    return SourceTally(
        bucket_start=int(frame.received_at // seconds) * seconds,
        kind=kind,
        network_version=frame.network_version,
        frames=1,
        frames_with_faces=int(faces > 0),
        faces=faces,
        counts=np.bincount(probabilities.argmax(1), minlength=len(EMOTIONS)),
        sums=probabilities.sum(0),
        squares=(probabilities**2).sum(0),
        even_sums=even_out(probabilities).sum(0),
        posed=0 if frame.turned is None else faces,
        turned=frame.turned or 0,
    )
