"""What a report gives away of one student who joins halfway, to whoever subtracts.

    python -m tests.bench.differencing [LESSONS]

Twelve students, then thirteen; the thirteenth's face shows one emotion all the time. Guesses are by
differencing; what the best linear guess explains of the unknown shares, beyond the class's mean, is
told for what the report says and for exact sums. Once with shares as they were read, and once with
shares that are corrected for what a network confuses.
"""

import sys
from collections.abc import Iterable
from datetime import timedelta
from itertools import product

import numpy as np

from model.emotions import EMOTIONS
from model.quantification import fit_estimator
from server.attendance import Attendance
from tests.invented_faces import invent_faces
from tests.server.report.lessons import BEGIN, count_class, mark, report, usual_faces

HALF = 10
"""Minutes after which the thirteenth student joins."""
STIRS = (0.0, 0.25, 0.5, 1.0)
"""Spread of the others' log-odds from bucket to bucket."""


def attack(seed, stir, estimators=None):
    """Let a thirteenth student join whose face never changes; return truth, guesses, mean.

    estimators: what corrects the told shares, none where they are told as they were read.

    The guesses are by differencing: thirteen times the later share less twelve times the earlier.
    """
    random = np.random.default_rng(seed)
    faces, extreme = usual_faces(12, seed), np.eye(len(EMOTIONS))[random.integers(7)]

    def show(minute):
        shown = np.log(faces + 1e-3) + random.normal(0, stir, faces.shape)
        shown = np.exp(shown) / np.exp(shown).sum(1, keepdims=True)
        return shown if minute < HALF else np.vstack([shown, extreme])

    at = (BEGIN + timedelta(minutes=HALF)).timestamp()
    came = Attendance(None, (BEGIN.timestamp(),) * 12 + (at,), (), 5)
    tallies = count_class(show)
    told = report(
        tallies,
        attendance=came,
        markers=[mark(HALF, "Somebody joins")],
        estimators=estimators or {},
    )

    def read(stretch):
        return np.array([stretch.shares[emotion].share for emotion in EMOTIONS])

    series = [read(one) for one in told.series]
    half = len(series) // 2
    before, after = told.segments
    against = np.array([after.against_rest[emotion].size for emotion in EMOTIONS])
    whole = read(told.whole)
    sums = [np.mean([t.share_sums / t.weight for t in tallies[part]], axis=0)
            for part in (slice(0, 120), slice(120, 240))]  # fmt: skip
    return (
        extreme,
        whole,
        {
            "neighbours": 13 * series[half] - 12 * series[half - 1],
            "long runs": 13 * np.mean(series[half:], axis=0) - 12 * np.mean(series[:half], axis=0),
            "segments": 13 * read(after) - 12 * read(before),
            "the rest": read(before) + 13 * against,
            "whole less part": 25 * whole - 24 * read(before),
            "exact sums": 13 * sums[1] - 12 * sums[0],
        },
    )


def explain(attacks: Iterable[tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]]
) -> dict[str, float]:  # fmt: skip
    """Return what part of the squared error each kind of guess takes from the mean's, at best."""
    attacks = list(attacks)
    unknown = np.array([truth - mean for truth, mean, _ in attacks]).ravel()
    explained = {}
    for name in attacks[0][2]:
        hint = np.array([guesses[name] - mean for _, mean, guesses in attacks]).ravel()
        slope = hint @ unknown / max(hint @ hint, 1e-6)
        explained[name] = float(1 - ((unknown - slope * hint) ** 2).sum() / (unknown**2).sum())
    return explained


def main() -> None:
    """Print a table, a line for how much the others' faces stir."""
    lessons = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    corrected = {"v1": fit_estimator(*invent_faces(6000, seed=7, bias=1.0))}
    for at, (stir, estimators) in enumerate(product(STIRS, ({}, corrected))):
        explained = explain(attack(seed, stir, estimators) for seed in range(lessons))
        if not at:
            sys.stdout.write(f"| stir | shares | {' | '.join(explained)} |\n|{'---|' * 8}\n")
        told = " | ".join(f"{100 * part:.0f} %" for part in explained.values())
        how = "corrected" if estimators else "as read"
        sys.stdout.write(f"| {stir} | {how} | {told} |\n")


if __name__ == "__main__":
    main()
