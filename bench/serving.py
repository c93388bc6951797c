"""`roomtone serve` as a process to be measured: a folder, a database and a port of its own.

Nothing of the user's is touched: settings of the environment are left out, but for those that
choose the emotion network, threads, queue and dashboard; the process starts in its own folder, so
that no .env is read.
"""

import os
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import httpx

from bench.connection import Address
from bench.processes import processor_s, resident_mb
from server.running import PortTaken, bind_port

PASSED_ON: Final = {
    f"ROOMTONE_{name}" for name in ("NETWORK", "WORKERS", "READING", "QUEUE_LIMIT", "DASHBOARD")
}
READY_SECONDS, STOP_SECONDS = 60.0, 30.0
MOST_PER_SOURCE: Final = "1000"  # the pace of one source is not what is measured


class ServerNotStarted(Exception):
    """The server to be measured is not there; the message says what it said."""


class ServerProcess:
    """A server that answers. start_s: seconds from its start until it was ready."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, token: str) -> None:
        self.process, self.port, self.start_s = process, port, 0.0
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{port}",
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
            trust_env=False,
        )

    def start_session(self) -> dict[str, str]:
        """Start a session that asks for cameras, and return what the server tells of it."""
        answer = self.http.post("/api/v1/sessions", json={"title": "bench"})
        told: dict[str, str] = answer.raise_for_status().json()
        return told

    def join(self, session: dict[str, str]) -> Address:
        """Join a session as one more student."""
        answer = self.http.post("/api/v1/join", json={"join_code": session["join_code"]})
        token = answer.raise_for_status().json()["token"]
        path = f"/api/v1/sessions/{session['session_id']}/frames"
        return Address("127.0.0.1", self.port, path, token)

    def read_metrics(self) -> str:
        """Return /metrics as it is."""
        return self.http.get("/metrics").raise_for_status().text

    def memory_mb(self) -> float | None:
        """Return the resident memory, with that of the process that reads; see `resident_mb`."""
        return resident_mb(self.process.pid)

    def processor_s(self) -> float | None:
        """Return the processor seconds used so far, with those of the process that reads."""
        return processor_s(self.process.pid)


@contextmanager
def running_server(
    folder: Path, *, port: int | None = None, tick: Callable[[], None] = lambda: None
) -> Iterator[ServerProcess]:
    """Start a server with its data in a folder, and stop it whatever happens.

    Raises `PortTaken` and `ServerNotStarted`.
    """
    port, token = _choose_port(port), secrets.token_urlsafe(16)
    said = folder / "server.txt"
    with said.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "roomtone", "serve"],
            env=_environment(folder, port, token),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is ours to handle: it must be stopped in order
        )
    server = ServerProcess(process, port, token)
    try:
        begun = time.perf_counter()
        _wait_until_ready(server, said, tick)
        server.start_s = time.perf_counter() - begun
        yield server
    finally:
        server.http.close()
        stop(process)


def stop(process: "subprocess.Popen[bytes]") -> None:
    """Ask a process to stop, and kill it if it does not; a second Ctrl-C does not spare it."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except BaseException:
        process.kill()
        process.wait()
        raise


def count_in_database(folder: Path) -> int:
    """Return how many frames stand in the database of a server that has stopped."""
    with closing(sqlite3.connect(folder / "roomtone.db")) as db:
        tables = ("open_tally", "tally")
        return sum(_sum_frames(db, table) for table in tables)


def _sum_frames(db: sqlite3.Connection, table: str) -> int:
    found = db.execute(f"SELECT COALESCE(SUM(frames), 0) FROM {table}").fetchone()  # noqa: S608
    return int(found[0])


def check_port(port: int) -> None:
    """Refuse a port that can't be had, before anything slow. Raises `PortTaken`."""
    try:
        bind_port("127.0.0.1", port).close()
    except PortTaken:
        raise PortTaken(
            f"Port {port} can't be used: something listens on it, or it is not yours to take. "
            "Without --port a free one is chosen."
        ) from None


def _choose_port(port: int | None) -> int:
    if port is not None:
        check_port(port)
        return port
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _environment(folder: Path, port: int, token: str) -> dict[str, str]:
    ours = {name for name in os.environ if name.startswith("ROOMTONE_")} - PASSED_ON
    root = str(Path(__file__).parents[1])
    paths = os.environ.get("PYTHONPATH")
    return {
        **{name: value for name, value in os.environ.items() if name not in ours},
        "PYTHONPATH": os.pathsep.join([root, paths] if paths else [root]),
        "ROOMTONE_HOST": "127.0.0.1",
        "ROOMTONE_PORT": str(port),
        "ROOMTONE_DATA_DIR": str(folder),
        "ROOMTONE_DATABASE_URL": f"sqlite:///{(folder / 'roomtone.db').absolute()}",
        "ROOMTONE_TEACHER_TOKEN": token,
        "ROOMTONE_SOURCE_FRAMES_PER_SECOND": MOST_PER_SOURCE,
    }


def _wait_until_ready(server: ServerProcess, said: Path, tick: Callable[[], None]) -> None:
    until = time.perf_counter() + READY_SECONDS
    while time.perf_counter() < until:
        tick()
        if server.process.poll() is not None:
            break
        try:
            if server.http.get("/readyz").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    last = said.read_text("utf-8", "replace").strip().splitlines()[-1:]
    raise ServerNotStarted(
        f"The server to be measured did not start: {''.join(last) or 'it said nothing'}"
    )


def stop_on_sigterm() -> None:
    """Let SIGTERM and a closed terminal end this process as Ctrl-C does: in order."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), interrupt)
