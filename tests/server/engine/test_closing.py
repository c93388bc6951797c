"""An engine that closes: it finishes what it took, and nothing keeps the process alive."""

import asyncio
import subprocess
import sys
import time

import pytest

from server.engine import (
    Counted,
    EngineClosed,
)
from tests.server.engine.gated_room import room_of


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
from server.reading_threads import ReadingThreads
from server.store.database import Database

class SleepyReader:
    network_version = "sleepy"
    def read(self, data, last_seen=None):
        time.sleep(60)

async def run():
    reader, metrics = SleepyReader(), Metrics()
    commits = GroupCommit(Database(sys.argv[1]), metrics)
    readers = ReadingThreads(reader, 1, "frame")
    engine = EmbeddedEngine(readers, commits, metrics, queue_limit=3, close_seconds=0.1)
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
