"""The contract of every FrameEngine; today there is one."""

import asyncio
import subprocess
import sys
import threading
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import numpy as np
import pytest
from sqlalchemy import select

from model.faces import Faces
from model.headers import UnreadablePicture
from model.last_seen import LastSeen
from model.pipeline import FrameReading
from model.pose import Pose
from server.engine import (
    Busy,
    Counted,
    Duplicate,
    EngineClosed,
    SubmittedFrame,
    SubmittedSelfReport,
)
from server.engine.embedded import EmbeddedEngine
from server.engine.group_commit import GroupCommit
from server.metrics import Metrics
from server.readiness import NotReady, Readiness
from server.schemas import SelfReportAnswer
from server.store.database import Database
from server.store.frame_counts import FrameCount
from server.store.marks import CountOutcome
from server.store.sessions import (
    SessionEnded,
    SessionNotFound,
    add_session,
    delete_session,
    end_session,
    find_session,
)
from server.store.sources import SourceLeft, add_source, leave_session
from server.store.tables import open_self_report, open_tally, source

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


class GatedReader:
    """Reads every frame as one happy face, but only while its gate is open."""

    network_version = "gated"

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self._read = threading.Semaphore(0)
        self.told: list[LastSeen | None] = []

    def wait_for(self, frames: int) -> None:
        for _ in range(frames):
            assert self._read.acquire(timeout=10)

    def read(self, data: bytes, last_seen: LastSeen | None = None) -> FrameReading:
        if data == b"broken":
            raise UnreadablePicture("It is broken.")
        assert self.gate.wait(10)
        self._read.release()
        self.told.append(last_seen)
        faces = Faces(
            np.ones((1, 4), np.float32), np.ones((1, 5, 2), np.float32), np.ones(1, np.float32)
        )
        told = np.eye(7, dtype=np.float32)[3:4]
        seen = LastSeen(640, 360, faces, np.zeros((1, 64), bool))
        return FrameReading(640, 360, faces, told, [Pose(0, 0, 0)], {"find": 0.001}, seen)


class Room:
    def __init__(
        self, database: Database, reader: GatedReader, limit: int, close_seconds: float
    ) -> None:
        self.database, self.reader, self.metrics = database, reader, Metrics()
        commits = GroupCommit(database, self.metrics)
        self.engine = EmbeddedEngine(
            reader, commits, self.metrics, workers=2, queue_limit=limit, close_seconds=close_seconds
        )
        with database.writing() as db:
            self.session = add_session(
                db,
                title="x",
                join_code="AAAA-AAAA",
                expected_students=None,
                bucket_seconds=5,
                simulated=False,
                started_at=NOW,
                network_version="gated",
            ).id
            self.sources = [
                add_source(db, self.session, kind="student", joined_at=NOW) for _ in range(20)
            ]

    def frame(self, source: int, seq: int, data: bytes = b"ok") -> SubmittedFrame:
        return SubmittedFrame(self.session, self.sources[source], seq, NOW.timestamp(), data)

    def frames_counted(self) -> int:
        with self.database.reading() as db:
            return find_session(db, self.session).frames


@asynccontextmanager
async def room_of(database: Database, *, limit: int = 12, close_seconds: float = 8):
    room = Room(database, GatedReader(), limit, close_seconds)
    try:
        yield room
    finally:
        room.reader.gate.set()
        await room.engine.close()


def test_a_counted_frame_is_in_the_database_when_the_answer_comes(database):
    async def run():
        async with room_of(database) as room:
            outcome = await room.engine.submit(room.frame(0, 1))
            assert isinstance(outcome, Counted)
            assert room.frames_counted() == 1

    asyncio.run(run())


def test_what_a_source_showed_last_is_told_with_its_next_frame_and_with_no_other(database):
    async def run():
        async with room_of(database) as room:
            first, second = room.frame(0, 1), room.frame(0, 2)
            shown = await room.engine.submit(first)
            await room.engine.submit(room.frame(1, 1))
            await room.engine.submit(second)
            assert isinstance(shown, Counted)
            assert shown.reading.last_seen is not None
            assert room.reader.told == [None, None, shown.reading.last_seen]

    asyncio.run(run())


def test_nothing_is_kept_of_what_a_source_showed_that_left(database):
    async def run():
        async with room_of(database) as room:
            await room.engine.submit(room.frame(0, 1))
            room.engine.forget(room.sources[0])
            await room.engine.submit(room.frame(0, 2))
            assert room.reader.told == [None, None]

    asyncio.run(run())


def test_nothing_is_kept_of_a_frame_whose_source_left_while_it_was_read(database):
    async def run():
        async with room_of(database) as room:
            room.reader.gate.clear()
            reading = asyncio.create_task(room.engine.submit(room.frame(0, 1)))
            await asyncio.sleep(0)
            with room.database.writing() as db:
                leave_session(db, room.session, room.sources[0], left_at=NOW)
            room.reader.gate.set()
            for late in (reading, room.engine.submit(room.frame(0, 2))):
                with pytest.raises(SourceLeft):
                    await late
            assert room.reader.told == [None, None]

    asyncio.run(run())


