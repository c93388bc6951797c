"""Figures as tables of words, the same on a terminal, on the page and in Markdown. Pure."""

import re
from dataclasses import dataclass
from typing import Final

from bench.figures import FrameCost, LoadStep, Run, StageTimes

NOT_KNOWN: Final = "–"
Rows = list[list[str]]


@dataclass(frozen=True)
class Table:
    """A table: what it is, its columns and rows. Every cell is words."""

    title: str
    columns: list[str]
    rows: Rows


def tell_number(value: float | None, digits: int = 0, unit: str = "") -> str:
    """Write a number with its unit; a dash where it is not known."""
    if value is None:
        return NOT_KNOWN
    return f"{value:,.{digits}f}{f' {unit}' if unit else ''}"


def tell_share(share: float, digits: int = 0) -> str:
    """Write a share as per cent."""
    return f"{100 * share:.{digits}f} %"


def tell_ms(value: float | None) -> str:
    """Write milliseconds: one digit below 20, none above."""
    return tell_number(value, 1 if value is not None and value < 20 else 0)


def tell_faces(count: int) -> str:
    """Write a number of faces."""
    return f"{count} face" if count == 1 else f"{count} faces"


def stage_table(run: Run) -> Table:
    """Return every stage of every frame, first and steady."""
    names = list(run.stages[0].first.stages_ms)
    rows = []
    for cost in run.stages:
        for kind, faces, times in kinds_of(cost):
            stages = [tell_ms(times.stages_ms[name]) for name in names]
            ends = [tell_ms(times.total_ms), tell_ms(times.bare_ms), f"{times.ratio:.2f}"]
            rows.append([f"{name_frame(cost)}, {kind}", str(faces), *stages, *ends])
    columns = ["frame (ms, one thread)", "faces", *names, "total", "networks", "ratio"]
    return Table("A frame, stage by stage", columns, rows)


def kinds_of(cost: FrameCost) -> list[tuple[str, int, StageTimes]]:
    """Return the two kinds of a frame, with faces found and times."""
    return [
        ("first", cost.faces, cost.first),
        ("in a stream", cost.steady_faces, cost.steady),
    ]


def name_frame(cost: FrameCost) -> str:
    """Name a frame with its size; of `gallery_1280x720_25`, `gallery 1280x720` is enough."""
    size = f"{cost.width}x{cost.height}"
    told = re.fullmatch(rf"([a-z]+)_{size}_\d+", cost.name)
    if told:
        return f"{told[1]} {size}"
    return cost.name if size in cost.name else f"{cost.name}, {size}"


def faces_table(run: Run) -> Table:
    """Return cost over faces."""
    rows = [[str(p.placed), str(p.found), tell_ms(p.total_ms)] for p in run.faces.points]
    size = f"{run.faces.width}x{run.faces.height}"
    return Table(f"Cost over faces, {size}", ["faces placed", "found", "ms a frame"], rows)


LOAD_COLUMNS: Final = [
    "load", "offered/s", "accepted/s", "429", "p50 ms", "p95 ms", "p99 ms", "429 p95 ms",
]  # fmt: skip


def load_table(run: Run) -> Table:
    """Return what became of each offered load."""
    service = run.service
    rows = [_load_row(tell_share(step.share_of_capacity or 0), step) for step in service.ladder]
    rows.append(_load_row(f"{service.students.sources} students", service.students))
    overload = service.overload
    rows.append(_load_row(f"{overload.times:g}x, {overload.step.seconds:.0f} s", overload.step))
    return Table("Offered load", LOAD_COLUMNS, rows)


def _load_row(name: str, step: LoadStep) -> list[str]:
    latency = step.accepted_latency
    return [
        name,
        tell_number(step.offered),
        tell_number(step.accepted_per_second),
        tell_share(share_busy(step)),
        tell_ms(latency.p50_ms),
        tell_ms(latency.p95_ms),
        tell_ms(latency.p99_ms),
        tell_ms(step.busy_latency.p95_ms),
    ]


def share_busy(step: LoadStep) -> float:
    """Return the share of planned frames that were answered 429."""
    return step.busy / step.planned if step.planned else 0.0


def headline(run: Run) -> str:
    """Say where, with what, and by which command it was measured."""
    machine = run.machine
    return (
        f"{machine.processor}, {machine.cores} cores, {machine.system}, Python {machine.python}; "
        f"network {run.network}; {run.frames}. `{run.command}`, {run.made_at[:10]}."
    )
