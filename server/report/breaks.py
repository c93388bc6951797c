"""Where a panel of shares changes beyond noise. Pure.

`ruptures` proposes (Truong, Oudre & Vayatis 2020): PELT with squared errors, on shares in units of
their own long-run noise. Then every candidate is tested, and the weakest falls until all stand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from server.report.noise import Noise, guess_noise, learn_noise
from server.report.panel import Panel
from server.report.spread import level_of, most_spread
from server.report.threshold import BAND
from server.tally import Doubles

Flags = NDArray[np.bool_]

LEAST_SECONDS = 30.0
"""A change lasts at least so long."""
MOST_SECONDS = 300.0
"""At most so much is compared on either side."""
MOSTLY_BEYOND = 0.8
"""For so much of `LEAST_SECONDS` single points must be nearer to their own side's mean."""
FALSE_A_LESSON = 0.05
"""Changes that noise alone may bring about in a lesson, all shares together."""
ARRIVING_SECONDS = 120.0
"""Coverage at the edges of a lesson is students who come and go."""
ROUNDS = 3
"""The noise is learnt anew between the changes found, and they are looked for again."""
RAMP_SECONDS = 90.0
"""Steps of one direction so near to each other are one slow change."""
LEAST_LASTING = 0.25
"""At least this part of the differences between students lasts; of coverage all, for students
stay away for minutes."""
EAGERNESS = 1.0
"""Part of the full penalty at which candidates are proposed; the tests are the judge."""


@dataclass(frozen=True)
class Break:
    """A change. at: index of the first point after it; first, last: the points compared.

    scores: `(d,)` how far beyond noise each share changed, in units of what is needed; 1 or more
    is beyond noise.
    """

    at: int
    first: int
    last: int
    scores: Doubles


@dataclass(frozen=True)
class Finding:
    """All changes of a panel beyond noise, by time, and what is known of its noise.

    lasting: `(d,)` how students differ for long, as parts of p(1 - p); wandering: `(d,)` long-run
    variances in seconds, so that a mean over `s` seconds has `wandering / s`.
    """

    breaks: list[Break]
    lasting: Doubles
    wandering: Doubles


def find_breaks(panel: Panel) -> Finding:
    """Return all changes of a panel beyond noise."""
    least = max(int(np.ceil(LEAST_SECONDS / panel.step)), 1) if len(panel.starts) else 1
    if len(panel.starts) < 2 * least + 2:
        return Finding([], panel.spread, np.zeros(len(panel.names)))
    found: list[Break] = []
    noise = guess_noise(panel.values, panel.step)
    for _ in range(ROUNDS):
        found = Jury(panel, noise, least).judge(_propose(panel.values, noise.long_run, least))
        noise = learn_noise(panel.values, panel.step, [one.at for one in found])
    return Finding(found, part_that_lasts(panel, noise), noise.long_run * panel.step)


def _propose(values: Doubles, noise: Doubles, least: int) -> list[int]:
    """Return candidates, indices of the first points after them."""
    from ruptures import KernelCPD  # noqa: PLC0415 - a server that starts needs none of it

    signal = (values - values.mean(0)) / np.sqrt(noise)
    d, looks = signal.shape[1], log(len(signal))
    penalty = EAGERNESS * (d + 2 * sqrt(d * looks) + 2 * looks)
    found = KernelCPD(kernel="linear", min_size=least).fit(signal).predict(pen=penalty)
    return [int(at) for at in found[:-1]]


