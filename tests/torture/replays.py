"""Every frame three times: in order, out of order, at once on three lines, and after a restart."""

import asyncio
import random
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.torture.accounts import compare
from tests.torture.ledgers import check_ledger
from tests.torture.lessons import (
    begin_lesson,
    bucket_just_begun,
    forget_answers,
    sum_answers,
    wrongs_of,
)
from tests.torture.processes import ServerProcess
from tests.torture.sources import Source
from tests.torture.stores import Store


@dataclass
class Replayed:
    """What came of it: how many numbers, how many frames are in the database at the end."""

    numbers: int = 0
    frames: int = 0
    answers: dict[str, int] = field(default_factory=dict)
    check: str = ""


async def replay_all(
    store: Store, folder: Path, port: int, *, numbers: int, sources: int, seed: int
) -> Replayed:
    """Send every number thrice at once, then all of them again, before and after a restart.

    Raises `BooksWrong` or `LedgerWrong`.
    """
    found = Replayed(numbers * sources)
    async with ServerProcess(folder, port, store.url, ROOMTONE_QUEUE_LIMIT="200") as server:
        class_ = await begin_lesson(port, sources, bucket_seconds=bucket_just_begun(), seed=seed)
        twins = [[_twin_of(each, port, seed) for _ in range(3)] for each in class_]
        everybody = [each for three in twins for each in three]
        await asyncio.gather(*(_send_at_once(three, numbers) for three in twins))
        for each, three in zip(class_, twins, strict=True):
            each.mark = numbers
            counted = sum(
                n for other in three for (_, told), n in other.told.items() if told == "counted"
            )
            assert counted == numbers, f"{numbers} numbers were told as counted {counted} times"
        await _settle(store, server, class_, everybody, found)
        await asyncio.gather(*(_send_all_again(three[0], numbers, seed) for three in twins))
        await _settle(store, server, class_, everybody, found)
        await server.end(signal.SIGKILL)
        server.start()
        forget_answers(everybody)
        await server.wait_until()
        await asyncio.gather(*(_send_all_again(three[1], numbers, seed) for three in twins))
        await _settle(store, server, class_, everybody, found)
        told = {verdict for _, verdict in sum_answers(everybody)} - {"429", "broken off"}
        assert told == {"duplicate"}, told
        await server.end(signal.SIGTERM)
    found.check = store.check()
    assert found.check == "ok", found.check
    assert not wrongs_of(everybody), wrongs_of(everybody)
    return found


def _twin_of(source: Source, port: int, seed: int) -> Source:
    """Return the same source on a line of its own."""
    twin = Source(port, source._token, source.session_id, source.cargo, seed)
    twin.source_id = source.source_id
    return twin


async def _send_at_once(three: Sequence[Source], numbers: int) -> None:
    """Send each number on three lines at once, and go on when it is acknowledged on all."""
    for seq in range(1, numbers + 1):
        await asyncio.gather(*(_insist(each, seq) for each in three))


async def _send_all_again(source: Source, numbers: int, seed: int) -> None:
    """Send all numbers again, in order and then in any other."""
    shuffled = list(range(1, numbers + 1))
    random.Random(seed).shuffle(shuffled)
    for seq in (*range(1, numbers + 1), *shuffled):
        await _insist(source, seq)


async def _insist(source: Source, seq: int) -> None:
    while not await source.send(seq):  # noqa: ASYNC110 - nobody else knows when to try again
        await asyncio.sleep(0.05)


async def _settle(
    store: Store,
    server: ServerProcess,
    class_: Sequence[Source],
    everybody: Sequence[Source],
    found: Replayed,
) -> None:
    await check_ledger(server.port, sum_answers(everybody))
    with store.looking() as db:
        found.frames = compare(db, class_, settled=True, per_source=True)
    found.answers = {f"{call} {told}": n for (call, told), n in sum_answers(everybody).items()}