def test_the_same_number_again_is_a_duplicate(database):
    async def run():
        async with room_of(database) as room:
            outcomes = [await room.engine.submit(room.frame(0, seq)) for seq in (5, 5, 4, 6)]
            assert [type(o) for o in outcomes] == [Counted, Duplicate, Duplicate, Counted]
            assert room.frames_counted() == 2

    asyncio.run(run())


def test_the_same_number_at_the_same_time_is_counted_once(database):
    async def run():
        async with room_of(database) as room:
            outcomes = await asyncio.gather(
                *[room.engine.submit(room.frame(0, 1)) for _ in range(8)]
            )
            assert sorted(type(o).__name__ for o in outcomes) == ["Counted"] + ["Duplicate"] * 7
            assert room.frames_counted() == 1

    asyncio.run(run())


def test_a_self_report_is_counted_beside_the_frames_and_numbered_with_them(database):
    async def run():
        async with room_of(database) as room:
            of = (room.session, room.sources[0])
            report = SubmittedSelfReport(*of, 2, NOW.timestamp(), SelfReportAnswer.LOST)
            outcomes = [await room.engine.submit(one) for one in (room.frame(0, 1), report, report)]
            assert outcomes[1:] == [Counted(None), Duplicate()]
            assert isinstance(await room.engine.submit(room.frame(0, 2)), Duplicate)
            with database.reading() as db:
                assert db.execute(select(open_self_report.c.answer)).scalars().all() == ["lost"]
            assert room.frames_counted() == 1

    asyncio.run(run())


def test_a_full_queue_is_busy_at_once_and_says_when_to_come_back(database):
    async def run():
        async with room_of(database, limit=3) as room:
            room.reader.gate.clear()
            taken = [asyncio.create_task(room.engine.submit(room.frame(i, 1))) for i in range(3)]
            await asyncio.sleep(0)
            assert isinstance(room.engine.busy(), Busy)  # told before a picture is received
            busy = await asyncio.wait_for(room.engine.submit(room.frame(9, 1)), 1)
            assert isinstance(busy, Busy)
            assert busy.retry_after >= 1
            room.reader.gate.set()
            assert all(isinstance(o, Counted) for o in await asyncio.gather(*taken))
            assert room.engine.busy() is None
            assert isinstance(await room.engine.submit(room.frame(9, 1)), Counted)
            assert room.frames_counted() == 4

    asyncio.run(run())


def test_a_broken_picture_hurts_nobody_else(database):
    async def run():
        async with room_of(database) as room:
            outcomes = await asyncio.gather(
                room.engine.submit(room.frame(0, 1)),
                room.engine.submit(room.frame(1, 1, b"broken")),
                room.engine.submit(room.frame(2, 1)),
                return_exceptions=True,
            )
            assert [type(o) for o in outcomes] == [Counted, UnreadablePicture, Counted]
            assert room.frames_counted() == 2

    asyncio.run(run())


def leave_with_all(db, session):
    of_session = select(source.c.id).where(source.c.session_id == session)
    for source_id in db.scalars(of_session).all():
        leave_session(db, session, source_id, left_at=NOW)


@pytest.mark.parametrize(
    ("happens", "raised"),
    [
        (lambda db, session: end_session(db, session, NOW), SessionEnded),
        (delete_session, SessionNotFound),
        (leave_with_all, SourceLeft),
    ],
)
def test_whoever_goes_while_a_frame_is_read_is_told_and_nothing_is_counted(
    database, happens, raised
):
    async def run():
        async with room_of(database) as room:
            room.reader.gate.clear()
            task = asyncio.create_task(room.engine.submit(room.frame(0, 1)))
            await asyncio.sleep(0.05)
            with database.writing() as db:
                happens(db, room.session)
            room.reader.gate.set()
            with pytest.raises(raised):
                await task
            with database.reading() as db:
                assert db.execute(select(open_tally)).first() is None

    asyncio.run(run())


def test_frames_that_wait_together_are_committed_together(database):
    async def run():
        async with room_of(database, limit=20) as room:
            with database.writing():  # nobody else can commit meanwhile
                tasks = [
                    asyncio.create_task(room.engine.submit(room.frame(i, 1))) for i in range(20)
                ]
                await asyncio.to_thread(room.reader.wait_for, 20)
                await asyncio.sleep(0.05)
            await asyncio.gather(*tasks)
            commits = room.metrics.registry.get_sample_value("roomtone_commit_frames_count")
            assert commits <= 3
            assert room.frames_counted() == 20

    asyncio.run(run())


