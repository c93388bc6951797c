"""What a frame costs the server that it refuses because it is too busy (429).

    python -m tests.bench.refusal_cost [--frames 6000] [--sources 24] [--without-turnstile]

A server process of its own that is always full, so that the processor time of its event loop's
thread is all for refusals. Told of twelve parts of the run, the least and the median.
"""

import argparse
import asyncio
import json
import statistics
import sys
from pathlib import Path

import httpx

from server.app import create_app
from server.logs import configure_logs
from server.running import run_app
from server.settings import read_settings
from server.store.database import migrate
from tests.bench.invented_server import TOKEN, InventingPipeline
from tests.bench.server_cost import Source, Tally, _wait, join, own_process, send_closed

SLICES = 12


def serve(port: int, *, turnstile: bool) -> None:
    """Refuse every frame until SIGTERM."""
    settings = read_settings(
        port=port, teacher_token=TOKEN, source_frames_per_second=1000, dashboard="off"
    )
    configure_logs(settings.log_format)
    migrate(settings.resolved_database_url)
    app = create_app(settings, pipeline=InventingPipeline(0))
    app.state.service.ingest.engine._limit = 0
    if not turnstile:
        app.state.turn_away = None
    run_app(app, settings.host, settings.port, announce=lambda: None)


def loop_seconds(pid: int) -> float:
    """Return how long the main thread of a process has run (Linux)."""
    return int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text().split()[0]) / 1e9


async def measure(sources: list[Source], frames: int, pid: int) -> dict[str, object]:
    """Send frames that are refused, each source one after the other."""
    await send_closed(sources, 1000, Tally())
    costs, tally, share = [], Tally(), frames // SLICES
    for _ in range(SLICES):
        began = loop_seconds(pid)
        await send_closed(sources, share, tally)
        costs.append(1e3 * (loop_seconds(pid) - began) / share)
    return {
        "loop_cpu_ms_per_refusal_least_median": [min(costs), statistics.median(costs)],
        "answers": {status: len(times) for status, times in tally.seconds.items()},
    }


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--frames", type=int, default=6000)
    asked.add_argument("--sources", type=int, default=24, help="with one frame under way each")
    asked.add_argument("--without-turnstile", action="store_true", help="the layers refuse")
    asked.add_argument("--serve", type=int, default=0, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.serve:
        serve(given.serve, turnstile=not given.without_turnstile)
        return
    with own_process("refusal_cost") as (port, pid):
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30
        ) as teacher:
            _wait(teacher)
            sources = join(teacher, port, given.sources)
        told = asyncio.run(measure(sources, given.frames, pid))
    sys.stdout.write(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
