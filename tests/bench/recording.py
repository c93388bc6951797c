"""`python -m tests.bench.recording [--minutes 60]`: how long a recording of a lecture takes.

Films a lecture (`tests.lecture`: 720p, 25 faces, 25 frames a second, H.264) once and keeps it in
the temp folder; then reads one frame a second of it in a process of its own, on two cores with two
threads, and prints time, processor time, faces and memory.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from model.clip_reading import read_clip
from model.clips import open_clip
from model.pipeline import FramePipeline
from model.runtime import use_one_thread_per_frame
from tests.lecture import Lecture, find_webcams, make_lecture

CORES = THREADS = 2
SHARE_LIMIT = 0.1
MEMORY_LIMIT_MB = 700


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.recording", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--size", default="1280x720", help="WIDTHxHEIGHT in pixels")
    parser.add_argument("--faces", type=int, default=25)
    parser.add_argument("--every", type=float, default=1.0, help="seconds between frames read")
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.read:
        sys.stdout.write(json.dumps(read_lecture(given.read, given.every)))
        return
    width, height = map(int, given.size.split("x"))
    path = film_lecture(Lecture(60 * given.minutes, width, height, given.faces))
    options = ["--read", str(path), "--every", str(given.every)]
    command = [sys.executable, "-m", "tests.bench.recording", *options]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    print_figures(json.loads(told.stdout), path)
    if given.json:
        given.json.write_text(told.stdout)


def film_lecture(lecture: Lecture) -> Path:
    """Return the lecture's file, filmed if it is not there yet."""
    folder = Path(tempfile.gettempdir()) / "roomtone-bench"
    folder.mkdir(exist_ok=True)
    kind = "" if find_webcams() else "-portrait"
    name = f"{lecture.width}x{lecture.height}-{lecture.faces}-{lecture.seconds:g}s{kind}.mp4"
    if not (folder / name).exists():
        made = make_lecture(folder / f"unfinished-{os.getpid()}-{name}", lecture)
        made.replace(folder / name)
    return folder / name


def read_lecture(path: Path, every: float) -> dict[str, float]:
    """Read it as `roomtone analyze` does; seconds, faces, and the most memory this process took."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    use_one_thread_per_frame()
    begun, pipeline = time.perf_counter(), FramePipeline.load()
    clip, frames, faces = open_clip(path), 0, 0
    for _, reading in read_clip(clip, pipeline, every=every, workers=THREADS):
        frames, faces = frames + 1, faces + len(reading.faces.scores)
    return {
        "recording_s": clip.seconds or 0.0,
        "wall_s": time.perf_counter() - begun,
        "cpu_s": time.process_time(),
        "frames": frames,
        "faces": faces,
        "memory_mb": read_peak_memory(),
    }


def read_peak_memory() -> float:
    """Return the most memory this process has taken so far, MB (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def print_figures(figures: dict[str, float], path: Path) -> None:
    length, wall, cpu = figures["recording_s"], figures["wall_s"], figures["cpu_s"]
    Console(width=110).print(
        f"{path.name}, {path.stat().st_size / 1e6:.0f} MB: {length / 60:.1f} minutes.\n"
        f"Read in {wall:.0f} s, {wall / length:.1%} of its length (target {SHARE_LIMIT:.0%}); "
        f"processor time {cpu:.0f} s, {1000 * cpu / figures['frames']:.0f} ms a frame read.\n"
        f"{figures['frames']} frames, {figures['faces'] / figures['frames']:.1f} faces a frame.\n"
        f"Memory at most {figures['memory_mb']:.0f} MB (target {MEMORY_LIMIT_MB})."
    )


if __name__ == "__main__":
    main()