def test_closing_finishes_what_was_taken_and_takes_no_more(database):
    async def run():
        async with room_of(database) as room:
            room.reader.gate.clear()
            tasks = [asyncio.create_task(room.engine.submit(room.frame(i, 1))) for i in range(5)]
            await asyncio.sleep(0.02)
            closing = asyncio.create_task(room.engine.close())
            await asyncio.sleep(0.02)
            with pytest.raises(EngineClosed):
                await room.engine.submit(room.frame(9, 1))
            room.reader.gate.set()
            await closing
            assert all(isinstance(o, Counted) for o in await asyncio.gather(*tasks))
            assert room.frames_counted() == 5

    asyncio.run(run())


def test_closing_gives_up_what_is_never_read_and_keeps_what_was(database):
    async def run():
        async with room_of(database, close_seconds=0.2) as room:
            assert isinstance(await room.engine.submit(room.frame(0, 1)), Counted)
            room.reader.gate.clear()
            stuck = [asyncio.create_task(room.engine.submit(room.frame(i, 1))) for i in range(1, 5)]
            await asyncio.sleep(0.02)
            started = time.perf_counter()
            await room.engine.close()
            assert time.perf_counter() - started < 3
            told = await asyncio.wait_for(asyncio.gather(*stuck, return_exceptions=True), 1)
            assert {type(outcome) for outcome in told} == {EngineClosed}
            assert room.frames_counted() == 1

    asyncio.run(run())


def test_a_picture_that_is_never_done_does_not_keep_the_process_alive(sqlite_url):
    program = """
import asyncio, sys, time
from server.analyst import Analyst
from server.engine import SubmittedFrame
from server.engine.embedded import EmbeddedEngine
from server.engine.group_commit import GroupCommit
from server.metrics import Metrics
from server.store.database import Database

class SleepyReader:
    network_version = "sleepy"
    def read(self, data, last_seen=None):
        time.sleep(60)

async def run():
    reader, metrics = SleepyReader(), Metrics()
    commits = GroupCommit(Database(sys.argv[1]), metrics)
    engine = EmbeddedEngine(reader, commits, metrics, workers=1, queue_limit=3, close_seconds=0.1)
    analyst = Analyst(reader)
    async def open_picture():
        return b"picture"
    tasks = [asyncio.create_task(engine.submit(SubmittedFrame("a", "b", 1, 1.0, b"")))]
    tasks.append(asyncio.create_task(analyst.read(open_picture)))
    await asyncio.sleep(0.1)
    analyst.close()
    await engine.close()
    await asyncio.gather(*tasks, return_exceptions=True)
    print("closed", flush=True)

asyncio.run(run())
"""
    ran = subprocess.run(
        [sys.executable, "-c", program, sqlite_url],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert ran.stdout.splitlines()[-1] == "closed"
    assert "Traceback" not in ran.stderr


def huge(room: Room, source: int) -> SubmittedFrame:
    """A frame that no database can count: its moment fits into no column."""
    frame = room.frame(source, 1)
    return SubmittedFrame(frame.session_id, frame.source_id, 1, 1e300, b"ok")


def test_a_frame_that_cannot_be_counted_spoils_no_other(database):
    async def run():
        async with room_of(database) as room:
            room.reader.gate.clear()
            with database.writing():  # so that they are committed together
                frames = [room.frame(0, 1), huge(room, 1), room.frame(2, 1), room.frame(3, 1)]
                tasks = [asyncio.create_task(room.engine.submit(frame)) for frame in frames]
                room.reader.gate.set()
                await asyncio.to_thread(room.reader.wait_for, 4)
                await asyncio.sleep(0.05)
            told = await asyncio.gather(*tasks, return_exceptions=True)
            assert [isinstance(outcome, Counted) for outcome in told] == [True, False, True, True]
            assert isinstance(told[1], Exception)
            assert room.engine.working
            assert room.frames_counted() == 3

    asyncio.run(run())


def test_whoever_went_with_its_event_loop_does_not_stop_the_counting(database):
    commits = GroupCommit(database, Metrics())
    gone = FrameCount("none", "none", 1, 1.0, "x", np.zeros((0, 7), np.float32))

    async def ask_and_go():
        asking = asyncio.create_task(commits.commit(gone))
        await asyncio.sleep(0.05)
        asking.cancel()

    async def ask():
        return await asyncio.wait_for(commits.commit(gone), 10)

    with database.writing():  # the first one's loop is closed before its outcome is there
        asyncio.run(ask_and_go())
    assert asyncio.run(ask()) is CountOutcome.SESSION_GONE
    assert commits.alive
    commits.close()
    with pytest.raises(EngineClosed):
        asyncio.run(ask())


def test_a_server_that_counts_no_more_is_not_ready(database):
    async def run():
        async with room_of(database) as room:
            readiness = Readiness(database, "gated", room.engine)
            assert readiness.check()["status"] == "ready"
            await room.engine.close()
            with pytest.raises(NotReady, match="counts no frames"):
                readiness.check()

    asyncio.run(run())
