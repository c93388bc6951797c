"""One server process under load from this one: frames a second, memory, growth."""

import re
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.servers import running_server


@dataclass(frozen=True)
class ServiceFigures:
    """Accepted frames a second, resident memory in MB after 1,000 frames and its growth."""

    start_seconds: float
    frames_per_second: float
    busy_share: float
    p50_ms: float
    p95_ms: float
    memory_mb: float
    growth_mb: float
    growth_frames: int


class Load:
    """Sources that each keep one frame in flight and count what comes back."""

    def __init__(self, teacher: httpx.Client, *, sources: int, frame: bytes) -> None:
        self._frame, self._clients = frame, []
        session = teacher.post("/api/v1/sessions", json={"title": "bench"}).json()
        self.path = f"/api/v1/sessions/{session['session_id']}/frames"
        for _ in range(sources):
            joined = teacher.post("/api/v1/join", json={"join_code": session["join_code"]}).json()
            headers = {"Authorization": f"Bearer {joined['token']}", "Content-Type": "image/jpeg"}
            self._clients.append(
                httpx.Client(base_url=teacher.base_url, headers=headers, timeout=30)
            )
        self._seq, self._lock = 0, threading.Lock()

    def send(self, frames: int) -> tuple[float, int, list[float]]:
        """Send until `frames` are accepted; return seconds, refusals and each answer's seconds."""
        target, busy = self._seq + frames, 0
        times: list[float] = []
        started = time.perf_counter()

        def work(client: httpx.Client) -> None:
            nonlocal busy
            while (seq := self._next(target)) is not None:
                while True:
                    sent = time.perf_counter()
                    answer = client.post(
                        self.path, content=self._frame, headers={"Frame-Seq": str(seq)}
                    )
                    if answer.status_code == 429:
                        busy += 1
                        time.sleep(0.02)
                        continue
                    answer.raise_for_status()
                    times.append(time.perf_counter() - sent)
                    break

        threads = [threading.Thread(target=work, args=(client,)) for client in self._clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.perf_counter() - started, busy, times

    def _next(self, target: int) -> int | None:
        with self._lock:
            if self._seq >= target:
                return None
            self._seq += 1
            return self._seq


def measure_service(folder: Path, frame: bytes, *, grow_frames: int) -> ServiceFigures:
    """Start a server, load it, and watch its memory."""
    unpaced = {"ROOMTONE_SOURCE_FRAMES_PER_SECOND": "1000"}  # eight sources stand for a school
    with running_server(folder / "data", **unpaced) as server:
        process = server.process
        load = Load(server.teacher, sources=8, frame=frame)
        seconds, busy, times = load.send(1000)
        memory = resident_mb(process.pid)
        load.send(grow_frames)
        times.sort()
        return ServiceFigures(
            server.ready_seconds,
            1000 / seconds,
            busy / (busy + 1000),
            1e3 * times[len(times) // 2],
            1e3 * times[int(len(times) * 0.95)],
            memory,
            resident_mb(process.pid) - memory,
            grow_frames,
        )


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) / 1024  # type: ignore[index]
