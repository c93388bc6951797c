"""The `roomtone` command. Knows the name and first line of each; imports one when it is called."""

import gc
import sys
from importlib import import_module
from types import ModuleType
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

from model.mistakes import Mistake

COMMANDS: Final = {
    "stream": (
        "client.commands:stream",
        "Send a webcam, video, GIF or folder of pictures into a session.",
    ),
    "analyze": (
        "server.analyze_command:analyze",
        "Find the faces of pictures and videos and tell their expressions.",
    ),
    "networks": (
        "model.network_commands:networks",
        "List the networks that can be trained by name, with their size.",
    ),
    "evaluate": (
        "model.evaluation.commands:evaluate",
        "Measure an emotion network on labelled faces and print JSON.",
    ),
    "card": (
        "model.evaluation.document_commands:card",
        "Write a network's MODEL_CARD.md, and the README's table, from its evaluations.",
    ),
    "trade": (
        "model.evaluation.document_commands:trade",
        "Draw accuracy against milliseconds a face, a point for each evaluated network.",
    ),
    "train": (
        "model.training_commands:train",
        "Train an emotion network; give the same command again to go on after a break.",
    ),
    "tune": (
        "model.tuning_commands:tune",
        "Search for the best training settings; give the same command again to go on.",
    ),
    "ensemble": (
        "model.ensemble_commands:ensemble",
        "Make several networks one: the weighted mean of what they tell, as one ONNX file.",
    ),
    "distill": (
        "model.distilling_commands:distill",
        "Train a network on what larger ones tell: it learns their doubts as well.",
    ),
    "report": (
        "server.report_command:report",
        "Write the report of a session that has ended: HTML, PDF, CSV, Parquet or JSON.",
    ),
    "bench": (
        "bench.command:bench",
        "Measure how fast Roomtone is on this machine, in under three minutes.",
    ),
    "settings": (
        "server.commands:settings",
        "Print the settings in force: name, value, and what each is for.",
    ),
    "migrate": (
        "server.commands:migrate_database",
        "Bring the database to the newest schema. `roomtone serve` does this by itself.",
    ),
}
"""Of each command that is not in this file: where it is, and the first line of what it says of
itself, so that the list of all commands imports none of them."""

_LIBRARIES = ("libGL", "libgthread", "libglib", "libEGL", "libxcb")
_MISSING_LIBRARY = (
    "OpenCV needs the system libraries libGL and libglib, and this machine lacks {name}. "
    "On Debian or Ubuntu: apt-get install libgl1 libglib2.0-0. "
    "On Fedora: dnf install mesa-libGL glib2."
)


class CalledCommands(TyperGroup):
    """Puts the command itself, imported now, in the place of the line that stands for it."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - click's or typer's own
        """Return name, command and the arguments left; click and Typer call it."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, load_command(name) if name in COMMANDS else command, rest


def load_command(name: str) -> Any:  # noqa: ANN401 - click's or typer's own
    """Import one of `COMMANDS`."""
    module, function = COMMANDS[name][0].split(":")
    alone = typer.Typer(add_completion=False, rich_markup_mode="markdown")
    alone.command(name)(getattr(_import(module), function))
    return typer.main.get_command(alone)


def _import(module: str) -> ModuleType:
    """Import a module when a command needs it, and let nobody look through it for garbage.

    It stays anyway; looking through it again and again takes a fifth of the time.
    """
    if module in sys.modules:
        return sys.modules[module]
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.freeze()
        gc.enable()


app = typer.Typer(
    name="roomtone",
    cls=CalledCommands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="Roomtone shows a teacher the visible mood of an online class, without watching any one "
    "student.\n\nStart with `roomtone demo` (a simulated class) or `roomtone serve`.",
    epilog="Every command explains itself: `roomtone stream --help`.",
)

Host = Annotated[str | None, typer.Option(help="Address to listen on. ROOMTONE_HOST.")]
Port = Annotated[int | None, typer.Option(help="Port to listen on. ROOMTONE_PORT.")]


@app.command()
def serve(host: Host = None, port: Port = None) -> None:
    """Start the server and the dashboard in one process; Ctrl-C stops it and loses nothing.

    Prepares the database, then prints the dashboard's link with the teacher's token. Settings
    come from ROOMTONE_… in the environment; `roomtone settings` lists them.
    """
    settings = _import("server.settings").read_settings(host=host, port=port)
    with _import("server.reading_start").start_ahead(settings.reading) as reader:
        _import("assembly").run_server(settings, reader)


@app.command()
def demo(
    host: Host = None,
    port: Port = None,
    students: Annotated[int, typer.Option(min=1, max=200, help="Size of the class.")] = 30,
    seed: Annotated[int, typer.Option(help="Another seed is another lesson.")] = 1,
) -> None:
    """Start the server with a simulated class: no camera, no account.

    Invented readings go through the real API into the real database and dashboard, for as long as
    this runs. They are marked “simulated” everywhere.
    """
    settings = _import("server.settings").read_settings(host=host, port=port)
    with _import("server.reading_start").start_ahead(settings.reading) as reader:
        _import("assembly").run_demo(settings, reader, students=students, seed=seed)


@app.command()
def dashboard(
    server: Annotated[
        str | None, typer.Option(metavar="URL", help="The server to read. ROOMTONE_SERVER_URL.")
    ] = None,
    host: Host = None,
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8050,
) -> None:
    """Start the dashboard alone, as a process of its own that reads a server over HTTP."""
    settings = _import("server.settings").read_settings(server_url=server, host=host, port=port)
    _import("assembly").run_dashboard(settings)


def _stand_in() -> None:
    """Stand for a command that is not imported yet."""


for _name, (_, _line) in COMMANDS.items():
    app.command(_name, help=_line)(_stand_in)


def main() -> None:
    """Run the command line; a mistake of whoever called it ends in one sentence and status 1."""
    try:
        app()
    except Mistake as error:
        sys.exit(str(error))
    except ImportError as error:
        missing = next((name for name in _LIBRARIES if name in str(error)), None)
        if missing is None:
            raise
        sys.exit(_MISSING_LIBRARY.format(name=missing))


if __name__ == "__main__":
    main()
