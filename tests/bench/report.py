"""What a report costs: put together, and written in each form. Processor time, seconds.

    python -m tests.bench.report [MINUTES [STUDENTS [BUCKET_SECONDS]]]

A lesson of two hours with 40 students and ten changes unless told otherwise; the least of three.
The first time a form is written its libraries are imported, which is told apart.
"""

import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from zoneinfo import ZoneInfo

from server.publishing import write_report
from server.report.assembly import assemble
from server.report.words import word_report
from server.schemas import ReportFormat
from tests.bench.lessons import BEGIN, KINDS, invent_lesson


def measure(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds of the first time, and the least of three more."""
    seconds = []
    for _ in range(4):
        begun = time.process_time()
        work()
        seconds.append(time.process_time() - begun)
    return seconds[0], min(seconds[1:])


def main() -> None:
    """Print a table."""
    minutes, students, bucket = [*map(int, sys.argv[1:]), *(120, 40, 5)[len(sys.argv) - 1 :]]
    kind = replace(KINDS[0], minutes=minutes, students=students, bucket=bucket)
    material = invent_lesson(kind, seed=1).material
    tracemalloc.start()
    told = word_report(assemble(material, now=BEGIN))
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    rows = [("put together", *measure(lambda: assemble(material, now=BEGIN)))]
    zone = ZoneInfo("Europe/Berlin")
    rows += [
        (f"written as {form}", *measure(partial(write_report, told, form, zone)))
        for form in ReportFormat
    ]
    sys.stdout.write(
        f"{minutes} min, {students} students, {len(material.tallies):,} buckets, "
        f"{len(told.changes)} changes; {peak:.0f} MB at most while it is put together\n\n"
        "| part | first | again |\n|---|---|---|\n"
    )
    for what, first, again in rows:
        sys.stdout.write(f"| {what} | {first:.2f} s | {again:.2f} s |\n")


if __name__ == "__main__":
    main()
