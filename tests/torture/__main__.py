"""`python -m tests.torture`: everything that may go wrong, one after the other, with figures.

It needs about five minutes for each kind of database. docs/durability.md says what is promised.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from tests.servers import free_port
from tests.torture.full_disk import fill_disk
from tests.torture.kills import kill_in_mid_ingest, kill_while_folding
from tests.torture.outages import OF_DATABASE, WAYS, take_away
from tests.torture.replays import replay_all
from tests.torture.stores import open_store


def main() -> int:
    """Run what is asked for; return 1 where something was lost."""
    asked = _read_arguments()
    for name in asked.only or _scenarios_of(asked.database):
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="roomtone-torture-") as folder:
            store = open_store(asked.database, Path(folder))
            try:
                found = asyncio.run(SCENARIOS[name](store, Path(folder), asked))
            except BaseException:
                log = Path(folder) / "server.log"
                sys.stderr.write(log.read_text()[-4000:] if log.exists() else "")
                raise
            finally:
                store.close()
        told = {"torture": name, "database": asked.database, **asdict(found)}
        told["seconds"] = round(time.monotonic() - started)
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
    return 0


async def _kill(store, folder, asked):
    return await kill_in_mid_ingest(
        store, folder, asked.port, kills=asked.kills, sources=asked.sources, seed=asked.seed,
        longest=4,
    )  # fmt: skip


async def _fold(store, folder, asked):
    return await kill_while_folding(
        store, folder, asked.port, kills=asked.kills, sources=asked.sources, seed=asked.seed
    )


async def _fill_disk(_store, folder, asked):
    return await fill_disk(folder, asked.port, seconds=5, sources=asked.sources, seed=asked.seed)


async def _replay(store, folder, asked):
    return await replay_all(
        store, folder, asked.port, numbers=20, sources=asked.sources, seed=asked.seed
    )


def _take_away(how):
    async def run(store, folder, asked):
        return await take_away(
            store, folder, asked.port, how, seconds=10, sources=asked.sources, seed=asked.seed
        )

    return run


SCENARIOS = {
    "kills": _kill,
    "folding": _fold,
    "replays": _replay,
    "full": _fill_disk,
    **{way: _take_away(way) for way in WAYS},
}


def _scenarios_of(database: str) -> list[str]:
    of_one_alone = {*WAYS, "full"} - {*OF_DATABASE[database]}
    return [name for name in SCENARIOS if name not in of_one_alone]


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--sources", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=None)
    parser.add_argument("--only", action="append", choices=tuple(SCENARIOS))
    asked = parser.parse_args()
    asked.port = asked.port or free_port()
    return asked


if __name__ == "__main__":
    sys.exit(main())
