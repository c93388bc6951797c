"""What a report costs: put together, and written in each form. Processor time, seconds.

    python -m tests.bench.report [MINUTES [STUDENTS [BUCKET_SECONDS]]] [--json FILE]

A lesson of two hours with 40 students and ten changes unless told otherwise; the least of three.
The first time a form is written its libraries are imported, which is told apart.
"""

import argparse
import json
import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
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
    parser = argparse.ArgumentParser(prog="python -m tests.bench.report")
    for name, usual in (("minutes", 120), ("students", 40), ("bucket", 5)):
        parser.add_argument(name, type=int, nargs="?", default=usual)
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    given = parser.parse_args()
    minutes, students, bucket = given.minutes, given.students, given.bucket
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
    if given.json:
        parts = {what: {"first_s": first, "again_s": again} for what, first, again in rows}
        told_of = {"minutes": minutes, "students": students, "memory_mb": peak, "parts": parts}
        given.json.write_text(json.dumps(told_of, indent=1))


if __name__ == "__main__":
    main()
