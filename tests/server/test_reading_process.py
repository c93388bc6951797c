"""The process that reads: it tells what threads do, is back after faults, goes with its owner."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.card import UnusableNetwork
from model.frames import MAX_PIXELS
from model.headers import PictureTooLarge, UnreadablePicture
from model.reading_child import Options
from server.engine import EngineClosed
from server.readers import ReadersLost
from server.reading_process import ReadingProcess
from tests.fuzzing.processes import is_running
from tests.pictures import astronaut, claim_jpeg_size, gallery, jpeg

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's /proc")

OPTIONS = Options(None, "centerface", None, None, MAX_PIXELS, None, threads=2)
CLOSED = EngineClosed("closed")


@asynccontextmanager
async def opened(options=OPTIONS):
    readers = ReadingProcess(options)
    try:
        await readers.open()
        yield readers
    finally:
        readers.close(CLOSED)


async def wait_until(condition, seconds=20.0):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        await asyncio.sleep(0.02)


def assert_same(one, other):
    assert (one.width, one.height, one.poses) == (other.width, other.height, other.poses)
    np.testing.assert_array_equal(one.faces.boxes, other.faces.boxes)
    np.testing.assert_array_equal(one.probabilities, other.probabilities)
    assert one.last_seen.looks == other.last_seen.looks


def test_it_reads_what_threads_would_and_what_was_seen_last_goes_both_ways():
    picture, pipeline = jpeg(astronaut()), OPTIONS.open()

    async def run():
        async with opened() as readers:
            assert readers.working
            assert readers.network_version == pipeline.network_version
            first = await readers.read(picture)
            return first, await readers.read(picture, first.last_seen)

    first, second = asyncio.run(run())
    assert_same(first, pipeline.read(picture))
    assert_same(second, pipeline.read(picture, first.last_seen))
    assert second.last_seen.looks == 1


def test_many_at_once_are_each_told_their_own():
    pictures = {count: jpeg(gallery(1, count)) for count in (1, 2, 3)}

    async def run():
        async with opened() as readers:
            asked = [(count, readers.read(pictures[count])) for count in [1, 2, 3] * 8]
            told = await asyncio.gather(*(reading for _, reading in asked))
            return [(count, len(one.faces)) for (count, _), one in zip(asked, told, strict=True)]

    assert all(count == found for count, found in asyncio.run(run()))


def test_what_is_wrong_with_a_picture_is_told_as_by_threads():
    huge = claim_jpeg_size(jpeg(astronaut()), 20_000, 20_000)

    async def run():
        async with opened() as readers:
            with pytest.raises(UnreadablePicture, match="not"):
                await readers.read(b"no picture at all")
            with pytest.raises(PictureTooLarge, match="claims 20000x20000"):
                await readers.read(huge)
            assert len((await readers.read(jpeg(astronaut()))).faces) == 1

    asyncio.run(run())


def test_a_process_that_dies_is_told_and_replaced():
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
            assert readers.working
            return told

    told = asyncio.run(run())
    assert sum(not isinstance(one, Exception) and len(one.faces) for one in told) == 8


def test_who_went_away_is_not_read():
    picture = jpeg(astronaut())

    async def run():
        async with opened(replace(OPTIONS, threads=1)) as readers:
            os.kill(readers.process_id, signal.SIGSTOP)
            asked = [asyncio.create_task(readers.read(picture, whose=str(n))) for n in range(6)]
            await asyncio.sleep(0.05)
            for one in asked[2:5]:
                one.cancel()
            os.kill(readers.process_id, signal.SIGCONT)
            told = await asyncio.gather(*asked, return_exceptions=True)
            assert [isinstance(one, asyncio.CancelledError) for one in told] == [
                number in (2, 3, 4) for number in range(6)
            ]
            assert readers.asked_for == 3

    asyncio.run(run())


def test_closing_ends_it_and_tells_who_waits():
    async def run():
        readers = ReadingProcess(OPTIONS)
        await readers.open()
        os.kill(readers.process_id, signal.SIGSTOP)
        asked = [asyncio.create_task(readers.read(jpeg(astronaut()))) for _ in range(6)]
        await asyncio.sleep(0.05)
        readers.close(CLOSED)
        assert await asyncio.gather(*asked, return_exceptions=True) == [CLOSED] * 6
        with pytest.raises(EngineClosed):
            await readers.read(b"")
        assert not is_running(readers.process_id)
        await asyncio.sleep(0.1)
        assert not is_running(readers.process_id)  # and it is not started anew

    asyncio.run(run())


def test_networks_that_cannot_be_opened_are_told_at_the_start(tmp_path, monkeypatch):
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no network")

    async def run():
        readers = ReadingProcess(replace(OPTIONS, network=broken))
        with pytest.raises(UnusableNetwork):
            await readers.open()
        with pytest.raises(ReadersLost):
            await readers.read(b"")
        await wait_until(lambda: not is_running(readers.process_id))
        assert not readers.working
        readers.close(CLOSED)

    asyncio.run(run())


OWNER = """
import asyncio, sys
from tests.server.test_reading_process import OPTIONS, ReadingProcess

async def run():
    readers = ReadingProcess(OPTIONS)
    await readers.open()
    print(readers.process_id, flush=True)
    await asyncio.sleep(60)

asyncio.run(run())
"""


def test_it_ends_with_a_server_that_is_killed():
    with subprocess.Popen(
        [sys.executable, "-c", OWNER], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as owner:
        pid = int(owner.stdout.readline())
        assert is_running(pid)
        owner.kill()
    asyncio.run(wait_until(lambda: not is_running(pid)))


def test_nobody_but_its_owner_ends_it():
    async def run():
        async with opened() as readers:
            for told_to_all in (signal.SIGINT, signal.SIGTERM):
                os.kill(readers.process_id, told_to_all)
            assert len((await readers.read(jpeg(astronaut()))).faces) == 1

    asyncio.run(run())
