"""`python -m tests.bench.committing`: what it costs to commit one frame alone, both ways.

A webcam's frame is read before each commit, as a server does: what a processor's caches hold of
SQLAlchemy and SQLite is gone by then, and both cost about twice as much as when they are run again
and again. The ways take turns. Told are milliseconds of this thread's processor, and all of them.
"""

import sys
import tempfile
import time
from collections import defaultdict
from contextlib import closing
from itertools import cycle
from pathlib import Path

import cv2
import numpy as np

from bench.frames import load_real
from bench.stages import Tallies
from model.last_seen import LastSeen
from model.pipeline import FramePipeline
from server.store.counting import count_batch

FRAMES = 1000


def main() -> None:
    cv2.setNumThreads(1)
    pipeline, frames = FramePipeline.load(), load_real().webcam.stream()
    spent: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    last: LastSeen | None = None
    with tempfile.TemporaryDirectory() as folder, closing(Tallies(Path(folder))) as tallies:
        ways = {
            "SQLAlchemy's connection": tallies.database.writing,
            "statements as they are": tallies.database.counting,
        }
        for turn, data in zip(range(FRAMES), cycle(frames), strict=False):
            reading = pipeline.read(data, last)
            last, frame = reading.last_seen, tallies.count(reading)
            way = list(ways)[(turn + turn // len(frames)) % 2]
            began, ran = time.perf_counter(), time.thread_time()
            with ways[way]() as db:
                count_batch(db, [frame])
            spent[way].append((time.thread_time() - ran, time.perf_counter() - began))
    for way, times in spent.items():
        cpu, whole = 1e3 * np.median(times, axis=0)
        sys.stdout.write(f"{way:24} {cpu:.2f} ms of processor, {whole:.2f} ms\n")


if __name__ == "__main__":
    main()
