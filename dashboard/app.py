"""The dashboard as a part of an app, and as an app of its own. The same code serves both.

Dash gets a FastAPI app to itself, behind the gate, on one route of the app it is mounted in: the
app's own routes, its 404s and its middleware stay as they were (docs/adr/0004).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI
from starlette.responses import RedirectResponse
from starlette.routing import Route

from dashboard.feeds import Feeds
from dashboard.gate import HOME, Gate
from dashboard.shell import build_dash, content_policy


def mount_dashboard(
    app: FastAPI, client: httpx.AsyncClient, *, api_docs_url: str | None = "/docs"
) -> None:
    """Serve the dashboard under `/dashboard/` of `app`.

    client: an `httpx.AsyncClient` whose base URL is the API's. For the API in this same process
    that is one with `httpx.ASGITransport(api, raise_app_exceptions=False)`; no socket is opened.
    api_docs_url: where the API's documentation is linked to, None for no link. Whoever made the
    client closes it.
    """
    inner = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    feeds = Feeds(client)
    feeds.add_to(inner)
    app.state.closers = [*getattr(app.state, "closers", []), feeds.close]
    dash = build_dash(inner, client, api_docs_url=api_docs_url)
    gate = Gate(inner, client, content_policy(dash))
    for path in (HOME.rstrip("/"), f"{HOME}{{rest:path}}"):
        app.router.routes.append(Route(path, endpoint=gate, name="dashboard", methods=None))


def create_dashboard(client: httpx.AsyncClient) -> FastAPI:
    """Return an app with the dashboard and nothing else, for `roomtone dashboard`.

    client: has the server's address as its base URL; it is closed when the app stops.
    """

    @asynccontextmanager
    async def close_client(_: FastAPI) -> AsyncIterator[None]:
        yield
        await client.aclose()

    app = FastAPI(
        title="Roomtone dashboard", docs_url=None, redoc_url=None, openapi_url=None,
        lifespan=close_client,
    )  # fmt: skip

    @app.get("/healthz")
    async def tell_health() -> dict[str, str]:
        """Say that this process is alive; whether the server is, the page itself says."""
        return {"status": "ok"}

    @app.get("/")
    async def go_home() -> RedirectResponse:
        return RedirectResponse(HOME)

    mount_dashboard(app, client, api_docs_url=None)
    return app
