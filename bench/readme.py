"""`python -m bench.readme runs/bench.json`: the documents' tables, written from a run.

Writes the README's table and that of docs/figures.md between their markers, and keeps the run as
docs/bench.json. With `--peers FILE` a table of other programs is part of it. `--check` writes
nothing and says whether documents and run agree.
"""

import argparse
import sys
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from bench.figures import Run
from bench.others import group_others, write_peers
from bench.peers.figures import Comparison
from bench.summary import Group, mark, summarize
from bench.wording import headline
from model.evaluation.files import CannotWrite, write_whole

ROOT: Final = Path(__file__).parents[1]
KEPT: Final = ROOT / "docs" / "bench.json"
BEGIN: Final = "<!-- bench:begin; written by `python -m bench.readme`; don't edit by hand -->"
END: Final = "<!-- bench:end -->"


class UnusableRun(Exception):
    """A file that is no run, or a page without the markers; the message says which."""


def main() -> None:
    """Write the tables, or check them."""
    parser = argparse.ArgumentParser(prog="python -m bench.readme", description=__doc__)
    parser.add_argument("run", type=Path, nargs="?", default=KEPT)
    parser.add_argument("--peers", type=Path, help="what `python -m bench.peers --json` wrote")
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    try:
        run = read_run(given.run)
        if given.peers:
            run = run.model_copy(update={"more": {**run.more, "peers": read_peers(given.peers)}})
        pages = {path: fill(path, text) for path, text in write_tables(run).items()}
        if given.check:
            check(pages)
            return
        for path, text in pages.items():
            write_whole(path, text)
        write_whole(KEPT, run.model_dump_json(indent=1) + "\n")
    except (CannotWrite, UnusableRun) as error:
        sys.exit(str(error))


def read_run(path: Path) -> Run:
    """Read a run's JSON. Raises `UnusableRun`."""
    try:
        return Run.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UnusableRun(f"{path} can't be read: {error.strerror}.") from None
    except ValidationError as error:
        fault = error.errors()[0]
        raise UnusableRun(
            f"{path} is no run of this bench ({'.'.join(map(str, fault['loc']))}: {fault['msg']}). "
            "Make one with `make bench`."
        ) from None


def read_peers(path: Path) -> dict[str, Any]:
    """Read a comparison with peers. Raises `UnusableRun`."""
    try:
        return Comparison.model_validate_json(path.read_bytes()).model_dump()
    except (OSError, ValidationError) as error:
        raise UnusableRun(f"{path} is no comparison with peers: {error}") from None


def write_tables(run: Run) -> dict[Path, str]:
    """Return the text between the markers of each page."""
    groups = [*summarize(run), *group_others(run.more)]
    short = [_shorten(group) for group in groups]
    peers = run.more.get("peers")
    beside = ["", *write_peers(Comparison.model_validate(peers))] if peers else []
    return {
        ROOT / "README.md": "\n".join([_table(short, run), *beside]),
        ROOT / "docs" / "figures.md": _table(groups, run),
    }


def _shorten(group: Group) -> Group:
    """Return the figures of a group that belong into the README."""
    return Group(group.title, [line for line in group.lines if line.is_headline])


def _table(groups: list[Group], run: Run) -> str:
    rows = ["| what | measured | target |", "|---|---|---|"]
    for group in (one for one in groups if one.lines):
        rows.append(f"| **{group.title}** | | |")
        for line in group.lines:
            missed = mark(line) == "missed"
            measured = f"**{line.measured}**" if missed else line.measured
            rows.append(f"| {line.what} | {measured} | {line.target} |")
    return "\n".join([*rows, "", f"Misses are **bold**. {headline(run)}"])


def fill(path: Path, text: str) -> str:
    """Return a page with the text between its markers. Raises `UnusableRun`."""
    page = path.read_text("utf-8")
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        raise UnusableRun(
            f"{path} needs the lines “{BEGIN}” and “{END}”, once each, in this order."
        )
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}"


def check(pages: dict[Path, str]) -> None:
    """Raise `UnusableRun` where a page says something else than the run."""
    for path, text in pages.items():
        if path.read_text("utf-8") != text:
            raise UnusableRun(
                f"{path.name} disagrees with {KEPT.name}. Write it anew: `python -m bench.readme`."
            )


if __name__ == "__main__":
    main()
