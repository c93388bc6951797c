"""The `roomtone` command: puts server, dashboard and client together. The only file that may."""

import sys
from collections.abc import Callable
from typing import Annotated
from urllib.parse import quote

_LIBRARIES = ("libGL", "libgthread", "libglib", "libEGL", "libxcb")
_MISSING_LIBRARY = (
    "OpenCV needs the system libraries libGL and libglib, and this machine lacks {name}. "
    "On Debian or Ubuntu: apt-get install libgl1 libglib2.0-0. "
    "On Fedora: dnf install mesa-libGL glib2."
)

try:
    import cv2  # noqa: F401 - asked first, because everything else needs it
except ImportError as error:
    _name = next((name for name in _LIBRARIES if name in str(error)), None)
    if _name is None:
        raise
    sys.exit(_MISSING_LIBRARY.format(name=_name))

import httpx
import typer
from fastapi import FastAPI

from bench.command import bench
from client import commands as client_commands
from client.page import mount_student_page
from client.simulated_class import SimulatedClass
from dashboard.app import create_dashboard, mount_dashboard
from model import network_commands
from model.card import UnusableNetwork
from model.distilling_commands import distill
from model.ensemble_commands import ensemble
from model.evaluation import commands as evaluation_commands
from model.evaluation import document_commands
from model.finders import FinderMissing
from model.training_commands import TorchMissing, train
from model.tuning_commands import tune
from server import commands as server_commands
from server.analyze_command import analyze
from server.app import create_app
from server.gateway import forward_dashboard
from server.keyring import DataFolderUnusable, open_keyring
from server.logs import configure_logs
from server.report_command import ReportNotWritten, report
from server.running import PortTaken, bind_port, run_app
from server.settings import Settings, WrongSetting, read_settings
from server.store.database import (
    DatabaseNotMigrated,
    DatabaseTooNew,
    DatabaseUnavailable,
    UnknownRevision,
    UnsupportedDatabase,
    migrate,
)
from server.telemetry import TelemetryMissing

MISTAKES = (
    DataFolderUnusable,
    DatabaseNotMigrated,
    DatabaseTooNew,
    DatabaseUnavailable,
    FinderMissing,
    PortTaken,
    ReportNotWritten,
    TelemetryMissing,
    TorchMissing,
    UnknownRevision,
    UnsupportedDatabase,
    UnusableNetwork,
    WrongSetting,
)
"""What a user can cause; each says in a sentence what to do."""

app = typer.Typer(
    name="roomtone",
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
    settings = read_settings(host=host, port=port)
    _serve(settings, lambda token: _announce(settings, token))


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
    settings = read_settings(host=host, port=port)
    simulation = SimulatedClass(
        settings.local_url, settings.resolved_public_url, students=students, seed=seed
    )

    def begin(token: str) -> None:
        _announce(settings, token)
        simulation.start(token)

    _serve(settings, begin, before_stop=simulation.finish)


@app.command()
def dashboard(
    server: Annotated[
        str | None, typer.Option(metavar="URL", help="The server to read. ROOMTONE_SERVER_URL.")
    ] = None,
    host: Host = None,
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8050,
) -> None:
    """Start the dashboard alone, as a process of its own that reads a server over HTTP."""
    settings = read_settings(server_url=server, host=host, port=port)
    configure_logs(settings.log_format)
    # Shorter than the server keeps an unused connection, or one might close as it is used again.
    limits = httpx.Limits(keepalive_expiry=2)
    client = httpx.AsyncClient(base_url=settings.server_url, timeout=10, limits=limits)
    address = f"{settings.resolved_public_url}/dashboard/"
    run_app(
        create_dashboard(client),
        settings.host,
        settings.port,
        announce=lambda: print(f"Dashboard of {settings.server_url}: {address}", flush=True),
    )


app.command("stream")(client_commands.stream)
app.command("analyze")(analyze)
app.command("networks")(network_commands.networks)
app.command("evaluate")(evaluation_commands.evaluate)
app.command("card")(document_commands.card)
app.command("trade")(document_commands.trade)
app.command("train")(train)
app.command("tune")(tune)
app.command("ensemble")(ensemble)
app.command("distill")(distill)
app.command("report")(report)
app.command("bench")(bench)
app.command("settings")(server_commands.settings)
app.command("migrate")(server_commands.migrate_database)


def build_app(settings: Settings) -> FastAPI:
    """Put server, student's page and dashboard together; the database is migrated."""
    server = create_app(settings)
    mount_student_page(server)
    if settings.dashboard == "here":
        inside = httpx.AsyncClient(
            transport=httpx.ASGITransport(server, raise_app_exceptions=False),
            base_url="http://roomtone.internal",
        )
        mount_dashboard(server, inside)
    elif settings.dashboard != "off":
        forward_dashboard(server, settings.dashboard)
    return server


def _serve(
    settings: Settings,
    announce: Callable[[str], None],
    *,
    before_stop: Callable[[], None] | None = None,
) -> None:
    configure_logs(settings.log_format)
    bind_port(settings.host, settings.port).close()
    token = open_keyring(settings).teacher_token
    migrate(settings.resolved_database_url)
    server = build_app(settings)
    run_app(
        server,
        settings.host,
        settings.port,
        announce=lambda: announce(token),
        before_stop=before_stop,
    )


def _announce(settings: Settings, token: str) -> None:
    url = settings.resolved_public_url
    lines = [
        "",
        "Roomtone is running. Ctrl-C stops it.",
    ]
    if settings.dashboard != "off":
        lines.append(f"  Dashboard  {url}/dashboard/?token={quote(token, safe='')}")
    lines += [f"  API docs   {url}/docs", ""]
    if settings.is_open_but_nameless:
        lines.append(
            f"Join links say {url}, which other machines can't reach. Set ROOMTONE_PUBLIC_URL to "
            "the address that students use.\n"
        )
    print("\n".join(lines), flush=True)


def main() -> None:
    """Run the command line; a user's mistake ends in one sentence and status 1."""
    try:
        app()
    except MISTAKES as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
