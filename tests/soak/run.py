"""One soak: find the capacity, hold a school day at a share of it, watch the process meanwhile."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from statistics import median

from bench.connection import Address
from bench.frames import load_real
from tests.fuzzing.processes import Taken, read_cpu_seconds, read_taken
from tests.fuzzing.school import hold_lesson
from tests.servers import RunningServer
from tests.soak.day import CLASS_SIZE, FORMS, SEND_SECONDS, SchoolDay, Sender, Tape, Wish
from tests.soak.verdict import Growth, Limits, Row, find_faults, measure_growth

CAPACITY_SECONDS = 8.0
POOLS = 60
"""Descriptors of database connections that are kept once as many threads have asked at once."""

_BUSY = 429


@dataclass
class Soak:
    """What a run showed. before, after: the process without any load."""

    capacity: dict[str, float]
    students: int
    windows: int
    before: Taken
    after: Taken | None = None
    rows: list[Row] = field(default_factory=list)
    growth: Growth | None = None
    events: int = 0
    skipped: int = 0
    faults: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def soak(
    server: RunningServer,
    *,
    seconds: float,
    row_seconds: float,
    lesson_seconds: float,
    share: float = 0.8,
    rate: float | None = None,
    limits: Limits | None = None,
    tell: Callable[[Row], None] = lambda _: None,
) -> Soak:
    """Hold a school day; rate: students' frames a second, else from what the server can do."""
    _warm_up(server)
    frames = load_real()
    webcam, gallery = frames.webcam.stream(), frames.frames[1].stream()
    before = read_taken(server.process.pid)
    capacity = {"told": rate or 0.0}
    if rate is None:
        capacity = {
            "webcam": asyncio.run(_measure(server, webcam, 16, CAPACITY_SECONDS)),
            "gallery": asyncio.run(_measure(server, gallery, 4, CAPACITY_SECONDS / 2)),
        }
        taken = 2 / SEND_SECONDS / capacity["gallery"]  # by two windows, of the whole
        rate = capacity["webcam"] * max(share - taken, share / 2)
    students = max(round(rate * SEND_SECONDS), 5)
    windows = min(2, -(-students // CLASS_SIZE))
    wish = Wish(students, windows, lesson_seconds, seconds, webcam, gallery)
    result = Soak(capacity, students, wish.windows, before)
    asyncio.run(_hold(server, wish, result, row_seconds, tell))
    time.sleep(3)
    result.after = read_taken(server.process.pid)
    result.growth = measure_growth(result.rows)
    limits = limits or Limits()
    result.faults = find_faults(result.rows, limits)
    if result.after.descriptors > before.descriptors + POOLS:
        result.faults.append("descriptors were not given back at the end")
    return result


def _warm_up(server: RunningServer) -> None:
    """Let every library be imported that a report needs: the first one takes 20 MB."""
    lesson = hold_lesson(server.teacher, "Warm-up")
    for form in ("json", *FORMS):
        server.teacher.get(f"/api/v1/sessions/{lesson}/report", params={"format": form})


async def _measure(
    server: RunningServer, frames: list[bytes], sources: int, seconds: float
) -> float:
    """Return how many frames a second are counted when each source always has one under way."""
    tape, session = Tape(), server.teacher.post("/api/v1/sessions", json={"title": "x"}).json()
    host, _, port = server.url.removeprefix("http://").partition(":")
    path = f"/api/v1/sessions/{session['session_id']}/frames"
    senders = []
    for _ in range(sources):
        joined = server.teacher.post("/api/v1/join", json={"join_code": session["join_code"]})
        senders.append(Sender(Address(host, int(port), path, joined.json()["token"]), frames, tape))
    begun = time.perf_counter()
    while time.perf_counter() - begun < seconds:
        for sender in senders:
            if not sender.waiting:
                sender.send()
        await asyncio.sleep(0.002)
    taken = time.perf_counter() - begun
    for sender in senders:
        await sender.finish()
    server.teacher.post(f"/api/v1/sessions/{session['session_id']}/end")
    return round(len(tape.seconds) / taken, 1)


async def _hold(
    server: RunningServer,
    wish: Wish,
    result: Soak,
    row_seconds: float,
    tell: Callable[[Row], None],
) -> None:
    tape, begun = Tape(), time.monotonic()
    day = asyncio.create_task(SchoolDay(server.url, wish, tape).hold())
    while not day.done():
        row = await _watch(server.process.pid, tape, begun, row_seconds, day)
        if row is not None:
            result.rows.append(row)
            tell(row)
    result.events, result.skipped = tape.events, tape.skipped
    await day


async def _watch(
    pid: int, tape: Tape, begun: float, seconds: float, day: "asyncio.Task[None]"
) -> Row | None:
    """Look at the process for so long; None where the day is over before."""
    tape.seconds, statuses = [], tape.statuses.copy()
    spent, since, taken = read_cpu_seconds(pid), time.monotonic(), []
    while time.monotonic() - since < seconds:
        if day.done():
            return None
        await asyncio.sleep(0.5)
        taken.append(read_taken(pid))
    passed = time.monotonic() - since
    came = tape.statuses - statuses
    times = sorted(tape.seconds) or [0.0]
    return Row(
        round(time.monotonic() - begun, 1),
        round(median(one.memory_mb for one in taken), 1),
        min(one.descriptors for one in taken),
        min(one.threads for one in taken),
        len(tape.seconds),
        came[_BUSY],
        sum(count for status, count in came.items() if not 100 <= status < 500),
        round(1e3 * times[len(times) // 2], 1),
        round(1e3 * times[int(0.95 * (len(times) - 1))], 1),
        round((read_cpu_seconds(pid) - spent) / passed, 2),
    )
