"""What a frame costs the server beside its reading, and what becomes of too many.

    python -m tests.bench.server_cost [--frames 4000] [--sources 16] [--work-ms 0] [--load 4]

A server process of its own whose pipeline invents every reading, so that all its processor time is
what the server itself costs: HTTP, layers, token, look-up, commit, answer. The client is a few
sockets that are kept open, so that it takes little of the machine. With `--work-ms` each reading
takes so much processor time first, without the GIL, as the networks do. With `--load` frames then
come so many times as fast as were taken before, for `--seconds`.
"""

import argparse
import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.bench.invented_server import PARTS, TOKEN, leave_out, serve
from tests.servers import free_port

BODY_BYTES = 20_000
MOST_WAIT_S = 30.0
SLICES = 20
"""Costs are told of so many parts of the run: what else runs on the machine only adds to them, so
that the least is nearest to the truth."""


@dataclass
class Tally:
    """Answers by status, the seconds that each took, and what was counted of each source."""

    seconds: dict[int, list[float]] = field(default_factory=dict)
    counted: Counter[int] = field(default_factory=Counter)

    def note(self, source: int, status: int, seconds: float) -> None:
        self.seconds.setdefault(status, []).append(seconds)
        self.counted[source] += status == 200

    @property
    def taken(self) -> int:
        """How many were counted."""
        return len(self.seconds.get(200, []))

    def quantile(self, status: int, share: float) -> float:
        """Return milliseconds; not a number without any such answer."""
        times = sorted(self.seconds.get(status, []))
        return 1e3 * times[int(len(times) * share)] if times else float("nan")


class Source:
    """One student: a socket that is kept open, and numbers that rise."""

    def __init__(self, number: int, port: int, path: str, token: str) -> None:
        self.number, self._port, self._seq = number, port, 0
        self._head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: image/jpeg\r\nContent-Length: {BODY_BYTES}\r\nFrame-Seq: "
        )
        self._body = os.urandom(BODY_BYTES)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self) -> int:
        """Send the next frame; return its status."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        self._seq += 1
        writer.write(f"{self._head}{self._seq}\r\n\r\n".encode() + self._body)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        if b"connection: close" in head:
            writer.close()
            self._streams = None
        return int(head[9:12])

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()


async def send_closed(sources: list[Source], frames: int, tally: Tally) -> None:
    """Keep one frame of each source under way, until so many were sent."""
    left = iter(range(frames))

    async def work(source: Source) -> None:
        for _ in left:
            sent = time.perf_counter()
            status = await source.send()
            tally.note(source.number, status, time.perf_counter() - sent)

    await asyncio.gather(*[work(source) for source in sources])


async def send_open(sources: list[Source], per_second: float, seconds: float) -> Tally:
    """Send at a pace that does not wait for answers; each source skips its turn while it waits."""
    tally, each = Tally(), len(sources) / per_second
    until = time.perf_counter() + seconds

    async def work(source: Source) -> None:
        due = time.perf_counter() + each * source.number / len(sources)
        while due < until:
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            sent = time.perf_counter()
            status = await source.send()
            now = time.perf_counter()
            tally.note(source.number, status, now - sent)
            due += each * max(1, -((due - now) // each))

    await asyncio.gather(*[work(source) for source in sources])
    return tally


def join(teacher: httpx.Client, port: int, sources: int) -> list[Source]:
    """Start a session and let so many sources join it."""
    session = teacher.post("/api/v1/sessions", json={"title": "cost"}).json()
    path = f"/api/v1/sessions/{session['session_id']}/frames"
    asked = {"join_code": session["join_code"]}
    tokens = [teacher.post("/api/v1/join", json=asked).json()["token"] for _ in range(sources)]
    return [Source(number, port, path, token) for number, token in enumerate(tokens)]


def processor_seconds(pid: int) -> float:
    """Return how long all threads of a process have run (Linux)."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


