"""The database away for a while: locked, stopped, or there and silent."""

import asyncio
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from psycopg.errors import DeadlockDetected
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from tests.torture.accounts import compare
from tests.torture.ledgers import check_ledger
from tests.torture.lessons import (
    acknowledge_all,
    begin_lesson,
    bucket_just_begun,
    sending,
    sum_answers,
    wrongs_of,
)
from tests.torture.processes import ServerProcess
from tests.torture.sources import Source
from tests.torture.stores import PostgresStore, SqliteStore, Store
from tests.torture.wire import BrokenOff, Line


@dataclass
class Outage:
    """What came of it; all in seconds but for the counts.

    slowest: the slowest answer of each status while it was away; healthz: its slowest answer;
    red_after: until `/readyz` said 503; ready_after and all_taken_after: from the database's return
    until it said 200, and until every source had another number acknowledged.
    """

    away: float
    answers: dict[str, int] = field(default_factory=dict)
    slowest: dict[int, float] = field(default_factory=dict)
    healthz: float = 0.0
    readyz: float = 0.0
    red_after: float = -1.0
    ready_after: float = -1.0
    all_taken_after: float = -1.0
    frames: int = 0
    check: str = ""


async def take_away(
    store: Store, folder: Path, port: int, how: str, *, seconds: float, sources: int, seed: int
) -> Outage:
    """Take the database away under load, give it back, and compare. Raises `BooksWrong`."""
    outage = Outage(seconds)
    async with ServerProcess(folder, port, store.url, ROOMTONE_QUEUE_LIMIT="48") as server:
        class_ = await begin_lesson(port, sources, bucket_seconds=bucket_just_begun(), seed=seed)
        async with sending(class_):
            await asyncio.sleep(2)
            before = Counter(sum_answers(class_))
            for each in class_:
                each.waits.clear()
            with WAYS[how](store):
                watch = _Watch(port, outage)
                await asyncio.sleep(seconds)
            await _await_return(port, class_, outage)
            await watch.end()
        for status, waited in (pair for each in class_ for pair in each.waits):
            outage.slowest[status] = round(max(outage.slowest.get(status, 0), waited), 2)
        during = sum_answers(class_) - before
        outage.answers = {f"{call} {told}": number for (call, told), number in during.items()}
        await acknowledge_all(class_)
        await check_ledger(port, sum_answers(class_))
        with store.looking() as db:
            outage.frames = compare(db, class_, settled=True, per_source=True)
        await server.end(signal.SIGTERM)
    outage.check = store.check()
    assert outage.check == "ok", outage.check
    assert not wrongs_of(class_), wrongs_of(class_)
    return outage


class _Watch:
    """Asks for `/healthz` and `/readyz` beside each other while the database is away."""

    def __init__(self, port: int, outage: Outage) -> None:
        self._port, self._outage, self._over = port, outage, asyncio.Event()
        self._tasks = [asyncio.create_task(self._ask_health()), asyncio.create_task(self._ask())]

    async def end(self) -> None:
        self._over.set()
        await asyncio.gather(*self._tasks)

    async def _ask_health(self) -> None:
        line = Line(self._port)
        while not self._over.is_set():
            answer = await line.ask("GET", "/healthz")
            assert answer.status == 200, answer
            self._outage.healthz = round(max(self._outage.healthz, answer.seconds), 2)
            await asyncio.sleep(0.1)
        line.close()

    async def _ask(self) -> None:
        line, began, outage = Line(self._port), time.monotonic(), self._outage
        while not self._over.is_set():
            answer = await line.ask("GET", "/readyz")
            outage.readyz = round(max(outage.readyz, answer.seconds), 2)
            if answer.status == 503 and outage.red_after < 0:
                outage.red_after = round(time.monotonic() - began, 2)
            await asyncio.sleep(0.1)
        line.close()


async def _await_return(port: int, class_: Sequence[Source], outage: Outage) -> None:
    began, line = time.monotonic(), Line(port)
    marks = [each.mark for each in class_]
    while time.monotonic() < began + 60 and min(outage.ready_after, outage.all_taken_after) < 0:
        now = round(time.monotonic() - began, 2)
        if outage.ready_after < 0 and (await _ask_readiness(line)) == 200:
            outage.ready_after = round(time.monotonic() - began, 2)
        if all(each.mark > mark for each, mark in zip(class_, marks, strict=True)):
            outage.all_taken_after = now if outage.all_taken_after < 0 else outage.all_taken_after
        await asyncio.sleep(0.05)
    line.close()


async def _ask_readiness(line: Line) -> int:
    try:
        return (await line.ask("GET", "/readyz")).status
    except BrokenOff:
        return 0


@contextmanager
def locked(store: Store) -> Iterator[None]:
    """Hold the lock that every writer needs."""
    if isinstance(store, SqliteStore):
        with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            yield
            other.execute("ROLLBACK")
    else:
        with store.looking() as db:
            while not _locks_tables(db):
                db.rollback()
            yield


def _locks_tables(db: Connection) -> bool:
    """Lock them all; False where the server locked two of them in the other order, and won."""
    try:
        db.exec_driver_sql("LOCK TABLE source, session, open_tally, alembic_version")
    except OperationalError as error:
        if not isinstance(error.orig, DeadlockDetected):
            raise
        return False
    return True


@contextmanager
def stopped(store: PostgresStore) -> Iterator[None]:
    """Kill the database's processes; start them again in the end."""
    store.stop()
    yield
    store.start()


@contextmanager
def silent(store: PostgresStore) -> Iterator[None]:
    """Freeze the database's processes: connections stay open and nothing is answered."""
    frozen = store.processes()
    for process in frozen:
        process.suspend()
    try:
        yield
    finally:
        for process in frozen:
            process.resume()


WAYS = {"locked": locked, "stopped": stopped, "silent": silent}
OF_DATABASE = {"sqlite": ("locked", "full"), "postgresql": ("stopped", "silent", "locked")}
