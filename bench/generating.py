"""`python -m bench.generating`: the load generator as a process of its own.

Reads one `Start` and then one `Order` a line from standard input, and writes a `Told` for each.
Tokens come this way because a command line is for everybody to read. Ends with its input.
"""

import asyncio
import contextlib
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import IO

from pydantic import BaseModel

from bench.connection import Address
from bench.figures import LoadStep
from bench.generator import Generator
from bench.plan import Order
from bench.sent import Record

TICK_SECONDS = 0.25


class GeneratorLost(Exception):
    """The load generator ended by itself; the message says what it said."""


class Start(BaseModel):
    """Where to send to, as whom, and files of frames that are sent in turn."""

    addresses: list[dict[str, str | int]]
    frames: list[str]


class Told(BaseModel):
    """What one order came to.

    trouble_s: the last moment planned of a refused or slow frame.
    drained_s: seconds from the planned end until the last answer was here.
    """

    step: LoadStep
    trouble_s: float
    drained_s: float


class GeneratorProcess:
    """The process, as whoever gives it orders sees it. Close it in any case."""

    def __init__(self, addresses: list[Address], frames: list[Path], folder: Path) -> None:
        self._said = folder / "generator.txt"
        with self._said.open("w") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bench.generating"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
                start_new_session=True,  # Ctrl-C is the parent's to handle
                cwd=Path(__file__).parents[1],
            )
        self._answers: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        start = Start(addresses=[asdict(a) for a in addresses], frames=[str(f) for f in frames])
        self._write(start)

    def run(self, order: Order, tick: Callable[[], None]) -> Told:
        """Carry one order out; `tick` is called several times a second. Raises `GeneratorLost`."""
        self._write(order)
        while True:
            tick()
            with contextlib.suppress(queue.Empty):
                line = self._answers.get(timeout=TICK_SECONDS)
                if not line:
                    raise GeneratorLost(self._explain())
                return Told.model_validate_json(line)

    def close(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait()

    def _write(self, what: BaseModel) -> None:
        assert self.process.stdin is not None  # noqa: S101 - it is a pipe
        try:
            self.process.stdin.write(what.model_dump_json() + "\n")
            self.process.stdin.flush()
        except OSError:
            raise GeneratorLost(self._explain()) from None

    def _listen(self) -> None:
        assert self.process.stdout is not None  # noqa: S101 - it is a pipe
        for line in self.process.stdout:
            self._answers.put(line)
        self._answers.put("")

    def _explain(self) -> str:
        last = self._said.read_text("utf-8", "replace").strip().splitlines()[-1:]
        return f"The load generator ended by itself: {''.join(last) or 'it said nothing'}."


def carry_out(given: IO[str], told: IO[str]) -> None:
    """Carry out all orders that come in, one after the other."""
    line = given.readline()
    if not line:
        return
    start = Start.model_validate_json(line)
    addresses = [Address(**a) for a in start.addresses]  # type: ignore[arg-type]  # as written
    frames = [Path(frame).read_bytes() for frame in start.frames]
    with asyncio.Runner(loop_factory=_fast_loop()) as runner:
        generator = Generator(addresses, frames)
        for line in given:
            order = Order.model_validate(json.loads(line))
            record: Record = runner.run(generator.run(order))
            answer = Told(
                step=record.sum_up(),
                trouble_s=record.last_trouble(),
                drained_s=record.drained_s(),
            )
            told.write(answer.model_dump_json() + "\n")
            told.flush()
        generator.close()


def _fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return uvloop's maker of loops where it is installed, as uvicorn[standard] does."""
    try:
        import uvloop  # noqa: PLC0415 - not on every system
    except ImportError:
        return None
    return uvloop.new_event_loop


if __name__ == "__main__":
    carry_out(sys.stdin, sys.stdout)
