"""How far a run is, and how long it will still take, while it runs."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

Tick = Callable[[], None]


class _TimeLeft(ProgressColumn):
    """What the parts that are still to come are planned to take."""

    def render(self, task: Task) -> Text:
        left = max(round((task.total or 0) - task.completed), 0)
        return Text(f"{left // 60}:{left % 60:02} left")


class Course:
    """The parts of a run and their planned seconds, shown as a bar on a terminal.

    On anything else a line stands for each part, so that a log does not fill.
    """

    def __init__(self, console: Console, parts: dict[str, float]) -> None:
        self._console, self._parts = console, parts
        self._done = 0.0
        self._progress = Progress(
            TextColumn("{task.description:<22}"),
            BarColumn(bar_width=None),
            _TimeLeft(),
            console=console,
            transient=True,
            auto_refresh=False,  # drawn by ticks: a thread would take time from what is measured
            disable=not console.is_terminal,
        )
        self._bar = self._progress.add_task("", total=sum(parts.values()))

    def __enter__(self) -> Self:
        """Show the bar."""
        self._progress.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        self._progress.stop()

    @contextmanager
    def part(self, name: str) -> Iterator[Tick]:
        """Begin a part; what it yields is called while the part goes on."""
        planned, begun = self._parts[name], time.monotonic()
        drawn = 0.0
        if not self._console.is_terminal:
            self._console.print(f"{name} (about {planned:.0f} s)")

        def tick() -> None:
            nonlocal drawn
            now = time.monotonic()
            if now - drawn >= 0.25:
                drawn = now
                self._show(name, self._done + min(now - begun, planned))

        tick()
        yield tick
        self._done += planned
        self._show(name, self._done)

    def _show(self, name: str, seconds: float) -> None:
        self._progress.update(self._bar, description=name, completed=seconds)
        self._progress.refresh()
