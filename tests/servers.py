"""Real server processes for tests: `roomtone serve` on a free port."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx

TOKEN = "the-teachers-token"


@dataclass
class RunningServer:
    """A process and its address."""

    url: str
    process: "subprocess.Popen[str]"
    ready_seconds: float = 0.0

    @property
    def teacher(self) -> httpx.Client:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30, trust_env=False)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def running_server(
    data_dir: Path,
    *,
    port: int | None = None,
    command: str = "serve",
    log: IO[str] | None = None,
    **settings: str,
) -> Iterator[RunningServer]:
    """Start a server and wait until it is ready; end it by SIGTERM if it still runs.

    A test that is not about reading asks for `ROOMTONE_READING="threads"`: a process less to start,
    which takes one and a half to two seconds of a core.

    log: where it writes what it says, else a pipe, which holds 64 kB and then stops the server.
    """
    port = port or free_port()
    environment = {
        **os.environ,
        "ROOMTONE_PORT": str(port),
        "ROOMTONE_DATA_DIR": str(data_dir),
        "ROOMTONE_TEACHER_TOKEN": TOKEN,
        "ROOMTONE_SOURCE_FRAMES_PER_SECOND": "1000",  # no test should wait; those of the pace do
        **settings,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "roomtone", command],
        env=environment,
        stdout=subprocess.PIPE if log is None else log,
        stderr=subprocess.STDOUT,
        text=True,
    )
    host = "[::1]" if settings.get("ROOMTONE_HOST") == "::1" else "127.0.0.1"
    server = RunningServer(f"http://{host}:{port}", process)
    try:
        started = time.perf_counter()
        _wait_until_ready(server)
        server.ready_seconds = time.perf_counter() - started
        yield server
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(30)


def _wait_until_ready(server: RunningServer) -> None:
    for _ in range(600):
        if server.process.poll() is not None:
            raise AssertionError(f"The server ended: {server.process.communicate()[0]}")
        try:
            if httpx.get(f"{server.url}/readyz").status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise AssertionError("The server was not ready within 30 s.")
