"""The process that reads: it tells what threads do, is back after faults, goes with its owner."""

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.card import UnusableNetwork
from model.headers import PictureTooLarge, UnreadablePicture
from server.engine import EngineClosed
from server.readers import ReadersLost
from server.reading_process import ReadingProcess
from tests.fuzzing.processes import is_running
from tests.pictures import astronaut, claim_jpeg_size, gallery, jpeg
from tests.server.opened_readers import CLOSED, OPTIONS, opened, wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's /proc")


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
from server.reading_process import ReadingProcess
from tests.server.opened_readers import OPTIONS

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
