"""Measure peers and Roomtone in turns on the same frames, on one core.

Installs each peer under `runs/peers` at the first run (network and disk are needed), then tells
what a frame takes, the faces found, and how many times as long as Roomtone each takes.
"""

import argparse
import os
import shlex
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.status import Status
from rich.table import Table

from bench.frames import NoFrames, load_own, load_real
from bench.peers.catalogue import PEERS, Peer
from bench.peers.environments import PeerUnavailable, Tell
from bench.peers.figures import Comparison, LeftOut, Row
from bench.peers.measuring import Exhibit, Gathering, Roomtone, lay_out

CACHE = Path("runs") / "peers"
ROUNDS = 9


def main() -> None:
    """Run the command."""
    given = _read_arguments()
    console = Console(width=120)
    try:
        shown = load_own(given.frames) if given.frames else load_real()
    except NoFrames as error:
        raise SystemExit(str(error)) from None
    gathering = Gathering.begin()
    wanted = [PEERS[name] for name in given.peer or PEERS]
    cache = given.cache.absolute()
    ready = prepare(wanted, cache, gathering, console)
    core = pin_to_one_core()
    with tempfile.TemporaryDirectory(prefix="roomtone-peers-") as folder:
        exhibits = lay_out(shown.frames, Path(folder))
        try:
            roomtone = Roomtone(cache / "roomtone.log")
        except PeerUnavailable as error:
            raise SystemExit(f"Roomtone itself could not be measured. {error}") from None
        try:
            for peer in ready:
                console.print(f"{peer.title}: {given.rounds} rounds a frame, in turns with us")
                gathering.measure(peer, exhibits, roomtone, cache, given.rounds)
        finally:
            roomtone.close()
    told = Comparison(
        command=shlex.join(["python", "-m", "bench.peers", *sys.argv[1:]]),
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        frames=shown.what,
        core=core,
        roomtone=gathering.roomtone_rows(exhibits, roomtone.version),
        peers=gathering.peers,
        left_out=gathering.left_out,
    )
    print_comparison(told, exhibits, console)
    if given.json:
        given.json.write_text(told.model_dump_json(indent=2) + "\n", "utf-8")
    sys.exit(0 if told.peers else 1)


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__)
    add = parser.add_argument
    add("--peer", action="append", choices=PEERS, help="only this one; may be given again")
    add("--json", type=Path, help="write the figures to this file as well")
    add("--frames", type=Path, help="a folder of pictures of your own, instead of the galleries")
    add("--rounds", type=_count, default=ROUNDS, help="measurements of each frame")
    add("--cache", type=Path, default=CACHE, help="where peers are installed and kept")
    return parser.parse_args()


def _count(told: str) -> int:
    number = int(told)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def prepare(
    wanted: Sequence[Peer], cache: Path, gathering: Gathering, console: Console
) -> list[Peer]:
    """Install what is not there yet; return the peers that can be measured."""
    failed: dict[str, str] = {}
    for peer in wanted:
        environment, folder = peer.environment, cache / peer.environment.name
        if environment.name in failed or environment.is_ready(folder):
            continue
        console.print(f"{peer.title}: installing into {folder}, {environment.size}; some minutes")
        with console.status("…") as status:
            try:
                environment.prepare(folder, _tell_on(status))
            except PeerUnavailable as error:
                failed[environment.name] = str(error)
    gathering.left_out += [
        LeftOut(name=peer.title, why=failed[peer.environment.name])
        for peer in wanted
        if peer.environment.name in failed
    ]
    return [peer for peer in wanted if peer.environment.name not in failed]


def _tell_on(status: Status) -> Tell:
    return lambda line: status.update(escape(line[:100]))


def pin_to_one_core() -> int | None:
    """Keep this process and all it starts on one core; None where the system can't."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return core


def print_comparison(told: Comparison, exhibits: Sequence[Exhibit], console: Console) -> None:
    """Print a table for each frame, and who is not in it."""
    for exhibit in exhibits:
        subject = exhibit.subject
        there = "" if subject.truth is None else f", faces there: {len(subject.truth)}"
        table = Table(
            *("program", "ms", "processor ms", "faces found", "of those there"),
            *("times Roomtone", "processor", "times steady"),
            title=f"{subject.frame}: {subject.width}x{subject.height}{there}, one core",
        )
        for row in (*told.roomtone, *told.peers):
            if row.frame == subject.frame:
                table.add_row(*_cells(row))
        if table.rows:
            console.print(table)
    for one in told.left_out:
        console.print(f"{one.name} is left out. {one.why}", markup=False)


def _cells(row: Row) -> list[str]:
    there = "" if row.faces_matched is None else f"{row.faces_matched} of {row.faces_there}"
    figures = [f"{row.ms:.1f}", f"{row.cpu_ms:.1f}", str(row.faces_found), there]
    spread = f"{row.ratio:.1f} ({row.ratio_low:.1f}–{row.ratio_high:.1f})" if row.ratio else ""
    ratios = [f"{one:.1f}" if one else "" for one in (row.cpu_ratio, row.steady_ratio)]
    return [f"{row.name} {row.version}", *figures, spread, *ratios]


if __name__ == "__main__":
    main()
