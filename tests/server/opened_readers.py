"""A process that reads, opened for a test in either kind of event loop."""

import asyncio
import time
from contextlib import asynccontextmanager

from model.frames import MAX_PIXELS
from model.reading_child import Options
from server.engine import EngineClosed
from server.reading_process import ReadingProcess

OPTIONS = Options(None, "centerface", None, None, MAX_PIXELS, None, threads=2)
CLOSED = EngineClosed("closed")


def run_in(loops, main):
    with asyncio.Runner(loop_factory=loops) as runner:
        return runner.run(main)


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
