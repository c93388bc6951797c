"""Milliseconds per stage of one frame on one thread, beside those of the bare networks."""

import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Final

from bench.figures import FrameCost, StageTimes
from bench.frames import BenchFrame
from bench.networks import Networks
from bench.progress import Tick
from model.last_seen import LastSeen
from model.pipeline import FrameReading
from server.store.counting import count_batch
from server.store.database import Database, migrate
from server.store.frame_counts import FrameCount
from server.store.sessions import add_session
from server.store.sources import add_source

STAGES: Final = ("decode", "find", "pose", "crop", "classify", "store")
WARM_ROUNDS, LEAST_ROUNDS = 2, 8
Middle = Callable[[Sequence[float]], float]


class Tallies:
    """A SQLite file with one session and one source, which takes what frames showed."""

    def __init__(self, folder: Path) -> None:
        url = f"sqlite:///{folder / 'stages.db'}"
        migrate(url)
        self.database, now = Database(url), datetime.now(UTC)
        with self.database.writing() as db:
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
        with self.database.writing() as db:
            self._source = add_source(db, stored.id, kind="student", joined_at=now)
        self._session, self._seq = stored.id, 0

    def count(self, reading: FrameReading) -> FrameCount:
        """Return what is to be counted of the next reading."""
        self._seq += 1
        return FrameCount(
            self._session, self._source, self._seq, time.time(), "bench", reading.probabilities
        )

    def store(self, reading: FrameReading) -> None:
        """Count one reading and commit it."""
        frame = self.count(reading)
        with self.database.counting() as db:
            count_batch(db, [frame])

    def close(self) -> None:
        """Close the file."""
        self.database.close()


def measure_frame(
    networks: Networks, tallies: Tallies, frame: BenchFrame, seconds: float, tick: Tick
) -> FrameCost:
    """Measure a frame for `seconds` as a first frame, and as long again as one of a stream.

    Of first frames, which are all alike, the median is told. In a stream every few frames are
    looked at more closely than those between, so there it is the mean.
    """
    measured = _Measured(networks, tallies, tick)
    first = measured.sum_up([frame.data], seconds, statistics.median, follow=False)
    faces = measured.faces
    steady = measured.sum_up(frame.stream(), seconds, statistics.fmean, follow=True)
    return FrameCost(
        name=frame.name,
        width=frame.width,
        height=frame.height,
        faces=faces,
        steady_faces=measured.faces,
        first=first,
        steady=steady,
    )


class _Measured:
    def __init__(self, networks: Networks, tallies: Tallies, tick: Tick) -> None:
        self._networks, self._tallies, self._tick = networks, tallies, tick
        self.faces = 0

    def sum_up(
        self, frames: Sequence[bytes], seconds: float, middle: Middle, *, follow: bool
    ) -> StageTimes:
        """Read frames in turn and return their stages' `middle`; `follow` as one source does."""
        rows: list[dict[str, float]] = []
        bares: list[float] = []
        found: list[int] = []
        last: LastSeen | None = None
        until = time.perf_counter() + seconds
        for turn, data in enumerate(cycle(frames)):
            reading, alone = self._networks.read(data, last)
            last = reading.last_seen if follow else None
            store = take_seconds(lambda told=reading: self._tallies.store(told))  # type: ignore[misc]
            bare = take_seconds(alone)
            self._tick()
            if turn >= WARM_ROUNDS:
                rows.append({**reading.seconds, "store": store})
                bares.append(bare)
                found.append(len(reading.faces))
            if len(rows) >= LEAST_ROUNDS and time.perf_counter() >= until:
                break
        self.faces = round(statistics.fmean(found))
        totals = [sum(row.values()) for row in rows]
        total_s, bare_s = middle(totals), middle(bares)
        return StageTimes(
            stages_ms={name: 1e3 * middle([row[name] for row in rows]) for name in STAGES},
            total_ms=1e3 * total_s,
            bare_ms=1e3 * bare_s,
            ratio=total_s / bare_s,
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
