"""What a source showed last is told with its next frame, and not kept for longer."""

import asyncio

import pytest

from server.engine import (
    Counted,
)
from server.store.sources import SourceLeft, leave_session
from tests.server.engine.gated_room import NOW, room_of


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
