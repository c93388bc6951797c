"""What differs between sessions beyond noise. Pure.

Noise is the smaller of two things. One is what differences between students could make at most:
read off each share's own interval, and no less than if every student had looked the same for the
whole lesson; students of two sessions are taken as different ones, though they are often the same.
The other, from `SCATTER_SESSIONS` on, is how far the other sessions lie from each other, whatever
made them do so. To both comes what makes shares of few students uneven. Where many differences are
told beside each other, each has its part of the 5 % only (Bonferroni): else fifty lessons that are
alike would always show a few that seem to differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from scipy.special import ndtri, stdtrit

from model.emotions import EMOTIONS, Emotion
from server.schemas import Difference, Stretch
from server.tally import Doubles

ERROR = 0.05
"""How often all that is told beside each other may hold anything that is only noise."""
SINGLE = 0.975
"""Of the upper end of a report's own intervals."""
SCATTER_SESSIONS = 5
TREND_SESSIONS, TREND_DAYS = 4, 7.0
"""A trend is told of so many sessions at least, the last so many days after the first."""
DAY_S = 86_400.0


@dataclass(frozen=True)
class Estimates:
    """Shares of `n` sessions: means, and variances from students, `(n, 7)`.

    students: `(n,)` visible at once; a share is told in steps of one of them.
    """

    means: Doubles
    variances: Doubles
    students: Doubles


def read_estimates(stretches: Sequence[Stretch]) -> Estimates:
    """Read what stretches, each of which tells shares, say of the mean over their students."""
    told = np.array([_row(stretch) for stretch in stretches]).reshape(-1, len(EMOTIONS), 3)
    students = np.array([max(stretch.visible, 2) for stretch in stretches], np.float64)
    middle, half_step = told[..., 0], 0.5 / students[:, None]
    reach = np.maximum(told[..., 2] - middle, middle - told[..., 1])  # one may be cut off at 0 or 1
    error = np.maximum(reach, half_step) / stdtrit(students - 1, SINGLE)[:, None]
    return Estimates(middle, np.maximum(error**2, _if_steady(middle, students)), students)


def count_comparisons(sessions: int) -> int:
    """Tell how many differences there are between so many sessions: two have the same one."""
    return len(EMOTIONS) * (sessions if sessions > 2 else max(sessions - 1, 0))


def compare_with_rest(of: Estimates, comparisons: int) -> list[dict[Emotion, Difference]]:
    """Tell of each session, of two at least, by how much it differs from the mean of all others.

    comparisons: differences told beside each other, these among them.
    """
    count = len(of.means)
    rest = (of.means.sum(0) - of.means) / (count - 1)
    if count < SCATTER_SESSIONS:
        reach = _reach_by_students(of, rest, comparisons)
    else:  # each is wrong half as often, so that both together are not wrong more often than one
        comparisons = 2 * comparisons
        by_students = _reach_by_students(of, rest, comparisons)
        reach = np.minimum(by_students, _reach_by_scatter(of, comparisons))
    reach = reach + _unevenness(rest, of.students, comparisons)
    return [_tell(size, far) for size, far in zip(of.means - rest, reach, strict=True)]


def find_trend(of: Estimates, began: Sequence[datetime]) -> dict[Emotion, Difference] | None:
    """Tell by how much the shares change from the first session to the last, by least squares.

    Noise is how far the sessions lie from the straight line, so that lessons which differ among
    themselves for whatever reason are no trend; and no less than `LEAST_STUDENTS` from end to end.
    None of too few sessions, or of less than a week.
    """
    days = np.array([moment.timestamp() / DAY_S for moment in began])
    length = float(np.ptp(days)) if len(days) else 0.0
    if len(days) < TREND_SESSIONS or length < TREND_DAYS:
        return None
    from_middle = days - days.mean()
    spread = float((from_middle**2).sum())
    slopes = from_middle @ of.means / spread
    left = of.means - of.means.mean(0) - np.outer(from_middle, slopes)
    freedom = len(days) - 2
    variance = np.maximum((left**2).sum(0) / freedom, _by_rounding(of).mean()) / spread
    reach = _quantile(np.array(float(freedom)), len(EMOTIONS)) * np.sqrt(variance) * length
    uneven = _unevenness(
        of.means.mean(0, keepdims=True), of.students.min(keepdims=True), len(EMOTIONS)
    )
    return _tell(slopes * length, reach + uneven[0])


