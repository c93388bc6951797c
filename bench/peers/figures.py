"""What a comparison with peers says: medians, ratios with their spread, faces. Pure.

Milliseconds end in `ms`. A ratio is the time of a peer over that of Roomtone for the same frame,
measured right after it: 10 means that the peer takes ten times as long.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from bench.peers.conversation import Answer

Boxes = Sequence[Sequence[float]]
"""x, y, width, height of each, pixels."""


class Row(BaseModel):
    """One program on one frame.

    ms, cpu_ms: medians of what one frame took, on the clock and of the processor; of a steady
    stream means, for every few frames Roomtone looks at a whole one.
    faces_found: whose expression was told. faces_there: true boxes, null where nobody knows.
    faces_matched: true boxes that a found one fits, each used once.
    ratio: median over the rounds, with the middle half of them. steady_ratio: `ms` over that of
    Roomtone's steady stream. Null for Roomtone itself.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    frame: str
    width: int
    height: int
    rounds: int
    ms: float
    cpu_ms: float
    faces_found: int
    faces_there: int | None
    faces_matched: int | None
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    cpu_ratio: float | None = None
    steady_ratio: float | None = None


class LeftOut(BaseModel):
    """A peer that could not be measured, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    why: str


class Comparison(BaseModel):
    """All of one run. `frames` says in words what they were."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    command: str
    made_at: str
    frames: str
    core: int | None
    roomtone: list[Row]
    peers: list[Row]
    left_out: list[LeftOut]


@dataclass(frozen=True)
class Round:
    """One frame read by a peer and then by Roomtone, as a first frame and in steady state."""

    peer: Answer
    first: Answer
    steady: Answer


@dataclass(frozen=True)
class Subject:
    """What was read. truth: the boxes that are there, or None."""

    frame: str
    width: int
    height: int
    truth: Boxes | None


def sum_up(
    name: str, version: str, subject: Subject, answers: Sequence[Answer], *, steady: bool = False
) -> Row:
    """Return one program's row, without ratios. Raises `ValueError` without answers."""
    if not answers:
        raise ValueError("nothing was measured")
    middle = np.mean if steady else np.median
    boxes, truth = answers[-1].boxes, subject.truth
    return Row(
        name=name,
        version=version,
        frame=subject.frame,
        width=subject.width,
        height=subject.height,
        rounds=len(answers),
        ms=1e3 * float(middle([answer.seconds for answer in answers])),
        cpu_ms=1e3 * float(middle([answer.cpu_seconds for answer in answers])),
        faces_found=len(boxes),
        faces_there=None if truth is None else len(truth),
        faces_matched=None if truth is None else count_matches(boxes, truth),
    )


def compare(name: str, version: str, subject: Subject, rounds: Sequence[Round]) -> Row:
    """Return a peer's row with its ratios to Roomtone. Raises `ValueError` without rounds."""
    row = sum_up(name, version, subject, [one.peer for one in rounds])
    ratios = [one.peer.seconds / one.first.seconds for one in rounds]
    low, middle, high = np.quantile(ratios, (0.25, 0.5, 0.75)).tolist()
    steady = 1e3 * float(np.mean([one.steady.seconds for one in rounds]))
    first_cpu = 1e3 * float(np.median([one.first.cpu_seconds for one in rounds]))
    return row.model_copy(
        update={
            "ratio": middle,
            "ratio_low": low,
            "ratio_high": high,
            "cpu_ratio": row.cpu_ms / first_cpu if first_cpu else None,
            "steady_ratio": row.ms / steady,
        }
    )


def count_matches(found: Boxes, truth: Boxes) -> int:
    """Return how many true boxes a found one fits, each found and each true one used once.

    They fit where the centre of each lies within the other. Programs draw boxes by habits of their
    own, from the brow or from the hair, square or not, so that the share of a box which another
    covers would tell the habit more than the finding.
    """
    if not len(found) or not len(truth):
        return 0
    ours, theirs = np.asarray(found, float), np.asarray(truth, float)
    fits = _hold_centres(ours, theirs) & _hold_centres(theirs, ours).T
    partners = maximum_bipartite_matching(csr_array(fits.astype(np.int8)), perm_type="column")
    return int((partners >= 0).sum())


def _hold_centres(boxes: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return whether each box (rows) holds the centre of each of the others (columns)."""
    centres = others[:, :2] + others[:, 2:] / 2
    from_corner = centres[None, :, :] - boxes[:, None, :2]
    inside = (from_corner >= 0) & (from_corner <= boxes[:, None, 2:])
    return np.asarray(inside.all(axis=2), bool)
