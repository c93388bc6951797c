"""Milliseconds per stage of one frame, on one thread, and over the bare networks."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from model.classifier import EmotionClassifier
from model.finders.centerface import CenterFace, choose_scale, prepare_input
from model.frames import decode_picture
from model.pipeline import FramePipeline
from server.store.counting import count_batch
from server.store.database import Database, migrate
from server.store.frame_counts import FrameCount
from server.store.sessions import add_session
from server.store.sources import add_source
from tests.bench.frames import BenchFrame

STAGES = ("decode", "find", "pose", "crop", "classify", "store")


@dataclass(frozen=True)
class StageTimes:
    """Medians in milliseconds. `bare` is both networks on prepared input, nothing else."""

    frame: str
    faces: int
    stages: dict[str, float]
    bare: float
    ratio: float


class Bench:
    """Both networks and a SQLite file; `rounds` measurements of each thing, interleaved."""

    def __init__(self, folder: Path, rounds: int) -> None:
        self._rounds = rounds
        self._finder = CenterFace()
        self._classifier = EmotionClassifier.load()
        self._pipeline = FramePipeline(self._finder, self._classifier)
        url = f"sqlite:///{folder / 'bench.db'}"
        migrate(url)
        self._database = Database(url)
        now = datetime.now(UTC)
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

    def measure(self, frame: BenchFrame) -> StageTimes:
        """Time every stage, and the bare networks on the same input, in turns."""
        bare = self._bare_networks(frame)
        rows: list[dict[str, float]] = []
        bares: list[float] = []
        for turn in range(self._rounds + 2):
            reading = self._pipeline.read(frame.data)
            store = _seconds(lambda told=reading.probabilities: self._store(told))  # type: ignore[misc]
            bare_seconds = _seconds(bare)
            if turn >= 2:  # the first two warm caches
                rows.append({**reading.seconds, "store": store})
                bares.append(bare_seconds)
        stages = {name: 1e3 * statistics.median(row[name] for row in rows) for name in STAGES}
        ratios = [sum(row.values()) / one for row, one in zip(rows, bares, strict=True)]
        return StageTimes(
            frame.name,
            len(reading.faces),
            stages,
            1e3 * statistics.median(bares),
            statistics.median(ratios),
        )

    def classifier_ms(self) -> float:
        """Milliseconds a face, batches of eight."""
        side = self._classifier.card.side
        crops = np.random.default_rng(1).normal(size=(8, 1, side, side)).astype(np.float32)
        times = [
            _seconds(lambda: self._classifier.classify(crops)) for _ in range(self._rounds * 3)
        ]
        return 1e3 * statistics.median(times) / 8

    def _bare_networks(self, frame: BenchFrame) -> Callable[[], None]:
        picture = decode_picture(frame.data)
        prepared = prepare_input(picture, choose_scale(picture.shape[1], picture.shape[0]))
        crops = self._classifier.crop(picture, self._finder.find(picture))

        def run() -> None:
            self._finder.run(prepared)
            self._classifier.classify(crops)

        return run

    def _store(self, probabilities: np.ndarray) -> None:
        self._seq += 1
        frame = FrameCount(
            self._session, self._source, self._seq, time.time(), "bench", probabilities
        )
        with self._database.writing() as db:
            count_batch(db, [frame])


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
