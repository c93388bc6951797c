"""What reading costs beside the stages: over faces, and against the limit of the networks."""

import statistics
import threading
import time
from itertools import cycle
from typing import Final

from bench.arithmetic import fit_line
from bench.extent import Extent
from bench.figures import FacesCost, FacesPoint, Limit
from bench.frames import BenchFrame
from bench.networks import Networks, Work
from bench.pictures import crowd, encode_jpeg
from bench.progress import Tick
from bench.stages import LEAST_ROUNDS, repeat, take_seconds
from model.runtime import count_cores

ROWS, COLUMNS, WIDTH, HEIGHT = 9, 12, 1920, 1080
FOLLOWED: Final = 40
"""Frames of a stream, so that closer looks are among them as often as they are later."""


def measure_faces(networks: Networks, extent: Extent, tick: Tick) -> FacesCost:
    """Read pictures of one size with more and more faces, in turns, and fit a line."""
    pictures = {
        placed: encode_jpeg(crowd(placed, rows=ROWS, columns=COLUMNS, width=WIDTH, height=HEIGHT))
        for placed in extent.faces
    }
    seconds: dict[int, list[float]] = {placed: [] for placed in pictures}
    found = {placed: len(networks.pipeline.read(data).faces) for placed, data in pictures.items()}
    until = time.perf_counter() + extent.faces_s * len(pictures)
    rounds = 0
    while rounds < LEAST_ROUNDS or time.perf_counter() < until:
        for placed, data in pictures.items():
            seconds[placed].append(take_seconds(lambda one=data: networks.pipeline.read(one)))  # type: ignore[misc]
            tick()
        rounds += 1
    points = [
        FacesPoint(placed=p, found=found[p], total_ms=1e3 * statistics.median(seconds[p]))
        for p in pictures
    ]
    line = fit_line([p.found for p in points], [p.total_ms for p in points])
    return FacesCost(
        width=WIDTH,
        height=HEIGHT,
        points=points,
        fixed_ms=line.intercept,
        face_ms=line.slope,
        r2=line.r2,
    )


def measure_limit(networks: Networks, frame: BenchFrame, extent: Extent) -> Limit:
    """Run the networks alone on a stream's frames: by themselves, then on one thread a core."""
    runs = follow(networks, frame)

    def run_all() -> None:
        for run in runs:
            run()

    alone = statistics.median(repeat(run_all, extent.limit_s / 2)) / len(runs)
    cores = count_cores()
    done = [0] * cores

    def work(number: int) -> None:
        until = time.perf_counter() + extent.limit_s / 2
        for run in cycle(runs):
            run()
            done[number] += 1
            if time.perf_counter() >= until:
                return

    threads = [threading.Thread(target=work, args=(number,)) for number in range(cores)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lasted = time.perf_counter() - begun
    return Limit(
        bare_ms=1e3 * alone, frames_per_second=cores / alone, side_by_side=sum(done) / lasted
    )


def follow(networks: Networks, frame: BenchFrame) -> list[Work]:
    """Return what runs the networks on each of many frames that one source sends, in order."""
    runs, last = [], None
    frames = frame.stream()
    for number in range(FOLLOWED):
        reading, alone = networks.read(frames[number % len(frames)], last)
        last = reading.last_seen
        runs.append(alone)
    return runs
