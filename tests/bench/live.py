"""What 200 open dashboards cost one server process, and how soon a commit is on a screen.

    python -m tests.bench.live [--seconds 60] [--dashboards 200] [--json FILE]

A bucket is 2 s long, so that within two minutes the chart of five has as many as it ever has. Each
class sends invented readings, every student one in 2 s. The server's time on a core is read
from /proc before and after, without dashboards and with them: the difference is what they cost.
The dashboards are open event streams; one more is headless Chromium, in which it is measured when
the page's own number of frames, and its chart, follow the answer to a reading.
"""

import argparse
import asyncio
import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.live_class import LiveClass
from tests.bench.live_screen import Screen, ScreenFigures, find_latencies
from tests.bench.live_viewers import Viewers
from tests.servers import RunningServer, running_server

TARGET_SHARE, TARGET_MS = 0.25, 1000
WARM_UP_S = 8.0


@dataclass(frozen=True)
class LiveFigures:
    """One run. Shares are of one core; latencies from a reading's answer, milliseconds."""

    what: str
    readings_per_second: float
    alone_share: float
    with_dashboards_share: float
    dashboards_share: float
    events_per_second: float
    kb_per_event: float
    screen: ScreenFigures


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.live", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--dashboards", type=int, default=200)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    runs = [
        asyncio.run(_measure(sessions, students, given.dashboards, given.seconds))
        for sessions, students in ((1, 30), (20, 6))
    ]
    _print(Console(width=120), runs)
    if given.json:
        given.json.write_text(json.dumps([asdict(run) for run in runs], indent=2))


async def _measure(sessions: int, students: int, dashboards: int, seconds: float) -> LiveFigures:
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder) / "data", ROOMTONE_SOURCE_FRAMES_PER_SECOND="20") as server,
    ):
        classes = [await LiveClass.open(server.url, students) for _ in range(sessions)]
        sending = [asyncio.create_task(each.send()) for each in classes]
        await asyncio.sleep(WARM_UP_S)
        alone, rate = await _watch(server, classes, seconds)
        ids = [each.session_id for each in classes]
        with Viewers(server.url, ids, dashboards) as viewers:
            await asyncio.sleep(WARM_UP_S)
            events, size = viewers.count()
            crowded, _ = await _watch(server, classes, seconds)
            later, grown = viewers.count()
            async with Screen(server.url, ids[0]) as screen:
                await asyncio.sleep(WARM_UP_S)
                classes[0].answered.clear()
                await asyncio.sleep(seconds)
                shown = await screen.read()
        figures = find_latencies(classes[0].answered, shown)
        for task in sending:
            task.cancel()
        await asyncio.gather(*sending, return_exceptions=True)
        told = max(later - events, 1)
        return LiveFigures(
            f"{sessions} x {students} students, {dashboards} dashboards",
            rate, alone, crowded, crowded - alone, told / seconds, (grown - size) / told / 1000,
            figures,
        )  # fmt: skip


async def _watch(
    server: RunningServer, classes: list[LiveClass], seconds: float
) -> tuple[float, float]:
    """Return the server's share of a core and the readings a second over some seconds."""
    loop = asyncio.get_running_loop()
    began, used = loop.time(), cpu_seconds(server.process.pid)
    before = sum(each.frames for each in classes)
    await asyncio.sleep(seconds)
    took = loop.time() - began
    sent = sum(each.frames for each in classes) - before
    return (cpu_seconds(server.process.pid) - used) / took, sent / took


def cpu_seconds(pid: int) -> float:
    """Return the time that a process with all its threads has had on cores (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def _print(console: Console, runs: list[LiveFigures]) -> None:
    table = Table("", *(run.what for run in runs))
    rows = {
        "readings a second": [f"{run.readings_per_second:.1f}" for run in runs],
        "core without dashboards": [f"{run.alone_share:.1%}" for run in runs],
        "core with dashboards": [f"{run.with_dashboards_share:.1%}" for run in runs],
        f"dashboards (target {TARGET_SHARE:.0%})": [f"{run.dashboards_share:.1%}" for run in runs],
        "events a second": [f"{run.events_per_second:.0f}" for run in runs],
        "kB an event": [f"{run.kb_per_event:.1f}" for run in runs],
        "commits measured": [str(run.screen.samples) for run in runs],
        "commit to number, p50 / p95 ms": [
            f"{run.screen.text_p50_ms:.0f} / {run.screen.text_p95_ms:.0f}" for run in runs
        ],
        f"commit to chart, p50 / p95 ms (target {TARGET_MS})": [
            f"{run.screen.chart_p50_ms:.0f} / {run.screen.chart_p95_ms:.0f}" for run in runs
        ],
    }
    for name, values in rows.items():
        table.add_row(name, *values)
    console.print(table)


if __name__ == "__main__":
    main()
