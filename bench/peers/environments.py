"""A peer's environment: a folder of its own with the pinned packages of a registry in it.

Made once and used again while what is asked for stays the same.
"""

import json
import os
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

Tell = Callable[[str], None]
"""Is told each line of an installation."""

DONE: Final = "installed.json"
_LINES_KEPT: Final = 40
_OURS: Final = ("ROOMTONE_", "PYTHON", "NODE_PATH", "NODE_OPTIONS", "VIRTUAL_ENV")
"""What would let Roomtone's packages or secrets into a peer's environment begins so."""


class PeerUnavailable(Exception):
    """A peer that can't be measured here; the message says why."""


@dataclass(frozen=True)
class Environment(ABC):
    """What is to be installed. size: what it takes on the disk, in words."""

    name: str
    size: str
    requirements: tuple[str, ...]
    alone: tuple[str, ...] = field(default=())

    @abstractmethod
    def runtime(self, folder: Path) -> Path:
        """Return the program that runs the drivers."""

    @abstractmethod
    def commands(self, folder: Path) -> list[list[str]]:
        """Return what installs everything, in order."""

    def variables(self, folder: Path) -> dict[str, str]:  # noqa: ARG002 - Node's are in its folder
        """Return what a driver needs in its environment, beside one thread for everything."""
        return {}

    def is_ready(self, folder: Path) -> bool:
        """Whether just this is installed in `folder` already."""
        try:
            told = json.loads((folder / DONE).read_text("utf-8"))
        except (OSError, ValueError):
            return False
        return bool(told == self._pins()) and self.runtime(folder).exists()

    def prepare(self, folder: Path, tell: Tell) -> None:
        """Install into `folder`, anew where something else is there. Raises `PeerUnavailable`."""
        if self.is_ready(folder):
            return
        shutil.rmtree(folder, ignore_errors=True)
        try:
            folder.mkdir(parents=True)
            for command in self.commands(folder):
                _run(command, folder, tell)
            (folder / DONE).write_text(json.dumps(self._pins()), "utf-8")
        except OSError as error:
            raise PeerUnavailable(f"{error.filename or folder}: {error.strerror}.") from error

    def _pins(self) -> list[str]:
        return [*self.requirements, *self.alone]


class PythonEnvironment(Environment):
    """A virtual environment; `alone` is installed without what it asks for."""

    def runtime(self, folder: Path) -> Path:
        """Return its Python."""
        return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def commands(self, folder: Path) -> list[list[str]]:
        """Make the environment, install the pinned packages."""
        pip = [str(self.runtime(folder)), "-m", "pip", "install", "--disable-pip-version-check"]
        made = [[sys.executable, "-m", "venv", str(folder)], [*pip, *self.requirements]]
        return [*made, [*pip, "--no-deps", *self.alone]] if self.alone else made


class NodeEnvironment(Environment):
    """A folder of Node packages. Nothing of theirs runs while they are installed."""

    def runtime(self, folder: Path) -> Path:  # noqa: ARG002 - Node is the machine's
        """Return the machine's Node."""
        return Path(shutil.which("node") or "node")

    def commands(self, folder: Path) -> list[list[str]]:
        """Install the pinned packages. Raises `PeerUnavailable` without Node."""
        npm = shutil.which("npm")
        if npm is None or shutil.which("node") is None:
            raise PeerUnavailable("It needs Node and npm, and they are not on this machine.")
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
        return [[npm, "install", "--prefix", str(folder), *quiet, *self.requirements]]

    def variables(self, folder: Path) -> dict[str, str]:
        """Return where its packages are."""
        return {"NODE_PATH": str(folder / "node_modules")}


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without what is Roomtone's or leads to its packages."""
    return {name: told for name, told in environment.items() if not name.startswith(_OURS)}


def _run(command: list[str], folder: Path, tell: Tell) -> None:
    """Run one installation, telling its lines. Raises `PeerUnavailable` with its first error."""
    process = subprocess.Popen(  # noqa: S603 - a list of our own, no shell
        command,
        cwd=folder,
        env=clean_environment(os.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines: list[str] = []
    with process:
        for line in process.stdout or ():
            if told := line.strip():
                tell(told)
                lines = [*lines, told][-_LINES_KEPT:]
    if process.returncode:
        why = next((line for line in lines if "err" in line.lower()), "")
        raise PeerUnavailable(
            f"It could not be installed ({Path(command[0]).name} ended with "
            f"{process.returncode}); is the package registry within reach? {why[:300]}".rstrip()
        )
