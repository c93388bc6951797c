"""`python -m tests.fuzzing.connections`: thousands of idle and trickling connections.

Frames are sent and answered meanwhile, on a real server; then it must close what dawdles, and give
its descriptors back. Linux only.
"""

import argparse
import http.client
import resource
import socket
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import Console

from server.connections import HEAD_SECONDS
from tests.fuzzing.processes import read_cpu_seconds, read_taken
from tests.fuzzing.verdict import leave
from tests.pictures import gallery, jpeg
from tests.servers import RunningServer, running_server

BODY_SECONDS = 30.0
MOST_GROWTH_MB = 120.0
"""10,000 connections take 5 kB each, and allocators keep some of it."""


@dataclass
class Outcome:
    """What came of it. answered: seconds of each frame, before and while they are held."""

    opened: int = 0
    before: list[float] = field(default_factory=list)
    meanwhile: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    idle_cpu_share: float = 0.0
    still_open: int = 0
    memory_mb: tuple[float, float, float] = (0, 0, 0)
    descriptors: tuple[int, int, int] = (0, 0, 0)
    faults: list[str] = field(default_factory=list)


class Student:
    """One source that sends frames, one after the other."""

    def __init__(self, server: RunningServer) -> None:
        teacher = server.teacher
        session = teacher.post("/api/v1/sessions", json={"title": "x"}).json()
        joined = teacher.post("/api/v1/join", json={"join_code": session["join_code"]}).json()
        self.path = f"/api/v1/sessions/{session['session_id']}/frames"
        self.token, self._frame, self._seq = (
            joined["token"],
            jpeg(gallery(1, 1, width=640, height=360), 75),
            0,
        )
        self._address = server.url.removeprefix("http://")

    def send(self, times: int, outcome: Outcome) -> list[float]:
        """Send so many frames, each on a connection of its own; return the seconds of each."""
        taken = []
        for _ in range(times):
            self._seq += 1
            begun = time.perf_counter()
            line = http.client.HTTPConnection(self._address, timeout=30)
            line.request("POST", self.path, self._frame, self.headers(self._seq))
            status = line.getresponse().status
            line.close()
            taken.append(time.perf_counter() - begun)
            outcome.statuses[status] = outcome.statuses.get(status, 0) + 1
        return taken

    def headers(self, seq: int) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "image/jpeg",
            "Frame-Seq": str(seq),
        }


class Crowd:
    """Connections that hold on: silent ones, and heads and bodies that trickle in."""

    def __init__(self, server: RunningServer, student: Student) -> None:
        host, _, port = server.url.removeprefix("http://").partition(":")
        self._address = (host, int(port))
        self._silent: list[socket.socket] = []
        self._trickling: list[socket.socket] = []
        self._over = threading.Event()
        headers = "".join(f"{name}: {value}\r\n" for name, value in student.headers(10**6).items())
        self._beginnings = {
            "head": b"GET /healthz HTTP/1.1\r\nHost: x\r\nA: ",
            "body": b"POST /api/v1/join HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n"
            b"Content-Type: application/json\r\n\r\n",
            "picture": f"POST {student.path} HTTP/1.1\r\nHost: x\r\n{headers}"
            "Content-Length: 60000\r\n\r\n".encode(),
            "refused": b"POST /api/v1/analyze HTTP/1.1\r\nHost: x\r\n"
            b"Content-Length: 5000000\r\n\r\n",
        }

    def gather(self, silent: int, trickling: int) -> None:
        """Open all of them; of pictures only a few, for a source may not hold many bodies."""
        for number in range(silent):
            self._silent.append(self._connect())
            if number % 500 == 0:
                time.sleep(0.05)
        for kind, beginning in self._beginnings.items():
            for _ in range(5 if kind == "picture" else trickling):
                line = self._connect()
                line.sendall(beginning)
                self._trickling.append(line)
        threading.Thread(target=self._trickle, daemon=True).start()

    def count_open(self) -> int:
        """Count those that the server has not closed."""
        return sum(map(_is_open, (*self._silent, *self._trickling)))

    def leave(self) -> None:
        self._over.set()
        for line in (*self._silent, *self._trickling):
            line.close()

    def _connect(self) -> socket.socket:
        line = socket.create_connection(self._address, timeout=10)
        line.settimeout(0)
        return line

    def _trickle(self) -> None:
        while not self._over.wait(1):
            for line in self._trickling:
                with suppress(OSError):
                    line.send(b"x")


def _is_open(line: socket.socket) -> bool:
    try:
        while line.recv(4096):
            pass
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def hold_connections(
    server: RunningServer, silent: int, trickling: int, *, wait: bool = True
) -> Outcome:
    """Open them all, send frames meanwhile, and look what becomes of them."""
    outcome, student, pid = Outcome(), Student(server), server.process.pid
    student.send(20, outcome)
    outcome.before = student.send(60, outcome)
    taken = [read_taken(pid)]
    crowd = Crowd(server, student)
    crowd.gather(silent, trickling)
    outcome.opened = silent + 3 * trickling + 5
    outcome.meanwhile = student.send(60, outcome)
    taken.append(read_taken(pid))
    spent = read_cpu_seconds(pid)
    time.sleep(3)
    outcome.idle_cpu_share = round((read_cpu_seconds(pid) - spent) / 3, 3)
    if wait:
        time.sleep(max(HEAD_SECONDS, BODY_SECONDS) + 5)
        outcome.still_open = crowd.count_open()
    crowd.leave()
    time.sleep(2)
    taken.append(read_taken(pid))
    outcome.memory_mb = tuple(round(one.memory_mb, 1) for one in taken)
    outcome.descriptors = tuple(one.descriptors for one in taken)
    outcome.faults = find_faults(outcome)
    return outcome


def find_faults(outcome: Outcome) -> list[str]:
    """Return what does not hold, in words."""
    faults = []
    if set(outcome.statuses) != {200}:
        faults.append("frames were not counted")
    if outcome.still_open:
        faults.append("connections that dawdle were left open")
    if outcome.descriptors[2] > outcome.descriptors[0] + 10:
        faults.append("descriptors were not given back")
    if outcome.memory_mb[2] - outcome.memory_mb[0] > MOST_GROWTH_MB:
        faults.append(f"memory grew by over {MOST_GROWTH_MB:g} MB")
    return faults


def raise_own_limit(wanted: int) -> int:
    """Let this process hold so many connections, or as many as it may; return how many."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--idle", type=int, default=10_000)
    parser.add_argument("--trickling", type=int, default=200, help="of each kind")
    given = parser.parse_args()
    raise_own_limit(given.idle + 3 * given.trickling + 200)
    with (
        tempfile.TemporaryDirectory() as folder,
        (Path(folder) / "log").open("w") as log,
        running_server(Path(folder) / "data", log=log, ROOMTONE_DASHBOARD="off") as server,
    ):
        outcome = hold_connections(server, given.idle, given.trickling)
    told = asdict(outcome)
    for name in ("before", "meanwhile"):
        times = sorted(told[name])
        told[name] = {
            "p50_ms": round(1e3 * times[len(times) // 2], 1),
            "p95_ms": round(1e3 * times[int(0.95 * len(times))], 1),
        }
    Console(highlight=False).print_json(data=told)
    leave(outcome.faults)


if __name__ == "__main__":
    main()
