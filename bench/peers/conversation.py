"""A driver as a process: one frame asked, one answer read, with a limit of time for each."""

import contextlib
import json
import os
import queue
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from bench.peers.environments import PeerUnavailable, clean_environment

START_SECONDS: Final = 300.0
FRAME_SECONDS: Final = 120.0
ONE_THREAD: Final = {
    **dict.fromkeys(
        (
            *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"),
            *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "VECLIB_MAXIMUM_THREADS"),
        ),
        "1",
    ),
    "CUDA_VISIBLE_DEVICES": "",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
"""Everybody on one thread of the processor, and nobody on a graphics card."""


@dataclass(frozen=True)
class Answer:
    """What one frame took, and the faces whose expression was read: x, y, width, height."""

    seconds: float
    cpu_seconds: float
    boxes: list[list[float]]


class Conversation:
    """A driver that runs. Close it in any case: it is a context manager.

    `version` is what the driver says of its peer. Raises `PeerUnavailable` where the driver can't
    be started, ends, says nothing in time or something that is no answer.
    """

    def __init__(
        self,
        command: list[str],
        log: Path,
        variables: dict[str, str],
        *,
        start_seconds: float = START_SECONDS,
        frame_seconds: float = FRAME_SECONDS,
    ) -> None:
        self._frame_seconds, self._log = frame_seconds, log
        self._lines: queue.Queue[str | None] = queue.Queue()
        log.parent.mkdir(parents=True, exist_ok=True)
        try:
            with log.open("wb") as errors:
                self._process = subprocess.Popen(  # noqa: S603 - a list of our own, no shell
                    command,
                    env={**clean_environment(os.environ), **ONE_THREAD, **variables},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                )
        except OSError as error:
            raise PeerUnavailable(f"{command[0]} can't be started: {error.strerror}.") from error
        assert self._process.stdin is not None  # noqa: S101 - it was asked for
        assert self._process.stdout is not None  # noqa: S101
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        threading.Thread(target=self._listen, daemon=True).start()
        try:
            self.version = str(self._read(start_seconds)["version"])
        except KeyError:
            self.close()
            raise PeerUnavailable("Its driver did not say its version.") from None
        except PeerUnavailable:
            self.close()
            raise

    def ask(self, frame: Path, stream: str) -> Answer:
        """Have one frame read. `stream` names the frames that follow one another."""
        line = json.dumps({"frame": str(frame), "stream": stream}) + "\n"
        with contextlib.suppress(OSError):  # where the driver is gone, reading says so
            self._stdin.write(line.encode())
            self._stdin.flush()
        told = self._read(self._frame_seconds)
        try:
            boxes = [[float(side) for side in box] for box in told["boxes"]]
            answer = Answer(float(told["seconds"]), float(told["cpu_seconds"]), boxes)
        except (KeyError, TypeError, ValueError):
            raise PeerUnavailable("Its driver's answer lacks time or boxes.") from None
        if answer.seconds <= 0 or any(len(box) != 4 for box in boxes):
            raise PeerUnavailable("Its driver's answer is no time or no boxes.")
        return answer

    def close(self) -> None:
        """End the driver."""
        with contextlib.suppress(OSError):
            self._stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        """Return the conversation, to be closed at the end."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the driver."""
        self.close()

    def _listen(self) -> None:
        for line in self._stdout:
            self._lines.put(line.decode("utf-8", "replace"))
        self._lines.put(None)

    def _read(self, seconds: float) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            self._process.kill()
            raise PeerUnavailable(f"It said nothing for {seconds:.0f} s.") from None
        if line is None:
            raise PeerUnavailable(f"Its driver ended: {self._last_words()}")
        try:
            told = json.loads(line)
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise PeerUnavailable(f"Its driver said what is no answer: {line.strip()[:80]}")
        return told

    def _last_words(self) -> str:
        lines = self._log.read_text("utf-8", "replace").split("\n")
        said = next((line.strip() for line in reversed(lines) if line.strip()), "nothing")
        return f"{said[:300]} (all of it: {self._log})"
