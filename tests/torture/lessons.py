"""A lesson under torture: sessions, sources that joined, and what all of them were told."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import asynccontextmanager

from tests.servers import TOKEN
from tests.torture.cargo import CameraCargo, Cargo, InventedCargo
from tests.torture.sources import Source
from tests.torture.wire import Line

LONGEST = 300


def bucket_just_begun() -> int:
    """Return a length of buckets, 200 to 300 s, of which one has just begun.

    So no bucket is folded before a torture of some minutes is over, and what each source showed
    can be compared by itself.
    """
    now = int(time.time())
    return min(range(200, LONGEST + 1), key=lambda seconds: now % seconds)


async def begin_lesson(
    port: int, count: int, *, bucket_seconds: int, sessions: int = 2, seed: int = 0
) -> list[Source]:
    """Start sessions, every other one simulated, and let so many sources join them in turn."""
    line, begun = Line(port), []
    for number in range(sessions):
        cargo: Cargo = InventedCargo() if number % 2 else CameraCargo()
        asked = {"title": "T", "bucket_seconds": bucket_seconds, "simulated": cargo.simulated}
        begun.append((await line.ask_json("POST", "/api/v1/sessions", TOKEN, asked), cargo))
    sources = []
    for number in range(count):
        session, cargo = begun[number % sessions]
        code = {"join_code": session["join_code"]}
        joined = await line.ask_json("POST", "/api/v1/join", None, code)
        each = Source(port, joined["token"], session["session_id"], cargo, seed + number)
        each.source_id = joined["source_id"]
        sources.append(each)
    line.close()
    return sources


@asynccontextmanager
async def sending(sources: Sequence[Source]):
    """Let all sources send until the block is left, and what is under way be answered."""
    stop = asyncio.Event()
    tasks = [asyncio.create_task(each.send_until(stop)) for each in sources]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*tasks)


async def acknowledge_all(sources: Iterable[Source]) -> None:
    """Let every source send one number more, until it is acknowledged."""
    await asyncio.gather(*(each.send_to(each.mark + 1) for each in sources))


def forget_answers(sources: Iterable[Source]) -> None:
    """Start the books of the sources anew, as a server does that starts anew."""
    for each in sources:
        each.told.clear()


def sum_answers(sources: Iterable[Source]) -> Counter:
    """Return what all sources were told, by call and verdict."""
    total: Counter = Counter()
    for each in sources:
        total.update(each.told)
    return total


def wrongs_of(sources: Iterable[Source]) -> list[str]:
    """Return what no source should have been told."""
    return [sentence for each in sources for sentence in each.wrongs.found]


def moments(seed: int, count: int, longest: float) -> list[float]:
    """Return when to kill, seconds after the start: every fourth within the first 0.3 s."""
    chance = random.Random(seed)
    return [
        chance.uniform(0.0, 0.3) if number % 4 == 3 else chance.uniform(0.5, longest)
        for number in range(count)
    ]