def _reach_by_students(of: Estimates, rest: Doubles, comparisons: int) -> Doubles:
    """Return `(n, 7)` half intervals, by Welch's and Satterthwaite's degrees of freedom.

    rest: the means of all others; were a session like them, it would have their spread.
    """
    freedom = (of.students - 1)[:, None]
    own = np.maximum(of.variances, _if_steady(rest, of.students))
    parts = of.variances / (len(of.means) - 1) ** 2
    variances = own + parts.sum(0) - parts
    fourths = parts**2 / freedom
    effective = variances**2 / (own**2 / freedom + fourths.sum(0) - fourths)
    reach: Doubles = _quantile(effective, comparisons) * np.sqrt(variances)
    return reach


def _reach_by_scatter(of: Estimates, comparisons: int) -> Doubles:
    """Return `(n, 7)` half intervals in which one more session like all the others would lie."""
    others = len(of.means) - 1
    from_mean = (of.means - of.means.mean(0)) ** 2
    among_others = (from_mean.sum(0) - from_mean * (others + 1) / others) / (others - 1)
    among_others = np.maximum(among_others, _by_rounding(of)[:, None])
    freedom = np.array(float(others - 1))
    reach: Doubles = _quantile(freedom, comparisons) * np.sqrt(among_others * (1 + 1 / others))
    return reach


def _if_steady(means: Doubles, students: Doubles) -> Doubles:
    """Return `(n, 7)` variances if every student looked the same for the whole lesson."""
    least = 0.5 / students[:, None]
    near = np.clip(means, least, 1 - least)
    variances: Doubles = near * (1 - near) / students[:, None]
    return variances


def _unevenness(means: Doubles, students: Doubles, comparisons: int) -> Doubles:
    """Return `(n, 7)` by how much more than normal shares of so many students may be off.

    The skewness of a binomial share (Cornish and Fisher 1938), and half a student for its steps.
    """
    z = float(ndtri(1 - ERROR / 2 / max(comparisons, 1)))
    extra: Doubles = (np.abs(1 - 2 * means) * (z**2 - 1) / 6 + 0.5) / students[:, None]
    return extra


def _by_rounding(of: Estimates) -> Doubles:
    """Return `(n,)` variances that telling shares in steps of one student makes."""
    variances: Doubles = 1 / of.students**2 / 12
    return variances


def _row(stretch: Stretch) -> list[tuple[float, float, float]]:
    assert stretch.shares is not None  # noqa: S101 - asked for
    told = [stretch.shares[emotion] for emotion in EMOTIONS]
    return [(share.share, share.low, share.high) for share in told]


def _quantile(freedom: Doubles, comparisons: int) -> Doubles:
    """Return Student's t beyond which one of so many comparisons lies in 5 % of all cases."""
    found: Doubles = stdtrit(freedom, 1 - ERROR / 2 / max(comparisons, 1))
    return found


def _tell(sizes: Doubles, reach: Doubles) -> dict[Emotion, Difference]:
    return {
        emotion: Difference(
            size=_within(size),
            low=_within(size - far),
            high=_within(size + far),
            beyond_noise=bool(abs(size) > far),
        )
        for emotion, size, far in zip(EMOTIONS, sizes.tolist(), reach.tolist(), strict=True)
    }


def _within(value: float) -> float:
    return round(min(max(value, -1.0), 1.0), 6)