class Jury:
    """Tests candidates of one panel."""

    def __init__(self, panel: Panel, noise: Noise, least: int) -> None:
        self._panel, self._noise = panel, noise
        self._most = max(int(MOST_SECONDS / panel.step), least)
        self._sums = np.cumsum(np.vstack([np.zeros(panel.values.shape[1]), panel.values]), axis=0)
        looks = len(panel.starts) / least * panel.values.shape[1]
        self._needed = -float(ndtri(FALSE_A_LESSON / 2 / looks))
        self._level = level_of(panel.values.shape[1])
        self._lasting = part_that_lasts(panel, noise)
        self._weighed: dict[tuple[int, int, int], Break] = {}

    def judge(self, candidates: Sequence[int]) -> list[Break]:
        """Return the candidates that stand, once all that fall have fallen."""
        edges = self._drop([0, *candidates, len(self._panel.starts)])
        while (joined := self._join_ramp(edges)) is not None:
            edges = self._drop(joined)
        return self._weigh_all(edges)

    def _drop(self, edges: list[int]) -> list[int]:
        """Take the weakest candidate away until all that are left stand."""
        while breaks := self._weigh_all(edges):
            strengths = [float(one.scores.max()) for one in breaks]
            weakest = int(np.argmin(strengths))
            if strengths[weakest] >= 1:
                break
            edges = edges[: weakest + 1] + edges[weakest + 2 :]
        return edges

    def _join_ramp(self, edges: list[int]) -> list[int] | None:
        """Return edges in which two near changes of one direction are one; None if there are none.

        A slow change is found as two or more steps.
        """
        for i in range(1, len(edges) - 2):
            before, one, other, after = edges[i - 1 : i + 3]
            apart = self._panel.starts[other] - self._panel.starts[one]
            if apart <= RAMP_SECONDS and self._goes_on(before, one, other, after):
                between = range(one, other + 1)
                best = max(between, key=lambda at: self._strength(before, at, after))
                return [*edges[:i], best, *edges[i + 2 :]]
        return None

    def _goes_on(self, before: int, one: int, other: int, after: int) -> bool:
        """Tell whether the second change goes on in the direction of the first, and not back."""
        levels = self._mean(before, one), self._mean(one, other), self._mean(other, after)
        first, second = levels[1] - levels[0], levels[2] - levels[1]
        return float((first * second / self._noise.long_run).sum()) > 0

    def _strength(self, before: int, at: int, after: int) -> float:
        """Return how well one change explains the points, to place it."""
        m, n = at - before, after - at
        differs = self._mean(at, after) - self._mean(before, at)
        return float((differs**2 / self._noise.long_run).sum() * m * n / (m + n))

    def _weigh_all(self, edges: Sequence[int]) -> list[Break]:
        return [self._weigh(*edges[i - 1 : i + 2]) for i in range(1, len(edges) - 1)]

    def _weigh(self, before: int, at: int, after: int) -> Break:
        key = max(before, at - self._most), at, min(after, at + self._most)
        if key not in self._weighed:
            self._weighed[key] = self._compare(*key)
        return self._weighed[key]

    def _compare(self, first: int, at: int, last: int) -> Break:
        panel = self._panel
        shares = self._mean(first, at), self._mean(at, last)
        students = panel.students[first:at].max(0), panel.students[at:last].max(0)
        in_time = self._noise.long_run * (1 / (at - first) + 1 / (last - at))
        between = in_time + sum(
            (self._lasting * most_spread(p, n) / n for p, n in zip(shares, students, strict=True)),
            start=np.zeros(len(panel.names)),
        )
        fewest = np.minimum(*students)
        reach = stdtrit(np.maximum(fewest - 1, 1), self._level) * np.sqrt(between)
        needed = np.maximum(self._needed * np.sqrt(in_time), np.maximum(reach, BAND / fewest))
        scores = np.abs(shares[1] - shares[0]) / needed
        scores[~(self._may_change(at) & self._lasts(first, at, last, shares))] = 0.0
        return Break(at, first, last, scores)

    def _mean(self, first: int, last: int) -> Doubles:
        mean: Doubles = (self._sums[last] - self._sums[first]) / (last - first)
        return mean

    def _lasts(self, first: int, at: int, last: int, shares: tuple[Doubles, Doubles]) -> Flags:
        """Tell `(d,)` whether a change is more than a few seconds in a longer stretch."""
        values, middle, sign = self._panel.values, sum(shares) / 2, np.sign(shares[1] - shares[0])
        before = ((middle - values[first:at]) * sign > 0).sum(0)
        after = ((values[at:last] - middle) * sign > 0).sum(0)
        least = MOSTLY_BEYOND * LEAST_SECONDS / self._panel.step
        lasts: Flags = np.minimum(before, after) >= least
        return lasts

    def _may_change(self, at: int) -> Flags:
        panel = self._panel
        into, left = panel.starts[at] - panel.starts[0], panel.ends[-1] - panel.starts[at]
        edge = min(into, left) < ARRIVING_SECONDS
        return np.array([not (edge and name == "coverage") for name in panel.names])


def part_that_lasts(panel: Panel, noise: Noise) -> Doubles:
    """Return `(d,)` how much students differ from each other for long, as parts of p(1 - p).

    How they differ in one bucket is partly how each differs from moment to moment; that part
    makes the class's mean wander, by one in so many students of it.
    """
    mean = panel.values.mean(0)
    students = np.median(panel.students, axis=0)
    passing = noise.point * students / most_spread(mean, students)
    least = [1.0 if name == "coverage" else LEAST_LASTING for name in panel.names]
    lasting: Doubles = np.maximum(panel.spread - passing, np.array(least) * panel.spread)
    return lasting
