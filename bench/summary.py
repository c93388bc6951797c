"""The figures of a run beside their targets; one that misses is told so. Pure."""

from dataclasses import dataclass, replace
from typing import Final

from bench import targets
from bench.figures import Run
from bench.wording import (
    Table,
    kinds_of,
    name_frame,
    share_busy,
    tell_faces,
    tell_number,
    tell_share,
)

ENOUGH: Final = 3
"""With fewer accepted frames a source, one without any is nothing but chance."""


@dataclass(frozen=True)
class Line:
    """One figure beside its target; met is None where there is no target or no figure.

    is_headline: whether it belongs into the README.
    """

    what: str
    measured: str
    target: str = ""
    met: bool | None = None
    is_headline: bool = False


@dataclass(frozen=True)
class Group:
    """Figures of one kind."""

    title: str
    lines: list[Line]

    @property
    def table(self) -> Table:
        """The figures as words, with whether each target was met."""
        rows = [[line.what, line.measured, line.target, mark(line)] for line in self.lines]
        return Table(self.title, ["what", "measured", "target", ""], rows)


def summarize(run: Run) -> list[Group]:
    """Return all figures that matter most, in groups."""
    overload = run.service.overload
    load = f"{overload.times:g} times the capacity for {overload.step.seconds:.0f} s"
    cores = f"{run.machine.cores} cores"
    return [
        Group("A frame, from bytes to committed tally, one thread", _frame_lines(run)),
        Group(f"One server on {cores}, load generator beside it", _service_lines(run)),
        Group(f"Overload: {load}", _overload_lines(run)),
        Group("The server, with what reads for it", _process_lines(run)),
    ]


def headline(line: Line) -> Line:
    """Return the line as one for the README."""
    return replace(line, is_headline=True)


def _frame_lines(run: Run) -> list[Line]:
    lines = []
    for cost in run.stages:
        goals = targets.FRAME_MS.get((cost.width, cost.height), (None, None))
        for (kind, found, times), goal in zip(kinds_of(cost), goals, strict=True):
            lines.append(
                Line(
                    f"{name_frame(cost)}, {tell_faces(found)}, {kind}",
                    f"{times.total_ms:.1f} ms; {times.ratio:.2f} of the bare networks",
                    (f"{goal:g} ms; " if goal else "") + f"{targets.RATIO:g}",
                    times.ratio <= targets.RATIO and (goal is None or times.total_ms <= goal),
                    is_headline=True,
                )
            )
    faces = run.faces
    most = max(point.found for point in faces.points)
    line = f"{faces.fixed_ms:.1f} ms + {faces.face_ms:.2f} ms a face, R² {faces.r2:.3f}"
    return [
        *lines,
        Line(f"0 to {most} faces in {faces.width}x{faces.height}", line, "a straight line"),
        _at_most("emotion network alone, a face", run.classifier_face_ms, targets.FACE_MS, "ms", 2),
    ]


def _service_lines(run: Run) -> list[Line]:
    limit, students = run.limit, run.service.students
    accepted = run.service.capacity.accepted_per_second
    of_limit = tell_share(accepted / limit.frames_per_second)
    by_side = f"{tell_share(accepted / limit.side_by_side)} of {limit.side_by_side:.0f}"
    return [
        headline(_at_least("capacity: frames accepted a second", accepted, targets.RATE, "")),
        Line(
            "of what the bare networks allow",
            f"{of_limit} of {limit.frames_per_second:.0f} a second ({by_side}, run side by side)",
            is_headline=True,
        ),
        Line(
            f"{students.sources} students, a frame in 2 s: accepted",
            f"{tell_share(students.accepted / students.planned, 1)} of {students.offered:.0f}/s",
            "all",
            students.accepted == students.planned,
            is_headline=True,
        ),
        headline(
            _at_most(
                f"{students.sources} students: p95 of accepted",
                students.accepted_latency.p95_ms,
                targets.RATE_P95_MS,
                "ms",
            )
        ),
    ]


def _overload_lines(run: Run) -> list[Line]:
    overload, step = run.service.overload, run.service.overload.step
    accepted, busy = step.accepted_latency, step.busy_latency
    memory = (overload.memory_before_mb, overload.memory_after_mb)
    enough = step.accepted >= ENOUGH * step.sources
    fair = f"{step.fewest_of_a_source} to {step.most_of_a_source}"
    if enough:
        fair += f"; Jain {tell_number(step.fairness, 3)}"
    goodput = 100 * overload.goodput_share
    return [
        headline(_at_most("p95 of accepted", accepted.p95_ms, targets.OVERLOAD_P95_MS, "ms")),
        headline(_at_least("accepted, of the capacity", goodput, 100 * targets.GOODPUT, "%")),
        Line("answered 429", tell_share(share_busy(step))),
        headline(_at_most("429: p95", busy.p95_ms, targets.BUSY_MS, "ms")),
        _at_most("429: longest", busy.most_ms, targets.BUSY_MS, "ms"),
        Line(
            f"accepted of each of {step.sources} sources",
            fair,
            "none starves",
            step.fewest_of_a_source > 0 if enough else None,
        ),
        _at_most("recovered after", overload.recovery_s, targets.RECOVERY_S, "s", 1),
        Line("memory before, after", " and ".join(tell_number(m, unit="MB") for m in memory)),
    ]


def _process_lines(run: Run) -> list[Line]:
    service, books = run.service, run.service.books
    growth = _difference(service.memory_last_mb, service.memory_first_mb)
    first, more = service.memory_first_frames, service.memory_frames_between
    told = (books.answered, books.ledger, books.committed, books.database)
    unknown = f"; {books.unknown:,} without an answer" if books.unknown else ""
    return [
        _at_most("start to `/readyz`", service.start_s, targets.START_S, "s", 1),
        _at_most(
            f"memory after {first:,} frames", service.memory_first_mb, targets.MEMORY_MB, "MB"
        ),
        _at_most(f"growth over {more:,} more", growth, targets.GROWTH_MB, "MB", 1),
        Line(
            "counted: by answers, ledger, commits, database",
            ", ".join(f"{count:,}" for count in told) + unknown,
            "agree",
            books.agree,
        ),
    ]


def _difference(after: float | None, before: float | None) -> float | None:
    return None if after is None or before is None else after - before


def _at_most(
    what: str, value: float | None, goal: float | None, unit: str, digits: int = 0
) -> Line:
    return _line(what, value, goal, unit, digits, bound="at most")


def _at_least(what: str, value: float | None, goal: float, unit: str, digits: int = 0) -> Line:
    return _line(what, value, goal, unit, digits, bound="at least")


def _line(
    what: str, value: float | None, goal: float | None, unit: str, digits: int, *, bound: str
) -> Line:
    measured = tell_number(value, digits, unit)
    if goal is None:
        return Line(what, measured)
    told = f"{bound} {goal:g}{f' {unit}' if unit else ''}"
    if value is None:
        return Line(what, measured, told)
    return Line(what, measured, told, value <= goal if bound == "at most" else value >= goal)


def mark(line: Line) -> str:
    """Say in a word whether the target was met."""
    return "" if line.met is None else "met" if line.met else "missed"
