"""What a frame costs the server beside its reading.

    python -m tests.bench.server_cost [--frames 4000] [--sources 16] [--work-ms 0]

A server process of its own whose pipeline invents every reading, so that all its processor time is
what the server itself costs: HTTP, layers, token, look-up, commit, answer. The client is a few
sockets that are kept open, so that it takes little of the machine. With `--work-ms` each reading
takes so much processor time first, without the GIL, as the networks do. What becomes of too many
frames, `roomtone bench` measures.
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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from bench.arithmetic import find_percentile
from bench.connection import Address, Answer, Connection
from tests.bench.invented_server import PARTS, TOKEN, leave_out, serve
from tests.servers import free_port

BODY_BYTES = 20_000
MOST_WAIT_S = 30.0
SLICES = 20
"""Costs are told of so many parts of the run: what else runs on the machine only adds to them, so
that the least is nearest to the truth."""


@dataclass
class Tally:
    """Answers by status, and the seconds that each took."""

    seconds: dict[int, list[float]] = field(default_factory=dict)

    def note(self, status: int, seconds: float) -> None:
        self.seconds.setdefault(status, []).append(seconds)

    @property
    def taken(self) -> int:
        """How many were counted."""
        return len(self.seconds.get(200, []))

    def quantile(self, share: float) -> float | None:
        """Return milliseconds of those that were counted; None without any."""
        found = find_percentile(self.seconds.get(200, []), share)
        return None if found is None else 1e3 * found


class Source:
    """One student, whose numbers rise."""

    def __init__(self, address: Address) -> None:
        self._connection, self._seq = Connection(address, self._note), 0
        self._body = os.urandom(BODY_BYTES)
        self._answer: asyncio.Future[Answer] | None = None

    async def send(self) -> int:
        """Send the next frame; return its status."""
        self._seq += 1
        self._answer = asyncio.get_running_loop().create_future()
        self._connection.send(self._seq, self._body)
        return (await self._answer).status

    def close(self) -> None:
        self._connection.close()

    def _note(self, answer: Answer) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)


async def send_closed(sources: list[Source], frames: int, tally: Tally) -> None:
    """Keep one frame of each source under way, until so many were sent."""
    left = iter(range(frames))

    async def work(source: Source) -> None:
        for _ in left:
            sent = time.perf_counter()
            status = await source.send()
            tally.note(status, time.perf_counter() - sent)

    await asyncio.gather(*[work(source) for source in sources])


def join(teacher: httpx.Client, port: int, sources: int) -> list[Source]:
    """Start a session and let so many sources join it."""
    session = teacher.post("/api/v1/sessions", json={"title": "cost"}).json()
    path = f"/api/v1/sessions/{session['session_id']}/frames"
    asked = {"join_code": session["join_code"]}
    tokens = [teacher.post("/api/v1/join", json=asked).json()["token"] for _ in range(sources)]
    return [Source(Address("127.0.0.1", port, path, token)) for token in tokens]


def processor_seconds(pid: int) -> float:
    """Return how long all threads of a process have run (Linux)."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


def measure(given: argparse.Namespace, port: int, pid: int) -> dict[str, Any]:
    """Send frames in closed loop."""
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
                "p50_ms": tally.quantile(0.5),
                "p95_ms": tally.quantile(0.95),
            }
            for source in sources:
                source.close()
            return told

        return asyncio.run(run())


def _wait(teacher: httpx.Client) -> None:
    until = time.monotonic() + MOST_WAIT_S
    while time.monotonic() < until:
        try:
            if teacher.get("/readyz").status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise SystemExit("The server was not ready in time.")


@contextmanager
def own_process(module: str) -> Iterator[tuple[int, int]]:
    """Run a bench of this folder once more as the server, with `--serve`; yield port and pid."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "ROOMTONE_DATA_DIR": folder}
        command = [sys.executable, "-m", f"tests.bench.{module}", *sys.argv[1:]]
        server = subprocess.Popen([*command, "--serve", str(port)], env=environment)
        try:
            yield port, server.pid
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--frames", type=int, default=4000)
    asked.add_argument("--sources", type=int, default=16, help="with one frame under way each")
    asked.add_argument("--work-ms", type=float, default=0.0, help="processor time of a reading")
    asked.add_argument("--queue-limit", type=int, default=0, help="else the setting's default")
    asked.add_argument("--database", default="", help="URL of a migrated one; else SQLite")
    asked.add_argument("--without", default="", help=f"leave one part out: {', '.join(PARTS)}")
    asked.add_argument("--serve", type=int, default=0, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.serve:
        leave_out(given.without)
        serve(given.serve, given.work_ms, given.queue_limit, given.database)
        return
    with own_process("server_cost") as (port, pid):
        sys.stdout.write(json.dumps(measure(given, port, pid), indent=1) + "\n")


if __name__ == "__main__":
    main()
