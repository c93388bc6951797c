"""What an engine does with more frames than it can read in time."""

import asyncio
from contextlib import asynccontextmanager, closing

import pytest

from model.pipeline import FrameReading
from server.engine import Busy, Counted
from server.store.database import Database
from tests.server.engine.gated_room import GatedReader, Room


class SlowReader(GatedReader):
    """Says that each frame took a second, though it did not."""

    def read(self, data, last_seen=None) -> FrameReading:
        reading = super().read(data, last_seen)
        reading.seconds["find"] = 1.0
        return reading


@asynccontextmanager
async def full_room(url, reader, *, under_way):
    """An engine that has read one frame, with so many more under way."""
    with closing(Database(url)) as database:
        room = Room(database, reader, 20, 8)
        assert isinstance(await room.engine.submit(room.frame(0, 1)), Counted)
        reader.gate.clear()
        waiting = [
            asyncio.create_task(room.engine.submit(room.frame(source, 2)))
            for source in range(under_way)
        ]
        await asyncio.sleep(0.05)
        try:
            yield room
        finally:
            reader.gate.set()
            assert all(isinstance(told, Counted) for told in await asyncio.gather(*waiting))
            await room.engine.close()


@pytest.mark.parametrize(("reader", "is_busy"), [(SlowReader, True), (GatedReader, False)])
def test_the_queue_is_no_longer_than_can_be_read_in_time(sqlite_url, reader, is_busy):
    async def run():
        async with full_room(sqlite_url, reader(), under_way=5) as room:
            assert (room.engine.busy("somebody") is not None) is is_busy
            assert (room.metrics.queue_limit._value.get() < 20) is is_busy

    asyncio.run(run())


def test_who_was_refused_is_let_in_before_who_was_not(sqlite_url):
    async def run():
        async with full_room(sqlite_url, GatedReader(), under_way=15) as room:
            tries = [room.engine.busy("patient") for _ in range(8)]
            assert isinstance(tries[0], Busy)
            assert tries[-1] is None
            assert isinstance(room.engine.busy("new"), Busy)

    asyncio.run(run())


def test_turning_away_remembers_refusals_and_takes_no_turn(sqlite_url):
    async def run():
        async with full_room(sqlite_url, GatedReader(), under_way=15) as room:
            tries = []
            for _ in range(8):
                tries.append(room.engine.turn_away("patient"))
                await asyncio.sleep(0)  # a place is kept for one turn of the event loop
            assert isinstance(tries[0], Busy)
            assert tries[-1] is room.engine.turn_away("patient") is None
            assert room.engine.busy("patient") is None, "its turn was still to come"
            assert isinstance(room.engine.busy("patient"), Busy)

    asyncio.run(run())


def test_of_those_who_come_at_once_no_more_are_let_past_than_have_a_place(sqlite_url):
    async def run():
        async with full_room(sqlite_url, GatedReader(), under_way=12) as room:
            for _ in range(2):  # whoever did not come in after all leaves the place to others
                told = [room.engine.turn_away(f"student {number}") for number in range(30)]
                assert told.count(None) == 3, "15 of 20 are for those not refused just now"
                assert [told.index(None), told[3:].count(None)] == [0, 0]
                await asyncio.sleep(0)
                room.engine._admission._refused.clear()

    asyncio.run(run())


def test_those_who_are_refused_are_asked_back_at_different_times(sqlite_url):
    async def run():
        async with full_room(sqlite_url, GatedReader(), under_way=20) as room:
            waits = {room.engine.busy(str(number)).retry_after for number in range(200)}
            assert waits == {1, 2, 3}

    asyncio.run(run())
