"""The frame around every page, and the router that fills it."""

from pathlib import Path
from typing import Any, cast

import dash_mantine_components as dmc
import httpx
from dash import ClientsideFunction, Dash, Input, Output, dcc, html
from fastapi import FastAPI

from dashboard.callbacks import live as live_callbacks
from dashboard.callbacks import sessions as sessions_callbacks
from dashboard.callbacks import viewing
from dashboard.views.live import live_page
from dashboard.views.sessions import sessions_page
from dashboard.views.words import aria

_INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<title>{%title%}</title>
<link rel="icon" href="/dashboard/assets/icon.svg" type="image/svg+xml">
<script src="/dashboard/assets/viewer.js"></script>
{%css%}
</head>
<body>
<noscript>The dashboard draws with JavaScript. Please allow it for this address.</noscript>
{%app_entry%}
<footer>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>
"""

_LIMITS = (
    "Visible expressions, not feelings, attention or understanding.",
    "Not for grading, attendance, discipline or appraisal.",
    "Students who are not visible may differ from those who are.",
    "In every share each visible student weighs the same.",
)


def build_dash(server: FastAPI, http: httpx.AsyncClient, *, api_docs_url: str | None) -> Dash:
    """Add Dash with all its pages to `server`, under `/dashboard/`."""
    app = Dash(
        "dashboard",
        server=cast("Any", server),
        url_base_pathname="/dashboard/",
        assets_folder=str(Path(__file__).parent / "assets"),
        assets_ignore=r"viewer\.js",
        index_string=_INDEX,
        title="Roomtone",
        update_title=cast("Any", None),
        serve_locally=True,
        suppress_callback_exceptions=True,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
        enable_mcp=False,
    )
    app.enable_dev_tools(debug=False)
    app.layout = _frame(api_docs_url)
    app.callback(Output("page", "children"), Input("url", "pathname"))(route_page)
    for name, told in (("setTitle", ("page-title", "data")), ("titlePage", ("url", "pathname"))):
        cast("Any", app).clientside_callback(ClientsideFunction("roomtone", name), Input(*told))
    sessions_callbacks.register(app, http)
    live_callbacks.register(app, http)
    viewing.register(app)
    return app


def content_policy(app: Dash) -> str:
    """Return the Content-Security-Policy: nothing from anywhere else, and only Dash's own code."""
    scripts = " ".join(["'self'", *app.csp_hashes()])
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )


def route_page(pathname: str | None) -> html.Div:
    """Return the page at an address; the gate has refused all addresses but these."""
    parts = (pathname or "").strip("/").split("/")
    if len(parts) == 3 and parts[1] == "session":
        return live_page(parts[2])
    return sessions_page()


def _frame(api_docs_url: str | None) -> dmc.MantineProvider:
    return dmc.MantineProvider(
        defaultColorScheme="auto",
        theme={"fontFamily": "inherit", "defaultRadius": "md"},
        children=[
            dcc.Location(id="url", refresh="callback-nav"),
            html.A("Skip to the content", href="#page", className="skip"),
            _header(api_docs_url),
            html.Main(id="page", tabIndex="-1"),
            html.Footer(html.Ul([html.Li(limit) for limit in _LIMITS]), className="limits"),
        ],
    )


def _header(api_docs_url: str | None) -> html.Header:
    docs = [html.A("API", href=api_docs_url, className="button quiet")] if api_docs_url else []
    return html.Header(
        [
            dcc.Link("Roomtone", href="/dashboard/", className="wordmark"),
            html.Nav(
                [
                    *docs,
                    dmc.ColorSchemeToggle(
                        lightIcon=html.Span("Dark"),
                        darkIcon=html.Span("Light"),
                        className="button quiet",
                        **aria(label="Switch between light and dark"),
                    ),
                    html.Form(
                        html.Button("Sign out", className="button quiet"),
                        action="/dashboard/sign-out",
                        method="POST",
                    ),
                ]
            ),
        ],
        className="top",
    )
