"""Milliseconds per stage of one frame on one thread, beside those of the bare networks."""

import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Final

import numpy as np

from bench.figures import FrameCost, StageTimes
from bench.frames import BenchFrame
from bench.progress import Tick
from model.classifier import EmotionClassifier
from model.finders.centerface import CenterFace, choose_scale, prepare_input
from model.frames import decode_picture
from model.pipeline import FramePipeline, FrameReading
from server.store.counting import count_batch
from server.store.database import Database, migrate
from server.store.frame_counts import FrameCount
from server.store.sessions import add_session
from server.store.sources import add_source

STAGES: Final = ("decode", "find", "pose", "crop", "classify", "store")
WARM_ROUNDS, LEAST_ROUNDS = 2, 5


class Networks:
    """Both networks, as the server opens them, and a pipeline of them."""

    def __init__(self, network: Path | None = None) -> None:
        self.finder = CenterFace()
        self.classifier = EmotionClassifier.load(network)
        self.pipeline = FramePipeline(self.finder, self.classifier)

    def bare(self, data: bytes) -> Callable[[], None]:
        """Return what runs both networks on what this frame gives them, and nothing else."""
        picture = decode_picture(data)
        prepared = prepare_input(picture, choose_scale(picture.shape[1], picture.shape[0]))
        crops = self.classifier.crop(picture, self.finder.find(picture))

        def run() -> None:
            self.finder.run(prepared)
            self.classifier.classify(crops)

        return run

    def classifier_face_ms(self, seconds: float) -> float:
        """Return milliseconds a face in batches of eight."""
        side = self.classifier.card.side
        crops = np.random.default_rng(1).normal(size=(8, 1, side, side)).astype(np.float32)
        return 1e3 * statistics.median(repeat(lambda: self.classifier.classify(crops), seconds)) / 8


class Tallies:
    """A SQLite file with one session and one source, which takes what frames showed."""

    def __init__(self, folder: Path) -> None:
        url = f"sqlite:///{folder / 'stages.db'}"
        migrate(url)
        self._database, now = Database(url), datetime.now(UTC)
        with self._database.writing() as db:
            stored = add_session(
                db,
                title="bench",
                join_code="BENC-HBEN",
                expected_students=None,
                bucket_seconds=5,
                simulated=True,
                started_at=now,
                network_version="bench",
            )
        with self._database.writing() as db:
            self._source = add_source(db, stored.id, kind="student", joined_at=now)
        self._session, self._seq = stored.id, 0

    def store(self, reading: FrameReading) -> None:
        """Count one reading and commit it."""
        self._seq += 1
        frame = FrameCount(
            self._session, self._source, self._seq, time.time(), "bench", reading.probabilities
        )
        with self._database.writing() as db:
            count_batch(db, [frame])

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def measure_frame(
    networks: Networks, tallies: Tallies, frame: BenchFrame, seconds: float, tick: Tick
) -> FrameCost:
    """Measure a frame for `seconds` as a first frame, and as long again as one of a stream."""
    first, faces = _measure(networks, tallies, [frame.data], seconds, tick)
    steady, _ = _measure(networks, tallies, frame.stream(), seconds, tick)
    return FrameCost(
        name=frame.name,
        width=frame.width,
        height=frame.height,
        faces=faces,
        first=first,
        steady=steady,
    )


def _measure(
    networks: Networks, tallies: Tallies, frames: Sequence[bytes], seconds: float, tick: Tick
) -> tuple[StageTimes, int]:
    bares = [networks.bare(data) for data in frames]
    rows: list[dict[str, float]] = []
    bare_seconds: list[float] = []
    until = time.perf_counter() + seconds
    for turn, (data, bare) in enumerate(cycle(zip(frames, bares, strict=True))):
        reading = networks.pipeline.read(data)
        store = take_seconds(lambda told=reading: tallies.store(told))  # type: ignore[misc]
        alone = take_seconds(bare)
        if turn >= WARM_ROUNDS:
            rows.append({**reading.seconds, "store": store})
            bare_seconds.append(alone)
        tick()
        if len(rows) >= LEAST_ROUNDS and time.perf_counter() >= until:
            break
    return _sum_up(rows, bare_seconds), len(reading.faces)


def _sum_up(rows: Sequence[dict[str, float]], bares: Sequence[float]) -> StageTimes:
    totals = [sum(row.values()) for row in rows]
    return StageTimes(
        stages_ms={name: 1e3 * statistics.median(row[name] for row in rows) for name in STAGES},
        total_ms=1e3 * statistics.median(totals),
        bare_ms=1e3 * statistics.median(bares),
        ratio=statistics.median(t / b for t, b in zip(totals, bares, strict=True)),
    )


def repeat(work: Callable[[], object], seconds: float) -> list[float]:
    """Do something again and again for so long; return the seconds of each time but the first."""
    times: list[float] = []
    until = time.perf_counter() + seconds
    work()
    while len(times) < LEAST_ROUNDS or time.perf_counter() < until:
        times.append(take_seconds(work))
    return times


def take_seconds(work: Callable[[], object]) -> float:
    """Return how long something takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
