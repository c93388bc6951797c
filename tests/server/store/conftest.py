"""A lesson to store: sessions, sources and frames with as little ceremony as a test needs."""

from contextlib import closing
from datetime import UTC, datetime
from itertools import count

import numpy as np
import pytest

from server.store.database import Database
from server.store.sessions import add_session
from server.store.sources import add_source
from server.store.tallies import FrameCount, count_frames

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
        return FrameCount(session.id, source_id, seq, moment, version, probabilities)

    def count(self, *frames):
        with self.database.writing() as db:
            return [outcome.name for outcome in count_frames(db, frames)]


@pytest.fixture
def lesson(database):
    return Lesson(database)


@pytest.fixture
def sqlite_lesson(sqlite_url):
    with closing(Database(sqlite_url)) as opened:
        yield Lesson(opened)
