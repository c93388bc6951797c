"""One whole run: everything measured, one part after the other."""

import os
import platform
import statistics
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import cv2
from rich.console import Console

from bench import service
from bench.extent import Extent
from bench.figures import Machine, Run
from bench.frames import FrameSet
from bench.networks import Networks
from bench.progress import Course
from bench.reading import measure_faces, measure_limit
from bench.stages import Tallies, measure_frame, repeat
from model.runtime import count_cores, use_one_thread_per_frame

NETWORKS, FACES, LIMIT = "open the networks", "cost over faces", "the networks alone"
NETWORKS_S = 2.0


def plan_parts(frames: FrameSet, extent: Extent) -> dict[str, float]:
    """Return all parts of a run and their planned seconds."""
    return {
        NETWORKS: NETWORKS_S,
        **{frame.name: 2 * extent.frame_s + 1 for frame in frames.frames},
        FACES: len(extent.faces) * (extent.faces_s + 0.2),
        LIMIT: extent.limit_s,
        **service.plan_parts(extent),
    }


def measure(
    frames: FrameSet, extent: Extent, console: Console, *, command: str, port: int | None = None
) -> Run:
    """Measure everything; progress goes to `console`. A folder for it comes and goes.

    Raises `PortTaken`, `ServerNotStarted`, `GeneratorLost`, `NothingAccepted`, `FinderMissing` and
    `UnusableNetwork`.
    """
    threads = cv2.getNumThreads()
    use_one_thread_per_frame()
    begun = time.monotonic()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="roomtone-bench-") as name,
            Course(console, plan_parts(frames, extent)) as course,
        ):
            told = _measure(frames, extent, Path(name), course, port)
            lasted = time.monotonic() - begun
    finally:
        cv2.setNumThreads(threads)
    return Run(
        command=command,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=lasted,
        roomtone=_own_version(),
        machine=describe_machine(),
        frames=frames.what,
        **told,
    )


def _measure(
    frames: FrameSet, extent: Extent, folder: Path, course: Course, port: int | None
) -> dict[str, Any]:
    with course.part(NETWORKS):
        told = os.environ.get("ROOMTONE_NETWORK")
        networks = Networks(Path(told) if told else None)
    stages = []
    with closing(Tallies(folder)) as tallies:
        for frame in frames.frames:
            with course.part(frame.name) as tick:
                stages.append(measure_frame(networks, tallies, frame, extent.frame_s, tick))
    with course.part(FACES) as tick:
        faces = measure_faces(networks, extent, tick)
    with course.part(LIMIT):
        batches = repeat(networks.eight_faces(), extent.limit_s / 4)
        limit = measure_limit(networks, frames.webcam, extent)
    return {
        "network": networks.pipeline.network_version,
        "stages": stages,
        "classifier_face_ms": 1e3 * statistics.median(batches) / 8,
        "faces": faces,
        "limit": limit,
        "service": service.measure_service(folder, frames.webcam, extent, course, port=port),
    }


def describe_machine() -> Machine:
    """Return what the machine is, without its name."""
    return Machine(
        processor=_processor(),
        cores=count_cores(),
        system=f"{platform.system()} {platform.machine()}",
        python=".".join(map(str, sys.version_info[:3])),
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _own_version() -> str:
    try:
        return version("roomtone")
    except PackageNotFoundError:
        return "unknown"
