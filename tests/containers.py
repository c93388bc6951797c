"""docker-compose.yml and the Dockerfile, read; and their containers as processes, without Docker.

A container becomes a process with the command, the environment and the health check of the files
and nothing else. Only what a container would have to itself is changed: ports, names of hosts, and
the folder for data.
"""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import yaml

from tests.servers import TOKEN

ROOT = Path(__file__).parents[1]
SERVER_PORT, DASHBOARD_PORT = "8000", "8050"
VARIABLES = {
    "ROOMTONE_TEACHER_TOKEN": TOKEN,
    "ROOMTONE_SIGNING_KEY": "a key of thirty-two letters or more",
    "POSTGRES_PASSWORD": "any $letters@will/do",
}
"""What whoever runs Compose has to give."""

_VARIABLE = re.compile(r"\$\{(\w+)(?::([?-])([^}]*))?\}")


def read_compose() -> dict:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def read_dockerfile() -> list[tuple[str, str]]:
    """Return instruction and arguments of each line; continued lines are joined."""
    lines = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    parts = [line.split(None, 1) for line in lines if line.strip() and not line.startswith("#")]
    return [(instruction, arguments) for instruction, arguments in parts]


def read_image() -> dict[str, str]:
    """Return the last instruction of each kind in the stage that becomes the image."""
    found = read_dockerfile()
    last_stage = max(i for i, (instruction, _) in enumerate(found) if instruction == "FROM")
    return dict(found[last_stage:])


def read_dockerignore() -> tuple[set[str], set[str]]:
    """Return what is let into the image, and the patterns of what is left out of that again."""
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line[0] != "#"]
    assert lines[0] == "*"
    let_in = {line[1:] for line in lines if line[0] == "!"}
    return let_in, {line for line in lines[1:] if line[0] != "!"}


def image_environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in shlex.split(read_image()["ENV"]))


def health_check() -> list[str]:
    return json.loads(read_image()["HEALTHCHECK"].split("CMD", 1)[1])


def substitute(text: str, variables: dict[str, str]) -> str:
    """Put variables in, as Compose does: `${A}`, `${A:-default}`, `${A:?what is missing}`."""

    def replace(found: re.Match) -> str:
        name, kind, rest = found.groups()
        value = variables.get(name, "")
        if not value and kind == "?":
            raise LookupError(f"{name}: {rest}")
        return value or (rest if kind == "-" else "")

    return _VARIABLE.sub(replace, text)


class Container:
    """One service of the compose file as a process in an empty folder."""

    def __init__(self, name: str, folder: Path, ports: dict[str, int], variables: dict[str, str]):
        service = read_compose()["services"][name]
        self.name, self.log, self.home = name, folder / f"{name}.log", folder / name
        self.home.mkdir()
        self._ports = ports
        self._command = [self._here(part) for part in service["command"]]
        given = {k: substitute(str(v), variables) for k, v in service["environment"].items()}
        self.environment = {
            name: self._here(value) for name, value in (image_environment() | given).items()
        } | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
            "HOME": str(self.home),
            "ROOMTONE_DATA_DIR": str(self.home / "data"),
        }
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start it and wait until its own health check is content."""
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                self._command, cwd=self.home, env=self.environment, stdout=log, stderr=log
            )
        patience = time.monotonic() + 60
        while not self.is_healthy():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < patience, self.log.read_text()
            time.sleep(0.25)  # a check is a process, which takes from what is to start

    def is_healthy(self) -> bool:
        check = subprocess.run(
            health_check(), env=self.environment, check=False, capture_output=True, timeout=20
        )
        return check.returncode == 0

    def end(self, how: signal.Signals) -> None:
        """End it as `docker kill --signal` does, and wait."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(30)

    def _here(self, text: str) -> str:
        text = text.replace("0.0.0.0", "127.0.0.1")
        text = re.sub(r"(?<=//)(server|dashboard)\b", "127.0.0.1", text)
        numbers = "|".join(self._ports)
        return re.sub(rf"\b({numbers})\b", lambda found: str(self._ports[found[0]]), text)
