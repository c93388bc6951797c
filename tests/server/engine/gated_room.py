"""An engine on a real database whose reader waits until a test opens its gate."""

import threading
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import numpy as np

from model.faces import Faces
from model.headers import UnreadablePicture
from model.last_seen import LastSeen
from model.pipeline import FrameReading
from model.pose import Pose
from server.engine import (
    SubmittedFrame,
)
from server.engine.embedded import EmbeddedEngine
from server.engine.group_commit import GroupCommit
from server.metrics import Metrics
from server.reading_threads import ReadingThreads
from server.store.database import Database
from server.store.sessions import (
    add_session,
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
        readers = ReadingThreads(reader, 2, "frame")
        self.engine = EmbeddedEngine(
            readers, commits, self.metrics, queue_limit=limit, close_seconds=close_seconds
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
