"""Curves of a run: `curves.png` and `curves.html` in its folder, drawn anew after every epoch.

May import matplotlib (lazily: the page is drawn without it) and plotly; no torch. What is drawn
comes from `metrics.jsonl`, so that a run that goes on after a break shows all of its epochs.
"""

import io
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.emotions import LABEL_SETS

TITLE = "Training of the visible-expression network"
NAMES = {"crowd": "crowd's labels (FER+)", "fer2013": "FER2013's labels"}
COLOURS = {"crowd": "#0072B2", "fer2013": "#D55E00", "both": "#333333", "best": "#009E73"}
"""Okabe & Ito's colours (2008), which colour-blind readers tell apart; dashes tell as well."""

_log = logging.getLogger(__name__)
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Curve:
    """One line of a panel. `key` names its colour; on the faces trained on it is dashed."""

    name: str
    key: str
    dashed: bool
    epochs: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True)
class Panel:
    """One of four drawings that share the axis of epochs."""

    title: str
    unit: str
    curves: tuple[Curve, ...]


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Read a `metrics.jsonl`, leaving out a last line that a crash cut off; [] without a file."""
    if not path.exists():
        return []
    lines = path.read_text("utf-8").splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]


def lay_out(rows: Rows) -> tuple[Panel, ...]:
    """Sort the epochs' metrics into panels; what no epoch tells has no curve."""
    loss = (_curve(rows, ("loss",), "trained on, both heads", "both", dashed=True),)
    return (
        Panel("Loss", "cross-entropy", _present(*loss, *_per_label_set(rows, "loss"))),
        Panel("Accuracy", "% of faces", _present(*_per_label_set(rows, "accuracy", 100))),
        Panel(
            "Macro-recall",
            "%, mean of emotions",
            _present(*_per_label_set(rows, "macro_recall", 100)),
        ),
        Panel(
            "Learning rate",
            "at the epoch's end",
            _present(_curve(rows, ("learning_rate",), "learning rate", "both")),
        ),
    )


def find_best(rows: Rows) -> int | None:
    """Return the epoch of the best mean accuracy on `valid`, the first of equals."""
    means = {row["epoch"]: mean for row in rows if (mean := _mean_accuracy(row)) is not None}
    return max(means, key=lambda epoch: means[epoch]) if means else None


def describe(rows: Rows, network: str) -> str:
    """Tell in a line what is drawn: `compact · 12 epochs · best: epoch 11, crowd 85.1 %, …`."""
    parts = [network] if network else []
    parts.append(f"{len(rows)} epoch{'' if len(rows) == 1 else 's'}")
    if (best := find_best(rows)) is not None:
        row = next(row for row in rows if row["epoch"] == best)
        told = [f"{s} {100 * row[s]['accuracy']:.1f} %" for s in LABEL_SETS if _decides(row, s)]
        parts.append(f"best: epoch {best}, {', '.join(told)}")
    return " · ".join(parts)


class CurvesTracker:
    """A tracker that draws the curves of the run in `folder`. A full disk costs the curves only.

    `say` gets a sentence when something cannot be drawn, once for each kind of trouble.
    """

    def __init__(self, folder: Path, say: Callable[[str], None] = _log.warning) -> None:
        self._folder, self._say = folder, say
        self._network, self._said = "", set[str]()

    def start(self, config: Mapping[str, Any]) -> None:
        """Draw what a run that goes on has behind it."""
        self._network = str(config.get("network", ""))
        self.draw()

    def epoch(self, metrics: Mapping[str, Any]) -> None:  # noqa: ARG002 - in the file already
        """Draw again, with the new epoch."""
        self.draw()

    def finish(self, summary: Mapping[str, Any]) -> None:
        """Nothing more: the last epoch is drawn."""

    def draw(self) -> None:
        """Draw `curves.png` and `curves.html` from `metrics.jsonl`; nothing before an epoch."""
        from model.training import curve_page  # noqa: PLC0415 - it needs this module

        try:
            rows = read_rows(self._folder / "metrics.jsonl")
            if not rows:
                return
            page = curve_page.draw_page(rows, self._network).encode()
            _replace(self._folder / "curves.html", page)
            from model.training import curve_picture  # noqa: PLC0415 - without matplotlib: no more

            picture = io.BytesIO()
            curve_picture.draw_picture(rows, self._network).savefig(picture, format="png")
            _replace(self._folder / "curves.png", picture.getvalue())
        except ModuleNotFoundError as error:
            self._say_once(
                f"curves.png is not drawn: {error.name} is not installed. Install it with "
                "“python -m pip install -e '.[training]'” in a clone; curves.html is there."
            )
        except (OSError, ValueError) as error:
            self._say_once(f"The curves could not be drawn ({error}); the training goes on.")

    def _say_once(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            self._say(sentence)


def _per_label_set(rows: Rows, measure: str, factor: float = 1) -> list[Curve]:
    curves = []
    for labels in map(str, LABEL_SETS):
        name = NAMES[labels]
        curves.append(_curve(rows, (labels, measure), f"{name}, valid", labels, factor=factor))
        trained = ("train", labels, measure)
        curves.append(
            _curve(rows, trained, f"{name}, trained on", labels, dashed=True, factor=factor)
        )
    return curves


def _curve(
    rows: Rows,
    path: tuple[str, ...],
    name: str,
    key: str,
    *,
    dashed: bool = False,
    factor: float = 1,
) -> Curve:
    points = [(row["epoch"], _find(row, path)) for row in rows]
    told = [(epoch, factor * value) for epoch, value in points if value is not None]
    return Curve(name, key, dashed, tuple(e for e, _ in told), tuple(v for _, v in told))


def _present(*curves: Curve) -> tuple[Curve, ...]:
    return tuple(curve for curve in curves if curve.epochs)


def _find(row: Mapping[str, Any], path: tuple[str, ...]) -> float | None:
    """Follow `path` into a row; None where there is nothing, or no face that decides."""
    found: Any = row
    for step in path:
        if not isinstance(found, Mapping) or step not in found or found.get("faces") == 0:
            return None
        found = found[step]
    return float(found)


def _decides(row: Mapping[str, Any], labels: str) -> bool:
    return _find(row, (labels, "accuracy")) is not None


def _mean_accuracy(row: Mapping[str, Any]) -> float | None:
    told = [row[labels]["accuracy"] for labels in LABEL_SETS if _decides(row, labels)]
    return sum(told) / len(told) if told else None


def _replace(path: Path, content: bytes) -> None:
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(content)
    partial.replace(path)
