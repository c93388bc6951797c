"""The contract of every FrameEngine; today there is one."""

import asyncio

import numpy as np
import pytest
from sqlalchemy import select

from model.headers import UnreadablePicture
from server.engine import (
    Busy,
    Counted,
    Duplicate,
    EngineClosed,
    SubmittedFrame,
    SubmittedSelfReport,
)
from server.engine.group_commit import GroupCommit
from server.metrics import Metrics
from server.readiness import NotReady, Readiness
from server.schemas import SelfReportAnswer
from server.store.frame_counts import FrameCount
from server.store.marks import CountOutcome
from server.store.sessions import (
    SessionEnded,
    SessionNotFound,
    delete_session,
    end_session,
)
from server.store.sources import SourceLeft, leave_session
from server.store.tables import open_self_report, open_tally, source
from tests.server.engine.gated_room import NOW, Room, room_of


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
