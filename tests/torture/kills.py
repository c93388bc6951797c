"""kill -9 in mid-ingest, again and again, and while buckets are folded."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, func, select

from server.store.tables import open_tally
from tests.torture.accounts import compare
from tests.torture.ledgers import check_ledger
from tests.torture.lessons import (
    acknowledge_all,
    begin_lesson,
    bucket_just_begun,
    forget_answers,
    moments,
    sending,
    sum_answers,
    wrongs_of,
)
from tests.torture.processes import ServerProcess
from tests.torture.sources import Source
from tests.torture.stores import Store

HOUR = 3600


@dataclass
class Killed:
    """What came of it. in_doubt: committed, but not told when the kill came."""

    kills: int = 0
    crashes: int = 0
    acknowledged: int = 0
    frames: int = 0
    in_doubt: int = 0
    folds: int = 0
    unfolded: int = 0
    checks: list[str] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)


async def kill_in_mid_ingest(
    store: Store, folder: Path, port: int, *, kills: int, sources: int, seed: int, longest: float
) -> Killed:
    """Kill the server at random moments; at every death compare all, and once more at the end.

    On PostgreSQL every fourth kill takes the database with it. Raises `BooksWrong`.
    """
    done = Killed()
    async with ServerProcess(folder, port, store.url, ROOMTONE_QUEUE_LIMIT="48") as server:
        class_ = await begin_lesson(port, sources, bucket_seconds=bucket_just_begun(), seed=seed)
        async with sending(class_):
            for number, moment in enumerate(moments(seed, kills, longest)):
                await asyncio.sleep(moment)
                if number % 4 == 2:
                    store.crash()
                    done.crashes += store.name == "postgresql"
                await server.end()
                done.kills += 1
                _look(store, class_, done)
                await _start_again(server, class_)
            await asyncio.sleep(longest / 2)
        return await _settle(store, server, class_, done, per_source=True)


async def kill_while_folding(
    store: Store, folder: Path, port: int, *, kills: int, sources: int, seed: int
) -> Killed:
    """Kill the server while it folds what it finds at its start, and counts beside it.

    While it is down its open rows are made an hour older, so that they are due.
    """
    done = Killed()
    async with ServerProcess(folder, port, store.url, ROOMTONE_QUEUE_LIMIT="48") as server:
        class_ = await begin_lesson(port, sources, bucket_seconds=1, sessions=4, seed=seed)
        async with sending(class_):
            for moment in moments(seed, 4 * kills, 0.5)[3::4]:
                await asyncio.sleep(3)
                await server.end()
                store.change(f"UPDATE open_tally SET bucket_start = bucket_start - {HOUR}")
                with store.looking() as db:
                    due = _count_due(db, time.time() - HOUR / 2)
                server.start()  # it folds as soon as it is up, a moment before it listens
                forget_answers(class_)
                await asyncio.sleep(max(0.0, server.ready_seconds - 0.4 + 2 * moment))
                await server.end()
                done.kills += 2
                folded = _look(store, class_, done, per_source=False, due=due)
                done.folds, done.unfolded = done.folds + folded, done.unfolded + (not folded)
                await _start_again(server, class_)
        return await _settle(store, server, class_, done, per_source=False)


async def _start_again(server: ServerProcess, class_: Sequence[Source]) -> None:
    """Start the next life of a server, with books that begin anew."""
    server.start()
    forget_answers(class_)
    await server.wait_until("/healthz")


def _look(
    store: Store, class_: Sequence[Source], done: Killed, *, per_source: bool = True, due: int = 0
) -> bool:
    """Compare while no server runs; return whether the `due` rows of open buckets are folded."""
    done.checks.append(store.check())
    acknowledged = sum(each.cargo.frames(each.mark) for each in class_)
    with store.looking() as db:
        frames = compare(db, class_, settled=False, per_source=per_source)
        done.in_doubt += frames - acknowledged
        left = _count_due(db, time.time() - HOUR / 2)
    if due and left not in (0, due):
        done.checks.append(f"{left} of {due} rows are left of one folding")
    return not left


def _count_due(db: Connection, before: float) -> int:
    """Count the open rows of buckets that began before a moment: these are due."""
    rows = select(func.count()).select_from(open_tally)
    return db.scalar(rows.where(open_tally.c.bucket_start < before)) or 0


async def _settle(
    store: Store, server: ServerProcess, class_: Sequence[Source], done: Killed, *, per_source: bool
) -> Killed:
    """Let everything be acknowledged, check the ledger of the last life, compare exactly."""
    await server.wait_until()
    await acknowledge_all(class_)
    done.answers = {f"{call} {told}": n for (call, told), n in sum_answers(class_).items()}
    await check_ledger(server.port, sum_answers(class_))
    with store.looking() as db:
        done.frames = compare(db, class_, settled=True, per_source=per_source)
    done.acknowledged = sum(each.cargo.frames(each.mark) for each in class_)
    await server.end(15)
    done.checks.append(store.check())
    wrong = [*wrongs_of(class_), *(each for each in done.checks if each != "ok")]
    assert not wrong, wrong
    return done
