"""The process that reads, started before anything else of a server is there."""

import asyncio
import sys

import pytest

from server.reading_process import ReadingProcess
from server.reading_start import start_ahead
from tests.pictures import astronaut, jpeg
from tests.server.opened_readers import CLOSED, OPTIONS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="threads read elsewhere")


def test_a_process_started_ahead_is_the_one_that_reads():
    async def read(started):
        readers = ReadingProcess(OPTIONS, started)
        try:
            await readers.open()
            assert readers.process_id == started.process.pid
            return await readers.read(jpeg(astronaut()))
        finally:
            readers.close(CLOSED)

    with start_ahead("process") as started:
        assert len(asyncio.run(read(started)).faces) == 1
    assert started.process.returncode == 0, "it ended by itself, when its line was closed"


def test_a_process_that_nobody_takes_is_ended_when_the_start_fails():
    with pytest.raises(KeyError), start_ahead("process") as started:
        raise KeyError
    assert started.process.returncode is not None


def test_where_threads_read_no_process_is_started():
    with start_ahead("threads") as started:
        assert started is None
