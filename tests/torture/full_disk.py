"""A disk that is full, and has space again: a small file system of its own in memory."""

import asyncio
import os
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

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
from tests.torture.stores import SqliteStore
from tests.torture.wire import Line

MOST_GREEN_SECONDS = 15.0


class NoSmallDisk(RuntimeError):
    """No file system can be mounted here; that takes root."""


@dataclass
class FullDisk:
    """What came of it. recovered_after: seconds until every source was acknowledged again."""

    answers: dict[str, int] = field(default_factory=dict)
    refusal: str = ""
    log: str = ""
    readyz: int = 0
    ready_after: float = -1.0
    recovered_after: float = -1.0
    frames: int = 0
    check: str = ""


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mount a small file system in memory. Raises `NoSmallDisk`."""
    place = folder / "disk"
    place.mkdir()
    size = f"size={megabytes}m"
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        raise NoSmallDisk("mounting a small file system takes root")
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", size, "roomtone-torture", place],
        capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise NoSmallDisk(done.stderr.decode(errors="replace"))
    try:
        yield place
    finally:
        subprocess.run([shutil.which("umount") or "umount", "-l", place], check=False)


def fill(place: Path) -> Path:
    """Fill a file system to its last byte; return the file that does."""
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
    return ballast


async def fill_disk(
    folder: Path, port: int, *, seconds: float, sources: int, seed: int
) -> FullDisk:
    """Fill the disk under SQLite while a class sends; make space; compare. Raises `BooksWrong`."""
    found = FullDisk()
    with small_disk(folder, 24) as place:
        store = SqliteStore(place)
        async with ServerProcess(folder, port, store.url, ROOMTONE_QUEUE_LIMIT="48") as server:
            class_ = await begin_lesson(
                port, sources, bucket_seconds=bucket_just_begun(), seed=seed
            )
            async with sending(class_):
                await asyncio.sleep(2)
                before = Counter(sum_answers(class_))
                ballast = fill(place)
                await asyncio.sleep(seconds)
                await _look(port, found)
                during = Counter(sum_answers(class_)) - before
                found.answers = {f"{call} {told}": n for (call, told), n in during.items()}
                ballast.unlink()
                await _await_recovery(port, class_, found)
            await acknowledge_all(class_)
            await check_ledger(port, sum_answers(class_))
            with store.looking() as db:
                found.frames = compare(db, class_, settled=True, per_source=True)
            await server.end(signal.SIGTERM)
        found.check = store.check()
    found.log = next(
        (line for line in server.log.read_text().splitlines() if "commit failed" in line), ""
    )
    assert found.check == "ok", found.check
    assert not wrongs_of(class_), wrongs_of(class_)
    return found


async def _look(port: int, found: FullDisk) -> None:
    """Look at health and readiness; what still fits into the log's own pages may be written."""
    line, until = Line(port), time.monotonic() + MOST_GREEN_SECONDS
    assert (await line.ask("GET", "/healthz")).status == 200
    answer = await line.ask("GET", "/readyz")
    while answer.status == 200 and time.monotonic() < until:
        await asyncio.sleep(0.05)
        answer = await line.ask("GET", "/readyz")
    found.readyz, found.refusal = answer.status, answer.json().get("detail", "")
    line.close()


async def _await_recovery(port: int, class_: list, found: FullDisk) -> None:
    began, line = time.monotonic(), Line(port)
    marks = [each.mark for each in class_]
    while time.monotonic() < began + 30 and min(found.ready_after, found.recovered_after) < 0:
        if found.ready_after < 0 and (await line.ask("GET", "/readyz")).status == 200:
            found.ready_after = round(time.monotonic() - began, 2)
        all_taken = all(each.mark > mark for each, mark in zip(class_, marks, strict=True))
        if all_taken and found.recovered_after < 0:
            found.recovered_after = round(time.monotonic() - began, 2)
        await asyncio.sleep(0.05)
    line.close()