def resident_mb(pid: int) -> float:
    """Return resident memory of a process in MB (Linux)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def measure(given: argparse.Namespace, port: int, pid: int) -> dict[str, Any]:
    """Send frames in closed loop, and then too many of them."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30) as teacher:
        _wait(teacher)
        sources = join(teacher, port, given.sources)

        async def run() -> dict[str, Any]:
            await send_closed(sources, 200, Tally())
            began, costs, tally = time.perf_counter(), [], Tally()
            for _ in range(SLICES):
                cpu, before = processor_seconds(pid), tally.taken
                await send_closed(sources, given.frames // SLICES, tally)
                cpu = processor_seconds(pid) - cpu
                costs.append(1e3 * cpu / max(tally.taken - before, 1))
            seconds = time.perf_counter() - began
            taken = tally.taken
            told = {
                "sources": given.sources,
                "work_ms": given.work_ms,
                "frames_per_second": taken / seconds,
                "server_cpu_ms_per_frame_least_median": [min(costs), statistics.median(costs)],
                "answers": {status: len(times) for status, times in tally.seconds.items()},
                "p50_ms": tally.quantile(200, 0.5),
                "p95_ms": tally.quantile(200, 0.95),
            }
            if given.load:
                told["overload"] = await overload(given, port, pid, taken / seconds, teacher)
            for source in sources:
                source.close()
            return told

        return asyncio.run(run())


async def overload(
    given: argparse.Namespace, port: int, pid: int, capacity: float, teacher: httpx.Client
) -> dict[str, Any]:
    """Send `load` times what the server can take, and tell what becomes of it."""
    crowd = await asyncio.to_thread(join, teacher, port, given.crowd)
    before, cpu = resident_mb(pid), processor_seconds(pid)
    tally = await send_open(crowd, given.load * capacity, given.seconds)
    used = processor_seconds(pid) - cpu
    answers = {status: len(times) for status, times in tally.seconds.items()}
    for source in crowd:
        source.close()
    counted = sorted(tally.counted[source.number] for source in crowd)
    return {
        "sources": given.crowd,
        "answers": answers,
        "offered_per_second": sum(answers.values()) / given.seconds,
        "goodput_share": answers.get(200, 0) / given.seconds / capacity,
        "accepted_p50_p95_p99_ms": [tally.quantile(200, q) for q in (0.5, 0.95, 0.99)],
        "refused_p50_p95_p99_ms": [tally.quantile(429, q) for q in (0.5, 0.95, 0.99)],
        "counted_of_a_source_least_median_most": [
            counted[0],
            counted[len(counted) // 2],
            counted[-1],
        ],
        "memory_mb": [before, resident_mb(pid)],
        "server_cpu_share": used / given.seconds,
    }


def _wait(teacher: httpx.Client) -> None:
    until = time.monotonic() + MOST_WAIT_S
    while time.monotonic() < until:
        try:
            if teacher.get("/readyz").status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise SystemExit("The server was not ready in time.")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--frames", type=int, default=4000)
    asked.add_argument("--sources", type=int, default=16, help="with one frame under way each")
    asked.add_argument("--work-ms", type=float, default=0.0, help="processor time of a reading")
    asked.add_argument("--load", type=float, default=0.0, help="so many times too much; 0: none")
    asked.add_argument("--crowd", type=int, default=400, help="sources that send too much")
    asked.add_argument("--seconds", type=float, default=20.0, help="how long too much is sent")
    asked.add_argument("--queue-limit", type=int, default=0, help="else the setting's default")
    asked.add_argument("--database", default="", help="URL of a migrated one; else SQLite")
    asked.add_argument("--without", default="", help=f"leave one part out: {', '.join(PARTS)}")
    asked.add_argument("--serve", type=int, default=0, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.serve:
        leave_out(given.without)
        serve(given.serve, given.work_ms, given.queue_limit, given.database)
        return
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "ROOMTONE_DATA_DIR": folder}
        command = [sys.executable, "-m", "tests.bench.server_cost", *sys.argv[1:]]
        server = subprocess.Popen([*command, "--serve", str(port)], env=environment)
        try:
            sys.stdout.write(json.dumps(measure(given, port, server.pid), indent=1) + "\n")
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


if __name__ == "__main__":
    main()
