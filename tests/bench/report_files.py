"""What it costs to write a report, as it is kept, in each form.

    python -m tests.bench.report_files

An invented lesson of 120 minutes with 40 students in buckets of 5 s, with changes, slides, a
transcript and answers. Each form is written by a process of its own, so that what it must import
is counted: processor time of the process, less that of one which imports the schemas only.
"""

import resource
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np

from server.report.assembly import assemble
from server.report.material import Material
from server.report.words import word_report
from server.schemas import (
    MarkerKind,
    OutlineEntry,
    Report,
    ReportFormat,
    SelfReportAnswer,
    TranscriptCue,
)
from server.self_report import CountedAnswers
from tests.bench.lessons import BEGIN, KINDS, invent_lesson

ANSWERS = tuple(SelfReportAnswer)
WRITE = """
import sys
from pathlib import Path
from server.schemas import Report, ReportFormat
report = Report.model_validate_json(Path(sys.argv[1]).read_bytes())
if len(sys.argv) > 2:
    from server.publishing import write_report
    Path(sys.argv[1]).with_suffix("." + sys.argv[2]).write_bytes(
        write_report(report, ReportFormat(sys.argv[2]))
    )
"""


def invent_report() -> Report:
    """Return the report of the lesson, with the texts of its sentences."""
    lesson = invent_lesson(KINDS[0], seed=3)
    ended = BEGIN + timedelta(hours=2)
    return word_report(assemble(_with_words(lesson.material), now=ended + timedelta(seconds=3)))


def _with_words(material: Material) -> Material:
    rng, start = np.random.default_rng(5), int(BEGIN.timestamp())
    counts = rng.multinomial(20, [0.7, 0.1, 0.1, 0.1], size=240)
    return replace(
        material,
        answers=[
            CountedAnswers(start + 30 * n, Counter(dict(zip(ANSWERS, map(int, row), strict=True))))
            for n, row in enumerate(counts)
        ],
        outline=[
            OutlineEntry(position=n + 1, kind=MarkerKind.SLIDE, title=f"Slide {n + 1}",
                         begins_s=300.0 * n, begun=True)
            for n in range(24)
        ],
        transcript=[
            TranscriptCue(begins_s=s, ends_s=s + 5, words="Water moves towards the salt.")
            for s in range(0, 7200, 6)
        ],
    )  # fmt: skip


def measure(*arguments: Path | str) -> float:
    """Return the processor seconds of one process that writes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", WRITE, *arguments], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print a table: seconds and size of each form."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "kept"
        kept.write_text(invent_report().model_dump_json(), "utf-8")
        nothing = min(measure(kept) for _ in range(3))
        print("| form | processor time, s | size, kB |\n|---|---|---|")  # noqa: T201
        for form in ReportFormat:
            seconds = min(measure(kept, form) for _ in range(3)) - nothing
            size = kept.with_suffix(f".{form}").stat().st_size
            print(f"| {form} | {max(seconds, 0):.2f} | {size / 1000:.0f} |")  # noqa: T201


if __name__ == "__main__":
    main()
