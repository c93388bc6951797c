"""`roomtone bench` on the command line: what it measures, refuses and leaves behind."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

import roomtone
from bench.figures import Run
from bench.page import write_page
from bench.progress import Course


def bench(*options: object) -> tuple[int, str]:
    told = CliRunner().invoke(roomtone.app, ["bench", *map(str, options)])
    return told.exit_code, " ".join(told.output.split())


def test_mistakes_end_in_one_sentence(tmp_path):
    assert bench("--frames", tmp_path / "none") == (
        1,
        f"There is no folder “{tmp_path / 'none'}”.",
    )
    code, told = bench("--frames", tmp_path)
    assert (code, "no JPEG, PNG or WebP" in told) == (1, True)
    code, told = bench("--json", tmp_path / "none" / "x.json")
    assert (code, "There is no folder" in told) == (1, True)
    code, told = bench("--quick", "--thorough")
    assert (code, "exclude each other" in told) == (2, True)
    assert bench("--port", 70_000)[0] == 2


def test_a_run_that_is_no_terminal_has_a_line_for_each_part(capsys):
    with Course(Console(), {"first": 3, "second": 4}) as course:
        for name in ("first", "second"):
            with course.part(name) as tick:
                tick()
    assert capsys.readouterr().out == "first (about 3 s)\nsecond (about 4 s)\n"


def test_on_a_terminal_the_time_left_is_that_of_the_parts_to_come():
    console = Console(force_terminal=True, width=80, record=True, file=io.StringIO())
    with Course(console, {"first": 60, "second": 30}) as course, course.part("first") as tick:
        tick()
        shown = console.export_text()
    assert "first" in shown
    assert "1:30 left" in shown


# A background job of a shell has Ctrl-C switched off, and so have the tests that it runs.
LISTENING = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "import roomtone; roomtone.main()"
)


def start(tmp_path: Path, *options: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", LISTENING, "bench", "--quick", *options],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def processes_in(folder: Path) -> list[str]:
    """Return the command lines of processes that work in a folder, or were told of it."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            environment = (entry / "environ").read_bytes()
            if str(folder).encode() in environment:
                found.append((entry / "cmdline").read_bytes().decode())
    return found


@pytest.mark.slow
def test_a_quick_run_measures_everything_and_leaves_nothing(tmp_path):
    temp = tmp_path / "temp"
    temp.mkdir()
    files = tmp_path / "run.json", tmp_path / "run.html"
    process = start(temp, "--json", str(files[0]), "--page", str(files[1]))
    printed, progress = process.communicate(timeout=240)
    assert process.returncode == 0, progress
    run = Run.model_validate_json(files[0].read_text("utf-8"))
    assert files[1].read_text("utf-8") == write_page(run)
    assert [cost.faces for cost in run.stages] == [1, 30, 60]
    assert run.service.books.agree
    assert run.service.books.answered == run.service.books.database > 0
    assert run.service.overload.step.busy > 0
    assert run.service.overload.step.busy_without_retry_after == 0
    assert run.limit.frames_per_second > 0
    assert "made frames" in printed
    assert "capacity" in printed
    assert json.loads(files[0].read_text("utf-8"))["command"] == "roomtone bench --quick"
    assert list(temp.iterdir()) == []
    assert processes_in(temp) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "end"), [("made 1280x720", signal.SIGTERM), ("students join", signal.SIGINT)]
)
def test_stopped_at_any_moment_it_leaves_nothing(tmp_path, name, end):
    process = start(tmp_path)
    for line in process.stderr:
        if line.startswith(name):
            break
    os.killpg(process.pid, end)
    told = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert told.endswith("Stopped; nothing is left running.\n")
    assert "Traceback" not in told
    assert list(tmp_path.iterdir()) == []
    assert processes_in(tmp_path) == []
