"""The census counts the whole installation, on each kind of database."""

from datetime import UTC, datetime

import numpy as np

from server.schemas import SelfReportAnswer
from server.store.census import Census, take_census
from server.store.counting import count_batch
from server.store.frame_counts import FrameCount
from server.store.self_report_counts import SelfReportCount
from server.store.sessions import add_session, end_session
from server.store.sources import add_source
from server.store.tallies import fold_buckets

NOW = 1_780_000_000.0
MOMENT = datetime.fromtimestamp(NOW, UTC)


def start(db, code):
    return add_session(
        db, title="x", join_code=code, expected_students=None, bucket_seconds=5, simulated=False,
        started_at=MOMENT, network_version="1",
    ).id  # fmt: skip


def test_an_empty_installation_has_nothing(database):
    with database.reading() as db:
        assert take_census(db) == Census(0, 0, 0, 0, None)


def test_sessions_and_sources_are_counted_once_and_go_with_their_buckets(database):
    with database.writing() as db:
        busy, quiet, over = (start(db, f"AAAA-AAA{n}") for n in "ABC")
        ann, bob = (add_source(db, busy, kind="student", joined_at=MOMENT) for _ in range(2))
        eve = add_source(db, quiet, kind="student", joined_at=MOMENT)
    with database.writing() as db:
        end_session(db, over, at=MOMENT)
    face = np.eye(7, dtype=np.float32)[:1]
    with database.writing() as db:
        count_batch(db, [FrameCount(busy, ann, seq, NOW + seq, "1", face) for seq in (1, 7)])
    with database.writing() as db:
        count_batch(db, [SelfReportCount(busy, ann, 8, NOW, SelfReportAnswer.LOST)])
        count_batch(db, [SelfReportCount(busy, bob, 1, NOW, SelfReportAnswer.LOST)])
        count_batch(db, [SelfReportCount(quiet, eve, 1, NOW, SelfReportAnswer.LOST)])
    with database.reading() as db:
        assert take_census(db) == Census(
            running=2, live=2, sources=3, waiting=0, oldest_end=int(NOW) + 5
        )
    with database.writing() as db:
        fold_buckets(db, int(NOW) + 60)
    with database.reading() as db:
        census = take_census(db)
    assert (census.live, census.sources) == (2, 3)  # the answers are still open
    assert census.oldest_end == int(NOW) // 30 * 30 + 30
