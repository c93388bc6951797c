"""A Prometheus as a process: what it reads every second, asked through its HTTP API."""

import shutil
import subprocess
import time
from pathlib import Path
from typing import Any, Self

import httpx
import yaml

from tests.servers import free_port


class Prometheus:
    """Reads one server as the job `roomtone`, with these rules. A context manager."""

    def __init__(self, program: str, folder: Path, target: str, rules: Path) -> None:
        self._folder, self._port = folder, free_port()
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{self._port}", trust_env=False)
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(rules, folder / "alerts.yml")
        settings = {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": ["alerts.yml"],
            "scrape_configs": [{"job_name": "roomtone", "static_configs": [{"targets": [target]}]}],
        }
        (folder / "prometheus.yml").write_text(yaml.safe_dump(settings), "utf-8")
        self._command = [
            program,
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self._port}",
        ]

    def __enter__(self) -> Self:
        """Start it and wait until it is ready."""
        with (self._folder / "prometheus.log").open("wb") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=subprocess.STDOUT)
        for _ in range(300):
            if self._process.poll() is not None:
                raise SystemExit((self._folder / "prometheus.log").read_text())
            try:
                if self._http.get("/-/ready").status_code == 200:
                    return self
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        raise SystemExit("Prometheus was not ready within 30 s.")

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(30)

    def ask(self, expression: str) -> list[dict[str, Any]]:
        """Evaluate an expression now: one result for each series. Raises `WrongExpression`."""
        told = self._http.get("/api/v1/query", params={"query": expression}).json()
        if told["status"] != "success":
            raise WrongExpression(f"{expression}: {told['error']}")
        return list(told["data"]["result"])

    def firing(self) -> set[str]:
        """Return the names of the alerts that fire now."""
        told = self._http.get("/api/v1/alerts").json()["data"]["alerts"]
        return {one["labels"]["alertname"] for one in told if one["state"] == "firing"}

    def broken_rules(self) -> dict[str, str]:
        """Return the rules that could not be evaluated, with what is wrong."""
        groups = self._http.get("/api/v1/rules").json()["data"]["groups"]
        rules = [rule for group in groups for rule in group["rules"]]
        return {rule["name"]: rule["lastError"] for rule in rules if rule["health"] == "err"}


class WrongExpression(Exception):
    """Prometheus can't evaluate it."""
