"""`python -m tests.bench.comparison_noise [RUNS]`: how often alike lessons are said to differ.

For lessons of one class whose students have the same mix of expressions on average: how many
comparisons of so many lessons hold anything beyond noise, how many a trend, and by how many points
a share must differ to be beyond noise. Students who keep one look for the whole lesson are the
worst there can be; the others have a mix of their own.
"""

import sys

import numpy as np

from server.comparison.noise import (
    compare_with_rest,
    count_comparisons,
    find_trend,
    read_estimates,
)
from tests.server.comparison.invented_shares import invent_wholes
from tests.server.comparison.lessons import lessons_apart

LOOKS = {0: "one look each", 1: "a few looks each", 6: "a mix each"}


def measure(sessions: int, students: int, steady: int, runs: int) -> tuple[float, float, float]:
    """Return false differences and false trends, parts of the runs, and the median reach."""
    chance = np.random.default_rng([sessions, students, steady])
    began = lessons_apart(7, sessions)
    false = trends = 0
    reach = 0.0
    for _ in range(runs):
        of = read_estimates(invent_wholes(chance, sessions, students, steady))
        told = [d for one in compare_with_rest(of, count_comparisons(sessions))
                for d in one.values()]  # fmt: skip
        false += any(each.beyond_noise for each in told)
        trend = find_trend(of, began) or {}
        trends += any(each.beyond_noise for each in trend.values())
        reach += float(np.median([each.high - each.low for each in told])) / 2
    return false / runs, trends / runs, reach / runs


def main() -> None:
    """Print the table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    head = "| lessons | students | who have | false difference | false trend | points to be told |"
    sys.stdout.write(f"{head}\n|---|---|---|---|---|---|\n")
    for sessions in (2, 12, 50):
        for students in (10, 25):
            for steady, look in LOOKS.items():
                false, trends, reach = measure(sessions, students, steady, runs)
                trend = f"{trends:.1%}" if sessions > 2 else "–"
                told = f"{false:.1%} | {trend} | {100 * reach:.0f}"
                sys.stdout.write(f"| {sessions} | {students} | {look} | {told} |\n")


if __name__ == "__main__":
    main()
