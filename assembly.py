"""Server, student's page and dashboard, put together and run. The only file that may."""

from collections.abc import Callable
from urllib.parse import quote

import httpx
from fastapi import FastAPI

from client.page import mount_student_page
from client.simulated_class import SimulatedClass
from dashboard.app import create_dashboard, mount_dashboard
from server.app import create_app
from server.gateway import forward_dashboard
from server.keyring import open_keyring
from server.logs import configure_logs
from server.reading_start import StartedReader
from server.running import bind_port, run_app
from server.settings import Settings
from server.store.database import migrate


def run_server(settings: Settings, reader: StartedReader | None) -> None:
    """Run the server, and the dashboard where the settings say; returns when it has stopped.

    reader: the process that reads, where one was started ahead.
    """
    _run(settings, reader, lambda token: _announce(settings, token))


def run_demo(settings: Settings, reader: StartedReader | None, *, students: int, seed: int) -> None:
    """Run the server with a simulated class."""
    simulation = SimulatedClass(
        settings.local_url, settings.resolved_public_url, students=students, seed=seed
    )

    def begin(token: str) -> None:
        _announce(settings, token)
        simulation.start(token)

    _run(settings, reader, begin, before_stop=simulation.finish)


def run_dashboard(settings: Settings) -> None:
    """Run the dashboard alone."""
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


def build_app(settings: Settings, reader: StartedReader | None = None) -> FastAPI:
    """Put server, student's page and dashboard together; the database is migrated."""
    server = create_app(settings, started=reader)
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


def _run(
    settings: Settings,
    reader: StartedReader | None,
    announce: Callable[[str], None],
    *,
    before_stop: Callable[[], None] | None = None,
) -> None:
    configure_logs(settings.log_format)
    bind_port(settings.host, settings.port).close()
    token = open_keyring(settings).teacher_token
    migrate(settings.resolved_database_url)
    server = build_app(settings, reader)
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
