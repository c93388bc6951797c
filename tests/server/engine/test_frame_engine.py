"""The contract of every FrameEngine; today there is one."""

import asyncio
import threading
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import numpy as np
import pytest

from model.faces import Faces
from model.headers import UnreadablePicture
from model.pipeline import FrameReading
from model.pose import Pose
from server.engine import Busy, Counted, Duplicate, EngineClosed, SubmittedFrame
from server.engine.embedded import EmbeddedEngine
from server.engine.group_commit import GroupCommit
from server.metrics import Metrics
from server.store.database import Database
from server.store.sessions import (
    SessionEnded,
    SessionNotFound,
    add_session,
    delete_session,
    end_session,
    find_session,
)
from server.store.sources import add_source

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


class GatedReader:
    """Reads every frame as one happy face, but only while its gate is open."""

    network_version = "gated"

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self._read = threading.Semaphore(0)

    def wait_for(self, frames: int) -> None:
        for _ in range(frames):
            assert self._read.acquire(timeout=10)

    def read(self, data: bytes) -> FrameReading:
        if data == b"broken":
            raise UnreadablePicture("It is broken.")
        assert self.gate.wait(10)
        self._read.release()
        faces = Faces(
            np.ones((1, 4), np.float32), np.ones((1, 5, 2), np.float32), np.ones(1, np.float32)
        )
        told = np.eye(7, dtype=np.float32)[3:4]
        return FrameReading(640, 360, faces, told, [Pose(0, 0, 0)], {"find": 0.001})


class Room:
    def __init__(self, database: Database, reader: GatedReader, limit: int) -> None:
        self.database, self.reader, self.metrics = database, reader, Metrics()
        commits = GroupCommit(database, self.metrics)
        self.engine = EmbeddedEngine(reader, commits, self.metrics, workers=2, queue_limit=limit)
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
async def room_of(database: Database, *, limit: int = 12):
    room = Room(database, GatedReader(), limit)
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


def test_a_full_queue_is_busy_at_once_and_says_when_to_come_back(database):
    async def run():
        async with room_of(database, limit=3) as room:
            room.reader.gate.clear()
            taken = [asyncio.create_task(room.engine.submit(room.frame(i, 1))) for i in range(3)]
            await asyncio.sleep(0)
            busy = await asyncio.wait_for(room.engine.submit(room.frame(9, 1)), 1)
            assert isinstance(busy, Busy)
            assert busy.retry_after >= 1
            room.reader.gate.set()
            assert all(isinstance(o, Counted) for o in await asyncio.gather(*taken))
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


@pytest.mark.parametrize(
    ("happens", "raised"),
    [
        (lambda db, session: end_session(db, session, NOW), SessionEnded),
        (delete_session, SessionNotFound),
    ],
)
def test_a_session_that_goes_while_its_frame_is_read_is_told(database, happens, raised):
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
