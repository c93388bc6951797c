"""How many known changes of invented lessons a report finds, and how many that are none.

    python -m tests.bench.changes [--hours 20]

Of each kind of lesson (`tests.bench.lessons`) so many hours with a change every twelve minutes on
average, and as many without any. Found: told within 30 s of a change; off: how far from it, mean;
false: told where there was none, in two hours with changes, and in two hours without. Seconds: of
the processor, for one whole report.
"""

import argparse
import sys
import time
from dataclasses import dataclass, replace

from server.report.assembly import assemble
from tests.bench.lessons import BEGIN, KINDS, Kind, invent_lesson

NEAR_SECONDS = 30.0


@dataclass
class Score:
    """What was found in several lessons."""

    found: int = 0
    known: int = 0
    off: float = 0.0
    false: int = 0
    lessons: int = 0
    seconds: float = 0.0

    def count(self, kind: Kind, seed: int) -> None:
        """Invent a lesson, report it and compare."""
        lesson = invent_lesson(kind, seed)
        begun = time.process_time()
        told = assemble(lesson.material, now=BEGIN)
        self.seconds += time.process_time() - begun
        moments = [(change.at - BEGIN).total_seconds() for change in told.changes]
        for known in lesson.changes:
            nearest = min(moments, key=lambda at: abs(at - known), default=None)
            if nearest is not None and abs(nearest - known) <= NEAR_SECONDS:
                self.found += 1
                self.off += abs(nearest - known)
                moments.remove(nearest)
        self.known += len(lesson.changes)
        self.false += len(moments)
        self.lessons += 1


def measure(kind: Kind, lessons: int) -> tuple[Score, Score]:
    """Return the scores of lessons of two hours with changes, and without."""
    loud, quiet = Score(), Score()
    for number in range(lessons):
        loud.count(kind, 2 * number)
        quiet.count(replace(kind, changes=0), 2 * number + 1)
    return loud, quiet


def main() -> None:
    """Print a table, a line a kind."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--hours", type=int, default=20, help="of each kind, half without changes")
    lessons = max(asked.parse_args().hours // 4, 1)
    head = "lesson", "found", "off", "false in 2 h", "in 2 h without changes", "seconds"
    sys.stdout.write(f"| {' | '.join(head)} |\n|{'---|' * len(head)}\n")
    for kind in KINDS:
        loud, quiet = measure(kind, lessons)
        row = (
            kind.name,
            f"{loud.found} of {loud.known}",
            f"{loud.off / max(loud.found, 1):.1f} s",
            f"{loud.false / loud.lessons:.2f}",
            f"{quiet.false / quiet.lessons:.2f}",
            f"{(loud.seconds + quiet.seconds) / (loud.lessons + quiet.lessons):.2f}",
        )
        sys.stdout.write(f"| {' | '.join(row)} |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
