"""All expressions of docs/watching, as Grafana and Prometheus ask them."""

import json
import re
from pathlib import Path
from typing import Any

import yaml

from tests.documents import ROOT

FOLDER = ROOT / "docs" / "watching"
QUICKER = 12
"""An alert that waits 5 min is tried with 25 s."""

_SECONDS = {"s": 1, "m": 60, "h": 3600}
_DURATION = re.compile(r"\b(\d+)([smh])\b")


def board_expressions(interval: str = "15s", instance: str = ".*") -> dict[str, str]:
    """Return each panel's expressions by title and legend, its variables filled in."""
    board = json.loads((FOLDER / "grafana.json").read_text("utf-8"))
    return {
        f"{panel['title']}: {target['legendFormat']}": target["expr"]
        .replace("$__rate_interval", interval)
        .replace("$instance", instance)
        for panel in board["panels"]
        for target in panel.get("targets", ())
    }


def read_rules() -> dict[str, Any]:
    """Return the alert rules."""
    return dict(yaml.safe_load((FOLDER / "alerts.yml").read_text("utf-8")))


def write_quick_rules(path: Path) -> Path:
    """Write the rules with every time span shortened, so that a try takes minutes."""
    told = read_rules()
    for group in told["groups"]:
        for rule in group["rules"]:
            rule["expr"] = re.sub(
                r"\[(\w+)\]", lambda found: f"[{_shorten(found[1])}]", rule["expr"]
            )
            if "for" in rule:
                rule["for"] = _shorten(rule["for"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(told), "utf-8")
    return path


def _shorten(duration: str) -> str:
    number, unit = _DURATION.fullmatch(duration).groups()  # type: ignore[union-attr]
    return f"{max(1, int(number) * _SECONDS[unit] // QUICKER)}s"
