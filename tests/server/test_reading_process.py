"""The process that reads: it tells what threads do, is back after faults, goes with its owner."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from model.card import UnusableNetwork
from model.frames import MAX_PIXELS
from model.headers import PictureTooLarge, UnreadablePicture
from model.reading_child import Options
from server import reading_process
from server.engine import EngineClosed
from server.readers import ReadersLost
from server.reading_process import ReadingProcess
from tests.fuzzing.processes import is_running
from tests.pictures import astronaut, claim_jpeg_size, gallery, jpeg

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's /proc")

OPTIONS = Options(None, "centerface", None, None, MAX_PIXELS, None, threads=2)
CLOSED = EngineClosed("closed")


def run_in(loops, main):
    with asyncio.Runner(loop_factory=loops) as runner:
        return runner.run(main)


@pytest.fixture(params=["asyncio", "uvloop"])
def run_it(request):
    """Run a coroutine in either kind of event loop."""
    loops = pytest.importorskip("uvloop").new_event_loop if request.param == "uvloop" else None
    return partial(run_in, loops)


@pytest.fixture
def soon_again(monkeypatch):
    monkeypatch.setattr(reading_process, "AGAIN_SECONDS", 0.1)
    monkeypatch.setattr(reading_process, "LEAST_LIFE_SECONDS", 0.0)


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


def test_it_reads_what_threads_would_and_what_was_seen_last_goes_both_ways(run_it):
    picture, pipeline = jpeg(astronaut()), OPTIONS.open()

    async def run():
        async with opened() as readers:
            assert readers.working
            assert readers.network_version == pipeline.network_version
            assert readers.resident_bytes() > 50e6
            first = await readers.read(picture)
            return first, await readers.read(picture, first.last_seen)

    first, second = run_it(run())
    assert_same(first, pipeline.read(picture))
    assert_same(second, pipeline.read(picture, first.last_seen))
    assert second.last_seen.looks == 1


def test_many_at_once_are_each_told_their_own_whatever_is_wrong_with_others(run_it):
    pictures = {count: jpeg(gallery(1, count)) for count in (1, 2, 3)}
    huge = claim_jpeg_size(jpeg(astronaut()), 20_000, 20_000)
    long = b"no picture" * 500_000

    async def run():
        async with opened() as readers:
            for told_to_all in (signal.SIGINT, signal.SIGTERM):  # its owner's to handle
                os.kill(readers.process_id, told_to_all)
            asked = [(count, readers.read(pictures[count])) for count in [1, 2, 3] * 8]
            wrong = [readers.read(data) for data in (huge, long)]
            told = await asyncio.gather(*(reading for _, reading in asked))
            for (count, _), reading in zip(asked, told, strict=True):
                assert len(reading.faces) == count
            return await asyncio.gather(*wrong, return_exceptions=True)

    too_large, unreadable = run_it(run())
    assert isinstance(too_large, PictureTooLarge)
    assert "claims 20000x20000" in str(too_large)
    assert isinstance(unreadable, UnreadablePicture)
    assert "decode_picture" in unreadable.__notes__[0]  # where it was raised


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


def test_closing_lets_it_end_by_itself_and_at_once(run_it):
    async def run():
        async with opened() as readers:
            process = readers.process
        assert process.returncode == 0  # and not killed, which comes after two seconds
        with pytest.raises(EngineClosed):
            await readers.read(b"")

    run_it(run())


def test_closing_ends_one_that_hangs_and_tells_who_waits():
    async def run():
        async with opened() as readers:
            os.kill(readers.process_id, signal.SIGSTOP)
            asked = [asyncio.create_task(readers.read(jpeg(astronaut()))) for _ in range(6)]
            await asyncio.sleep(0.05)
            readers.close(CLOSED)
            assert await asyncio.gather(*asked, return_exceptions=True) == [CLOSED] * 6
            assert not is_running(readers.process_id)
            await asyncio.sleep(0.1)
            assert readers.starts == 1  # it is not started anew

    asyncio.run(run())


def test_networks_that_cannot_be_opened_are_told_at_the_start(tmp_path):
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no network")

    async def run():
        readers = ReadingProcess(replace(OPTIONS, network=broken))
        with pytest.raises(UnusableNetwork):
            await readers.open()
        await wait_until(lambda: not is_running(readers.process_id))
        with pytest.raises(ReadersLost):
            await readers.read(b"")
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


def test_it_is_told_no_token_and_no_database(monkeypatch):
    monkeypatch.setenv("ROOMTONE_TEACHER_TOKEN", "secret")
    monkeypatch.setenv("PGPASSWORD", "secret")

    async def run():
        async with opened() as readers:
            return read_environment(readers.process_id)

    assert b"secret" not in asyncio.run(run())


def read_environment(pid):
    return Path(f"/proc/{pid}/environ").read_bytes()
