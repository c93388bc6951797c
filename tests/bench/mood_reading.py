"""What one reading of a mood costs, the first time and again.

    python -m tests.bench.mood_reading [MINUTES]

A lesson of 30 students in buckets of 5 s on SQLite, folded but for the last 30 s, read by the
network's own estimator. Processor time of this process, the least of several.
"""

import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import numpy as np

from model.quantification import fit_estimator
from server.mood_reader import read_mood
from server.store.counting import count_batch
from server.store.database import Database, migrate
from server.store.frame_counts import FrameCount
from server.store.sessions import StoredSession, add_session
from server.store.sources import add_source
from server.store.tallies import fold_buckets
from server.wire import session_of_stored
from tests.invented_faces import invent_faces

BEGIN = datetime(2026, 3, 2, 12, tzinfo=UTC)
STUDENTS, STEP, AGAIN = 30, 5, 8


def fill(database: Database, minutes: int) -> StoredSession:
    """Let a class be read for so many minutes, a frame of each student a bucket."""
    start, random = int(BEGIN.timestamp()), np.random.default_rng(1)
    probabilities = invent_faces(4000, seed=3, bias=1.5)[0].astype(np.float32)
    with database.writing() as db:
        stored = add_session(
            db, title="Bench", join_code="BENCH", expected_students=None, bucket_seconds=STEP,
            simulated=False, started_at=BEGIN, network_version="v1",
        )  # fmt: skip
        sources = [
            add_source(db, stored.id, kind="student", joined_at=BEGIN) for _ in range(STUDENTS)
        ]
    for second in range(0, minutes * 60, STEP):
        chosen = probabilities[random.integers(len(probabilities), size=STUDENTS)]
        frames = [
            FrameCount(stored.id, source, second, start + second, "v1", face[None], turned=1)
            for source, face in zip(sources, chosen, strict=True)
        ]
        with database.writing() as db:
            count_batch(db, frames)
    with database.writing() as db:
        fold_buckets(db, start + minutes * 60 - 30)
    return stored


def main() -> None:
    """Print a table: the last five minutes and the whole lesson, first and again."""
    minutes = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    estimators = {"v1": fit_estimator(*invent_faces(3000, seed=1, bias=1.5))}
    end = BEGIN + timedelta(minutes=minutes)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        migrate(url)
        with closing(Database(url)) as database:
            stored = fill(database, minutes)

            def measure(since: datetime | None) -> float:
                begun = time.process_time()
                with database.reading() as db:
                    read_mood(
                        db, stored.id, now=end.timestamp() - 1, bucket_seconds=None, since=since,
                        tell=lambda one: session_of_stored(one, "http://bench"),
                        estimators=estimators,
                    )  # fmt: skip
                return 1000 * (time.process_time() - begun)

            sys.stdout.write("| mood of | first | again |\n|---|---|---|\n")
            for what, since in (("five minutes", end - timedelta(minutes=5)), ("all", None)):
                first, again = measure(since), min(measure(since) for _ in range(AGAIN))
                sys.stdout.write(f"| {what} | {first:.0f} ms | {again:.0f} ms |\n")


if __name__ == "__main__":
    main()
