"""What is watched for changes: shares over time as one table. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.emotions import EMOTIONS
from server.attendance import Attendance
from server.report.buckets import Buckets
from server.report.sayings import Sayings
from server.report.spread import Spread
from server.schemas import SELF_REPORT_SECONDS, SelfReportAnswer
from server.tally import Doubles, Integers

MOST_POINTS = 3000
"""Points that are looked at; finer buckets are added up: 24 hours in steps of 30 s."""

_SLACK = 1e-6


@dataclass(frozen=True)
class Panel:
    """`d` shares at `n` points of time, of which all are known.

    names: what each is of; starts, ends: `(n,)` Unix seconds; values: `(n, d)`; students: `(n, d)`
    behind each; spread: `(d,)` between students, as parts of p(1 - p).
    """

    names: tuple[str, ...]
    starts: Doubles
    ends: Doubles
    values: Doubles
    students: Doubles
    spread: Doubles

    @property
    def step(self) -> float:
        """Return the seconds of a point."""
        return float(np.median(self.ends - self.starts)) if len(self.starts) else 0.0


def watch_mood(buckets: Buckets, spread: Spread, attendance: Attendance) -> Panel:
    """Return emotions, turned faces and coverage, as far as they are known throughout."""
    told: Integers = np.flatnonzero(buckets.enough).astype(np.int64)
    firsts = _firsts(buckets, told)

    def add(values: Doubles) -> Doubles:
        sums: Doubles = np.add.reduceat(values[told], firsts, axis=0)
        return sums

    if not len(told):
        return Panel((), np.zeros(0), np.zeros(0), np.zeros((0, 0)), np.zeros((0, 0)), np.zeros(0))
    weight = add(buckets.weight)
    students = np.maximum.reduceat(buckets.students[told], firsts)
    last = np.append(firsts[1:], len(told)) - 1
    columns: list[tuple[str, Doubles, Doubles, float]] = [
        (emotion, add(buckets.shares)[:, k] / weight, students, float(spread.shares[k]))
        for k, emotion in enumerate(EMOTIONS)
    ]
    posed = add(buckets.posed)
    if bool((np.abs(posed - weight) <= _SLACK * weight).all()):
        columns.append(("turned", add(buckets.turned) / weight, students, spread.turned))
    covered = _cover(buckets, attendance)
    if covered is not None:
        coverage, present = covered
        count = add(np.ones(len(buckets.starts)))
        columns.append(("coverage", add(coverage) / count, add(present) / count, 1.0))
    return _put_together(
        columns,
        buckets.starts[told][firsts].astype(float),
        buckets.starts[told][last].astype(float) + buckets.seconds,
    )


def watch_answers(sayings: Sayings) -> Panel:
    """Return what students say, of the 30 s in which enough said something."""
    told = sayings.counts.sum(1) > 0
    counts, starts = sayings.counts[told].astype(float), sayings.starts[told].astype(float)
    said = counts.sum(1)
    columns = [
        (str(answer), counts[:, k] / said, said, 1.0) for k, answer in enumerate(SelfReportAnswer)
    ]
    return _put_together(columns, starts, starts + SELF_REPORT_SECONDS)


def _put_together(
    columns: Sequence[tuple[str, Doubles, Doubles, float]], starts: Doubles, ends: Doubles
) -> Panel:
    names, values, students, spread = zip(*columns, strict=True)
    return Panel(
        tuple(names), starts, ends, np.stack(values, 1), np.stack(students, 1), np.array(spread)
    )


def _firsts(buckets: Buckets, told: Integers) -> Integers:
    """Return which of the told buckets begin a point, so that there are not too many."""
    if not len(told):
        return np.zeros(0, np.int64)
    lasted = (buckets.starts[told[-1]] - buckets.starts[told[0]]) / buckets.seconds + 1
    joined = int(np.ceil(lasted / MOST_POINTS))
    number = (buckets.starts[told] - buckets.starts[told[0]]) // (buckets.seconds * joined)
    firsts: Integers = np.flatnonzero(np.diff(number, prepend=-1)).astype(np.int64)
    return firsts


def _cover(buckets: Buckets, attendance: Attendance) -> tuple[Doubles, Doubles] | None:
    """Return the coverage of each bucket and the students it is told against; None if unknown."""
    if attendance.expected:
        against = np.full(len(buckets.starts), float(attendance.expected))
    elif bool(buckets.window.any()):
        return None
    else:
        ends = buckets.starts + buckets.seconds
        joined = np.searchsorted(np.array(attendance.joined), ends)
        against = (joined - np.searchsorted(np.array(attendance.left), ends)).astype(float)
    if not bool((against > 0).all()):
        return None
    return np.minimum(buckets.seen / against, 1.0), against
