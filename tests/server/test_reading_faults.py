"""The process that reads, when it dies, hangs or can't be started: it is told and replaced."""

import asyncio
import os
import signal
import subprocess
import sys

import pytest

from server import reading_process
from server.readers import ReadersLost
from server.reading_process import ReadingProcess
from tests.pictures import astronaut, jpeg
from tests.server.opened_readers import CLOSED, OPTIONS, opened, wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills as Linux does")


@pytest.fixture
def soon_again(monkeypatch):
    monkeypatch.setattr(reading_process, "AGAIN_SECONDS", 0.1)
    monkeypatch.setattr(reading_process, "LEAST_LIFE_SECONDS", 0.0)


def test_a_process_that_dies_is_told_and_replaced(run_it, soon_again):
    picture = jpeg(astronaut())

    async def run():
        async with opened() as readers:
            died = readers.process_id
            os.kill(died, signal.SIGSTOP)
            asked = [asyncio.create_task(readers.read(picture, whose=str(n))) for n in range(12)]
            await asyncio.sleep(0.05)
            os.kill(died, signal.SIGKILL)
            told = await asyncio.gather(*asked, return_exceptions=True)
            lost = [one for one in told if isinstance(one, ReadersLost)]
            assert len(lost) == 4  # those that were given: two for each thread
            assert readers.process_id != died
            assert (readers.working, readers.starts) == (True, 2)
            return told

    told = run_it(run())
    assert sum(not isinstance(one, Exception) and len(one.faces) for one in told) == 8


def test_one_that_cannot_be_started_anew_is_tried_again_and_nobody_waits(monkeypatch, soon_again):
    async def run():
        async with opened() as readers:
            with monkeypatch.context() as patched:
                patched.setattr(subprocess, "Popen", refuse)
                os.kill(readers.process_id, signal.SIGKILL)
                await wait_until(lambda: not readers.working)
                await asyncio.sleep(0.3)
                for _ in range(3):
                    with pytest.raises(ReadersLost):
                        await readers.read(jpeg(astronaut()))
            await wait_until(lambda: readers.working)
            assert len((await readers.read(jpeg(astronaut()))).faces) == 1
            assert readers.asked_for == 1  # none of those that were told is read besides

    asyncio.run(run())


def refuse(*_, **__):
    raise OSError("no memory for one more process")


def test_those_who_wait_for_one_that_dies_before_it_reads_are_told(soon_again):
    async def run():
        readers = ReadingProcess(OPTIONS)
        opening = asyncio.create_task(readers.open())
        await asyncio.sleep(0.05)
        asked = asyncio.create_task(readers.read(jpeg(astronaut())))
        await asyncio.sleep(0.05)
        os.kill(readers.process_id, signal.SIGKILL)
        with pytest.raises(ReadersLost):
            await asked
        with pytest.raises(ReadersLost):
            await opening
        readers.close(CLOSED)  # while it is to be started anew
        await asyncio.sleep(0.3)
        assert readers.starts == 1

    asyncio.run(run())


def test_one_that_hangs_is_killed_and_replaced(monkeypatch, soon_again):
    monkeypatch.setattr(reading_process, "READ_SECONDS", 0.6)

    async def run():
        async with opened() as readers:
            os.kill(readers.process_id, signal.SIGSTOP)
            with pytest.raises(ReadersLost):
                await readers.read(jpeg(astronaut()))
            await wait_until(lambda: readers.working)
            assert readers.starts == 2

    asyncio.run(run())
