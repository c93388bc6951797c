"""A lesson to store: sessions, sources and frames with as little ceremony as a test needs."""

from contextlib import closing
from datetime import UTC, datetime
from itertools import count

import numpy as np
import pytest
from sqlalchemy import func, select

from model.quantification import even_out
from server.store.counting import count_batch
from server.store.database import Database
from server.store.frame_counts import FrameCount
from server.store.sessions import add_session
from server.store.sources import add_source
from server.store.tallies import fold_buckets, read_tallies
from server.tally import SourceTally, fold_by_bucket

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
START = int(NOON.timestamp())


class Lesson:
    """Acts on one database as the server would, each step in a transaction of its own."""

    start = START

    def __init__(self, database):
        self.database = database
        self._codes = count()

    def begin(self, **changes):
        given = {
            "title": "Biology 9b",
            "join_code": f"CODE-{next(self._codes)}",
            "expected_students": 30,
            "bucket_seconds": 5,
            "simulated": False,
            "started_at": NOON,
            "network_version": "net-1",
        }
        with self.database.writing() as db:
            return add_session(db, **given | changes)

    def join(self, session, kind="student"):
        with self.database.writing() as db:
            return add_source(db, session.id, kind=kind, joined_at=NOON)

    def frame(self, session, source_id, seq, *, faces=1, after=0.0, version="net-1"):
        random = np.random.default_rng([seq, faces])
        probabilities = random.dirichlet(np.ones(7), faces).astype(np.float32)
        moment = START + after
        turned = seq % (faces + 1)
        return FrameCount(session.id, source_id, seq, moment, version, probabilities, turned)

    def count(self, *frames):
        with self.database.counting() as db:
            return [outcome.name for outcome in count_batch(db, frames)]

    def make_frames(self, session, sources, numbers):
        """Frames of several sources over some buckets, with 0 to 3 faces each."""
        return [
            self.frame(session, each, seq, faces=(seq + i) % 4, after=seq * 1.7)
            for seq in range(numbers)
            for i, each in enumerate(sources)
        ]

    def fold(self, after):
        with self.database.writing() as db:
            return fold_buckets(db, START + after)

    def read(self, session, since=None):
        with self.database.reading() as db:
            return read_tallies(db, session.id, since)

    def count_rows(self, table):
        with self.database.reading() as db:
            return db.scalar(select(func.count()).select_from(table))

    def assert_tallies(self, session, frames):
        """The session's tallies are what these frames give when tallied in memory."""
        found, meant = self.read(session), tally_directly(frames, session.bucket_seconds)
        assert len(found) == len(meant)
        for one, other in zip(found, meant, strict=True):
            assert one.network_version == other.network_version
            assert one.kind == other.kind
            for name in vars(one).keys() - {"network_version", "kind"}:
                ours, theirs = getattr(one, name), getattr(other, name)
                np.testing.assert_allclose(ours, theirs, rtol=1e-9, err_msg=name)


def tally_directly(frames, bucket_seconds):
    grouped = {}
    for frame in frames:
        start = int(frame.received_at // bucket_seconds) * bucket_seconds
        shown = grouped.setdefault(frame.source_id, {})
        key = (start, frame.network_version)
        shown.setdefault(key, []).append((frame.probabilities.astype(np.float64), frame.turned))
    return fold_by_bucket(
        [_tally_source(start, version, shown) for (start, version), shown in own.items()]
        for own in grouped.values()
    )


def _tally_source(start, version, shown):
    faces = np.concatenate([each for each, _ in shown])
    with_faces = sum(len(each) > 0 for each, _ in shown)
    turned = sum(turned for _, turned in shown)
    counts = np.array([(faces.argmax(1) == i).sum() for i in range(7)])
    sums, squares, evened = faces.sum(0), (faces**2).sum(0), even_out(faces).sum(0)
    return SourceTally(
        start,
        "student",
        version,
        len(shown),
        with_faces,
        len(faces),
        counts,
        sums,
        squares,
        evened,
        len(faces),
        turned,
    )


@pytest.fixture
def lesson(database):
    return Lesson(database)


@pytest.fixture
def sqlite_lesson(sqlite_url):
    with closing(Database(sqlite_url)) as opened:
        yield Lesson(opened)
