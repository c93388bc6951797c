"""The `roomtone` command itself: its list, what each command says, and how soon one begins."""

import json
import subprocess
import sys

import pytest
from typer.main import get_command
from typer.testing import CliRunner

import roomtone

NAMES = list(get_command(roomtone.app).commands)

HEAVY = {
    "bench", "client", "cv2", "dash", "fastapi", "matplotlib", "numpy", "onnxruntime", "plotly",
    "pydantic", "reportlab", "scipy", "sqlalchemy", "torch",
}  # fmt: skip
"""What no list of commands waits for."""


def shown(*arguments):
    done = CliRunner().invoke(roomtone.app, list(arguments), env={"COLUMNS": "400"})
    assert done.exit_code == 0, done.output
    return done.output


def imported_by(*arguments):
    """Run the command in a process of its own; return the packages that it imported."""
    code = (
        "import atexit, json, sys\n"
        "atexit.register(lambda: print(json.dumps([*sys.modules]), file=sys.stderr))\n"
        f"sys.argv[1:] = {list(arguments)!r}\n"
        "import roomtone; roomtone.main()"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in json.loads(ended.stderr.splitlines()[-1])}


def test_the_list_of_commands_imports_none_of_them():
    assert not imported_by("--help") & HEAVY


def test_a_command_imports_no_other():
    assert not imported_by("settings", "--json") & {"bench", "client", "dash", "dashboard", "torch"}


@pytest.mark.parametrize("name", NAMES)
def test_every_command_explains_itself(name):
    assert len(shown(name, "--help")) > 300


@pytest.mark.parametrize("name", roomtone.COMMANDS)
def test_the_list_says_of_a_command_what_it_says_of_itself(name):
    first, *_ = roomtone.load_command(name).help.split("\n\n")
    listed = roomtone.COMMANDS[name][1]
    assert listed == " ".join(first.split())
    assert listed.replace("`", "") in " ".join(shown("--help").replace("│", " ").split())


def test_a_typo_is_answered_with_what_was_meant():
    done = CliRunner().invoke(roomtone.app, ["evalute"])
    assert done.exit_code == 2
    assert "Did you mean 'evaluate'?" in done.output


def test_what_reads_frames_starts_without_what_only_the_server_needs():
    code = "import json, sys, model.reading_child; print(json.dumps([*sys.modules]))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported = {name.split(".")[0] for name in json.loads(ended.stdout)}
    assert not imported & {"fastapi", "dash", "scipy", "sqlalchemy", "av", "torch"}
