"""A made-up class for measuring the quiet alert: how often it is wrong, and how late.

    python -m tests.dashboard.steady_class --hours 20

Students differ from each other for good, waver from moment to moment and over minutes, look away,
leave for a while, and change their answers, each for themselves. So the class as a whole does not
change, and every alert is a false one. With `step` all of them change at one moment.
"""

import argparse
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from dashboard.alert import find_changes
from dashboard.timeline import REACH_BACK, stretch_of
from model.emotions import EMOTIONS, Emotion
from server.attendance import Attendance
from server.mood import describe_series
from server.schemas import SelfReportAnswer
from server.self_report import CountedAnswers, tell_series
from server.tally import Tally
from tests.dashboard.points import NOON, mood

USUAL = np.array([-0.9, -2.2, -1.2, 0.2, -0.2, -0.5, 1.2])
BUCKET = 5
BEGAN = int(NOON.timestamp())
STEP_S = 400.0
FORGET = timedelta(minutes=2)


@dataclass(frozen=True)
class Step:
    """What changes for everybody at one moment: emotions' log-odds, and who is still visible."""

    at_s: float
    pull: dict
    visible: float = 1.0


def make_class(*, students, minutes, seed, step=None):
    """Return the tallies and the self-reports of a class."""
    chance = np.random.default_rng(seed)
    buckets = int(minutes * 60 / BUCKET)
    usual = USUAL + chance.normal(0, 0.55, (students, len(EMOTIONS)))
    quick, slow = np.exp(-BUCKET / 3), np.exp(-BUCKET / 120)
    stir = chance.normal(0, 0.45, usual.shape)
    drift = chance.normal(0, 0.3, usual.shape)
    away = np.zeros(students)
    answer = chance.choice(4, students, p=[0.7, 0.1, 0.1, 0.1])
    tallies, counted = [], []
    for number in range(buckets):
        stir = quick * stir + chance.normal(0, 0.45, usual.shape) * np.sqrt(1 - quick**2)
        drift = slow * drift + chance.normal(0, 0.3, usual.shape) * np.sqrt(1 - slow**2)
        away = np.where(away > 0, away - BUCKET, 0)
        leave = (away <= 0) & (chance.random(students) < BUCKET / 300)
        away = np.where(leave, chance.uniform(15, 75, students), away)
        changed = step is not None and number * BUCKET >= step.at_s
        pull = np.array([step.pull.get(e, 0.0) if changed else 0.0 for e in Emotion])
        odds = np.exp(usual + stir + drift + pull)
        hidden = chance.random(students) < 0.05
        if changed:
            hidden |= np.arange(students) >= step.visible * students
        seen = ~hidden & (away <= 0)
        tallies.append(_tally(BEGAN + number * BUCKET, (odds / odds.sum(1, keepdims=True))[seen]))
        if number % 6 == 5:
            new = chance.choice(4, students, p=[0.7, 0.1, 0.1, 0.1])
            answer = np.where(chance.random(students) < 30 / 300, new, answer)
            said = chance.random(students) < 0.7
            counts = np.bincount(answer[said], minlength=4).tolist()
            start = BEGAN + (number - 5) * BUCKET
            told = Counter(dict(zip(SelfReportAnswer, counts, strict=True)))
            counted.append(CountedAnswers(start, told))
    return tallies, counted


def _tally(start, shares):
    visible = float(len(shares))
    counts = np.bincount(shares.argmax(1), minlength=len(EMOTIONS))
    return Tally(
        bucket_start=start, kind="student", network_version="fer-1", frames=3 * len(shares),
        faces=3 * len(shares), sources=len(shares), visible=visible, weight=visible,
        counts=3 * counts, sums=3 * shares.sum(0), share_sums=shares.sum(0),
        share_squares=(shares**2).sum(0),
        posed_weight=visible, turned_sum=0.8 * visible, turned_square=0.7 * visible,
    )  # fmt: skip


def watch(tallies, counted, *, students, points=10):
    """Yield at every bucket its end and the changes that the page would tell then."""
    series = describe_series(
        tallies, bucket_seconds=BUCKET, attendance=Attendance.always(students, students)
    )
    said = tell_series(counted, seconds=30)
    lesson = mood(series[0], [], expected_students=students)
    for number, point in enumerate(series):
        now = stretch_of(point).end
        since = now - REACH_BACK
        first = max(0, number - int(REACH_BACK.total_seconds()) // BUCKET)
        told = [p for p in said if since <= p.start < now]
        update = {"now": point, "series": series[first : number + 1], "self_reports": told}
        yield now, find_changes(lesson.model_copy(update=update), points)


def count_alerts(watched):
    """Count the alerts that a teacher would have to press away, as `assets/alert.js` keeps them."""
    alerts, seen = [], {}
    for now, changes in watched:
        seen = {name: at for name, at in seen.items() if now - at <= FORGET}
        new = [change for change in changes if change.name not in seen]
        alerts += [(now, change) for change in new[:1]]
        seen.update({change.name: now for change in changes})
    return alerts


def find_delay(watched, what, at):
    """Return how many seconds after `at` a change of `what` is told; None where it never is."""
    for now, changes in watched:
        if any(change.what == what for change in changes):
            return (now - at).total_seconds()
    return None


def main():
    """Print the false alerts of many hours, and the delays of steps of several sizes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=int, default=20)
    given = parser.parse_args()
    for students in (8, 15, 30):
        false = [
            alert
            for hour in range(given.hours)
            for alert in count_alerts(
                watch(*make_class(students=students, minutes=60, seed=hour), students=students)
            )
        ]
        names = Counter(change.name for _, change in false)
        told = f"{students} students, {given.hours} h: {len(false)} false alerts {dict(names)}"
        sys.stdout.write(f"{told}\n")
    for pull in (1.0, 1.5, 2.0):
        _print_delays("surprise", Step(STEP_S, {Emotion.SURPRISE: pull}), f"e^{pull} the odds")
    for visible in (0.7, 0.6, 0.5):
        _print_delays("coverage", Step(STEP_S, {}, visible), f"{visible:.0%} still there")


def _print_delays(what, step, size):
    told = []
    for seed in range(10):
        made = make_class(students=30, minutes=9, seed=seed, step=step)
        told.append(find_delay(watch(*made, students=30), what, NOON + timedelta(seconds=STEP_S)))
    found = sorted(delay for delay in told if delay is not None)
    after = f", after {found[0]:.0f} to {found[-1]:.0f} s" if found else ""
    sys.stdout.write(f"{what}, {size}: found in {len(found)} of 10 classes{after}\n")


if __name__ == "__main__":
    main()
