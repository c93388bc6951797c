"""`roomtone serve` as a process that is killed and started again on the same data."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

from tests.servers import TOKEN
from tests.torture.wire import BrokenOff, Line

READY_SECONDS = 60.0


class ServerProcess:
    """One server and its successors, on one port, with one data folder and one log file."""

    def __init__(self, folder: Path, port: int, database_url: str, **settings: str) -> None:
        self.port, self.log = port, folder / "server.log"
        self._environment = {
            **os.environ,
            "ROOMTONE_PORT": str(port),
            "ROOMTONE_DATA_DIR": str(folder),
            "ROOMTONE_DATABASE_URL": database_url,
            "ROOMTONE_TEACHER_TOKEN": TOKEN,
            "ROOMTONE_SIGNING_KEY": "a-key-that-signs-the-tokens-of-a-torture",
            "ROOMTONE_SOURCE_FRAMES_PER_SECOND": "1000",
            "ROOMTONE_DASHBOARD": "off",
            **settings,
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.ready_seconds = 0.0

    async def __aenter__(self) -> Self:
        """Start it and wait until it is ready."""
        self.start()
        self.ready_seconds = await self.wait_until()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave no process behind, whatever happened."""
        if self.process is not None:
            await self.end()

    def start(self) -> None:
        """Start without waiting: the log goes on where the last one ended."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "roomtone", "serve"],
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    async def wait_until(self, path: str = "/readyz", status: int = 200) -> float:
        """Wait until a call is answered so; return after how many seconds. Raises if never."""
        started, line = time.monotonic(), Line(self.port)
        while time.monotonic() < started + READY_SECONDS:
            assert self.process is None or self.process.poll() is None, self.log.read_text()[-2000:]
            try:
                if (await line.ask("GET", path)).status == status:
                    line.close()
                    return time.monotonic() - started
            except BrokenOff:
                pass
            await asyncio.sleep(0.02)
        raise AssertionError(f"{path} was not {status} within {READY_SECONDS:g} s")

    async def end(self, how: int = signal.SIGKILL) -> None:
        """Send a signal and wait until the process is gone."""
        assert self.process is not None
        self.process.send_signal(how)
        await asyncio.to_thread(self.process.wait, 60)
        self.process = None
