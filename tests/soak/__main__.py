"""`python -m tests.soak --minutes 30`: a school day at 80 % of what the server can do."""

import argparse
import json
import tempfile
from pathlib import Path

from rich.console import Console

from tests.fuzzing.verdict import leave
from tests.servers import running_server
from tests.soak.run import soak
from tests.soak.verdict import Limits, Row

_COLUMNS = ("s", "MB", "descriptors", "threads", "counted", "refused", "failed", "p50", "p95 ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--share", type=float, default=0.8, help="of the capacity that is found")
    parser.add_argument("--rate", type=float, help="students' frames a second, instead")
    parser.add_argument("--memory", type=float, default=20, help="MB that it may grow by")
    parser.add_argument("--keep", type=Path, default=Path("runs/soak.json"))
    given = parser.parse_args()
    seconds = 60 * given.minutes
    console = Console(highlight=False, width=140)

    def tell(row: Row) -> None:
        told = (row.at_s, row.memory_mb, row.descriptors, row.threads, row.answered, row.refused)
        told = (*told, row.failed, row.p50_ms, row.p95_ms, row.cores)
        console.print(" ".join(f"{one:>11}" for one in told))

    console.print(" ".join(f"{one:>11}" for one in (*_COLUMNS, "cores")))
    given.keep.parent.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        given.keep.with_suffix(".log").open("w") as log,
        running_server(Path(folder) / "data", log=log, ROOMTONE_DASHBOARD="off") as server,
    ):
        result = soak(
            server,
            seconds=seconds,
            row_seconds=min(max(seconds / 30, 5), 60),
            lesson_seconds=max(seconds / 10, 30),
            share=given.share,
            rate=given.rate,
            limits=Limits(memory_mb=given.memory),
            tell=tell,
        )
    told = result.as_json()
    given.keep.write_text(json.dumps(told, indent=1))
    console.print_json(data={name: part for name, part in told.items() if name != "rows"})
    leave(result.faults)


if __name__ == "__main__":
    main()
