"""An engine whose database is locked: who waits, who is told at once, and that it goes on."""

import asyncio
import gc
import sqlite3
import time
import weakref
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import make_url

from server.engine import Counted, Duplicate
from server.store.database import Database, DatabaseUnavailable
from tests.server.engine.gated_room import room_of


@contextmanager
def locked(url):
    """Hold the lock that every writer needs."""
    with closing(sqlite3.connect(make_url(url).database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def outcomes_of(sqlite_url, steps):
    async def run():
        with closing(Database(sqlite_url, busy_seconds=0.4)) as database:
            async with room_of(database) as room:
                return await steps(room)

    return asyncio.run(run())


def test_all_that_wait_are_told_and_then_one_at_a_time_tries(sqlite_url):
    async def steps(room):
        with locked(sqlite_url):
            first = await asyncio.gather(
                *(room.engine.submit(room.frame(n, 1)) for n in range(6)), return_exceptions=True
            )
            trying = asyncio.create_task(room.engine.submit(room.frame(6, 1)))
            await asyncio.sleep(0)
            with pytest.raises(DatabaseUnavailable, match="locked"):
                room.engine.busy()
            with pytest.raises(DatabaseUnavailable, match="locked"):
                await room.engine.submit(room.frame(7, 1))
            with pytest.raises(DatabaseUnavailable, match="locked"):
                await trying
        assert [type(each) for each in first] == [DatabaseUnavailable] * 6
        assert room.engine.under_way == 0

    outcomes_of(sqlite_url, steps)


def test_when_it_is_back_all_go_on_and_each_is_counted_once(sqlite_url):
    async def steps(room):
        with locked(sqlite_url), pytest.raises(DatabaseUnavailable):
            await room.engine.submit(room.frame(0, 1))
        assert isinstance(await room.engine.submit(room.frame(0, 1)), Counted)
        told = await asyncio.gather(*(room.engine.submit(room.frame(n, 1)) for n in range(6)))
        assert [type(each) for each in told] == [Duplicate, *[Counted] * 5]
        assert room.frames_counted() == 6

    outcomes_of(sqlite_url, steps)


def test_no_picture_outlives_its_answer_though_the_failure_is_remembered(sqlite_url):
    async def submit(room, number, pictures):
        frame = room.frame(number, 1)
        pictures.add(frame)
        with pytest.raises(DatabaseUnavailable):
            await room.engine.submit(frame)

    async def steps(room):
        pictures = weakref.WeakSet()
        with locked(sqlite_url):
            await asyncio.gather(*(submit(room, number, pictures) for number in range(4)))
            until = time.monotonic() + 5  # the thread that commits tells them first, then lets go
            while pictures and time.monotonic() < until:
                await asyncio.sleep(0.01)
                gc.collect()
            assert not pictures

    outcomes_of(sqlite_url, steps)
