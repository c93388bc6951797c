"""`make bench`: the long form with the real frames, and the other benches, as one JSON and page.

The other benches live beside the tests, whose fixtures they use; they run one after the other in
processes of their own, and their JSON goes into ours under `more`.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console

from bench.command import MISTAKES, choose_extent, print_run, write_files
from bench.extent import THOROUGH
from bench.frames import load_real
from bench.measurement import measure
from bench.serving import stop_on_sigterm

ROOT = Path(__file__).parents[1]
OTHERS: dict[str, list[str]] = {
    "report": [],
    "comparison": [],
    "recording": ["--minutes", "5"],
}
SHORT: dict[str, list[str]] = {"recording": ["--minutes", "0.2"], "comparison": ["4"]}


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--json", type=Path, default=Path("runs/bench.json"))
    parser.add_argument("--page", type=Path, default=Path("runs/bench.html"))
    parser.add_argument("--quick", action="store_true", help="a try: all figures are rough")
    parser.add_argument("--usual", action="store_true", help="as long as `roomtone bench`")
    parser.add_argument("--only-frames", action="store_true", help="leave the other benches out")
    given = parser.parse_args()
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    stop_on_sigterm()
    for path in (given.json, given.page):
        path.parent.mkdir(parents=True, exist_ok=True)
    extent = choose_extent(quick=given.quick, thorough=not (given.usual or given.quick))
    try:
        told = " ".join(f" --{name}" for name in ("quick", "usual") if getattr(given, name))
        command = "make bench" if extent is THOROUGH else f"python -m bench{told}"
        run = measure(load_real(), extent, console, command=command)
        write_files(run, console, json=given.json, page=given.page)
        print_run(run, Console(highlight=False))
        if not given.only_frames:
            more = {name: run_other(name, short=given.quick) for name in OTHERS}
            run = run.model_copy(update={"more": more})
            write_files(run, console, json=given.json, page=given.page)
    except (*MISTAKES, subprocess.CalledProcessError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


def run_other(name: str, *, short: bool) -> dict[str, Any]:
    """Run one of the benches beside the tests, which prints; return its figures.

    Raises `subprocess.CalledProcessError`.
    """
    options = SHORT.get(name, []) if short else OTHERS[name]
    with tempfile.TemporaryDirectory(prefix="roomtone-bench-") as folder:
        file = Path(folder) / "figures.json"
        command = [sys.executable, "-m", f"tests.bench.{name}", *options, "--json", str(file)]
        subprocess.run(command, check=True, cwd=ROOT)  # noqa: S603 - a module of ours
        told: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return told


if __name__ == "__main__":
    main()
