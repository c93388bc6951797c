"""How often engagement's interval holds the truth, over simulated classes.

    python -m tests.bench.engagement

Each student has a mix of emotions of their own around the class's, and is turned to the screen or
not. The truth is what such classes show on average.
"""

import sys

import numpy as np

from model.emotions import EMOTIONS, Emotion
from server.engagement import SHIPPED, revise
from server.mood import describe_bucket
from server.schemas import EngagementProfile, NewEngagementProfile
from server.tally import SourceTally, fold_sources

MIX = np.array([0.03, 0.02, 0.05, 0.25, 0.1, 0.1, 0.45])
STUDENTS = (5, 12, 30)
TURNED = (0.05, 0.5, 0.8, 0.95)
CLASSES = 2000


def make_student(shares, *, turned=1, posed=1, faces=1, frames=1, kind="student"):
    """Tally one source whose `faces` faces all show the same shares `(7,)`."""
    shares = np.array(shares, float)
    counts = np.zeros(len(EMOTIONS), int)
    sums, squares = faces * shares, faces * shares**2
    return SourceTally(
        0, kind, "v1", frames, frames, faces, counts, sums, squares, posed=posed, turned=turned
    )


def measure_coverage(profile: EngagementProfile, students: int, turned: float, classes: int):
    """Return in what part of the classes the interval holds the truth."""
    random = np.random.default_rng(7)
    weights = np.array([profile.emotion_weights[emotion] for emotion in EMOTIONS])
    screen = profile.screen_weight
    truth = screen * turned + (1 - screen) * (1 + weights @ MIX) / 2
    hits = 0
    for _ in range(classes):
        rows = random.dirichlet(3 * MIX, students)
        facing = random.random(students) < turned
        sources = [
            make_student(row, turned=int(one)) for row, one in zip(rows, facing, strict=True)
        ]
        point = describe_bucket([fold_sources(sources)], start=0, seconds=5, profile=profile)
        hits += point.engagement.low <= truth <= point.engagement.high
    return hits / classes


def make_profile(title, screen, weights) -> EngagementProfile:
    """Return a profile of somebody's own."""
    wish = NewEngagementProfile(title=title, screen_weight=screen, emotion_weights=weights)
    return revise(SHIPPED, wish)


def main() -> None:
    """Print a table: profiles down, sizes of a class across; the worst of several shares turned."""
    profiles = [
        SHIPPED,
        make_profile("faces turned alone", 1.0, {}),
        make_profile("shipped balance alone", 0.0, SHIPPED.emotion_weights),
        make_profile("happy alone", 0.0, {Emotion.HAPPY: 1.0}),
    ]
    lines = [["profile", *(f"{n} students" for n in STUDENTS)], ["---"] * (1 + len(STUDENTS))]
    for profile in profiles:
        worst = [
            min(measure_coverage(profile, n, turned, CLASSES) for turned in TURNED)
            for n in STUDENTS
        ]
        lines.append([profile.title, *(f"{100 * part:.1f} %" for part in worst)])
    sys.stdout.writelines(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    main()
