"""Print the figures of the README. `--json FILE` keeps them, `--frames N` shortens the run."""

import argparse
import json
import os
import platform
import tempfile
from dataclasses import asdict
from pathlib import Path

import cv2
from rich.console import Console
from rich.table import Table

from tests.bench.frames import load_frames
from tests.bench.service import ServiceFigures, measure_service
from tests.bench.stages import STAGES, Bench, StageTimes

RATIO_LIMIT = 1.35
FACE_MS_LIMIT = 2.5


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--frames", type=int, default=10_000, help="frames of the growth run")
    given = parser.parse_args()
    cv2.setNumThreads(1)
    console = Console(width=110)
    frames, what = load_frames()
    console.print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores; {what}.")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), given.rounds)
        stages = [bench.measure(frame) for frame in frames]
        face_ms = bench.classifier_ms()
        print_stages(console, stages, face_ms)
        service = measure_service(Path(folder), frames[0].data, grow_frames=given.frames)
    print_service(console, service)
    if given.json:
        figures = {
            "stages": [asdict(row) for row in stages],
            "classifier_ms_per_face": face_ms,
            "service": asdict(service),
        }
        given.json.write_text(json.dumps(figures, indent=2))


def print_stages(console: Console, rows: list[StageTimes], face_ms: float) -> None:
    table = Table("frame (ms, one thread)", "faces", *STAGES, "total", "bare networks", "ratio")
    for row in rows:
        values = [*row.stages.values(), sum(row.stages.values()), row.bare]
        table.add_row(row.frame, str(row.faces), *(f"{v:.1f}" for v in values), f"{row.ratio:.2f}")
    console.print(table)
    worst = max(row.ratio for row in rows)
    together = sum(sum(row.stages.values()) for row in rows) / sum(row.bare for row in rows)
    console.print(
        f"Total over bare networks: {together:.2f} for the frames together, at most {worst:.2f} "
        f"for one (target {RATIO_LIMIT})."
    )
    console.print(f"Classifier: {face_ms:.2f} ms a face in batches of 8 (target {FACE_MS_LIMIT}).")


def print_service(console: Console, figures: ServiceFigures) -> None:
    console.print(
        f"Start to /readyz: {figures.start_seconds:.1f} s (target 5).\n"
        f"One server process over HTTP, 640x360 with one face, load generator beside it: "
        f"{figures.frames_per_second:.0f} frames a second accepted, "
        f"p50 {figures.p50_ms:.0f} ms, p95 {figures.p95_ms:.0f} ms, "
        f"{figures.busy_share:.0%} answered 429.\n"
        f"Memory after 1,000 frames: {figures.memory_mb:.0f} MB (target 600); growth over "
        f"{figures.growth_frames:,} more: {figures.growth_mb:+.1f} MB (target 30)."
    )


if __name__ == "__main__":
    main()
