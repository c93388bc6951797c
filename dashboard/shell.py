"""The frame around every page, and the router that fills it."""

import json
from functools import partial
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

import dash_mantine_components as dmc
import httpx
from dash import ClientsideFunction, Dash, Input, Output, dcc, html
from fastapi import FastAPI

from dashboard.callbacks import compare as compare_callbacks
from dashboard.callbacks import following, viewing
from dashboard.callbacks import join_screen as join_callbacks
from dashboard.callbacks import live as live_callbacks
from dashboard.callbacks import report as report_callbacks
from dashboard.callbacks import sessions as sessions_callbacks
from dashboard.desk import page_words, write_desk
from dashboard.views.compare import compare_page
from dashboard.views.course import course_page
from dashboard.views.join_screen import join_screen
from dashboard.views.live import live_page
from dashboard.views.sessions import sessions_page
from dashboard.views.try_out import try_out_page
from dashboard.views.videos import frames_page, recordings_page
from dashboard.views.words import aria
from server.languages import LANGUAGES, gettext, spoken_language

_INDEX = """<!DOCTYPE html>
<html lang="{%language%}">
<head>
{%metas%}
<title>{%title%}</title>
<link rel="icon" href="/dashboard/assets/icon.svg" type="image/svg+xml">
<script type="application/json" id="words">{%words%}</script>
<script src="/dashboard/assets/viewer.js"></script>
{%css%}
</head>
<body>
<noscript>{%noscript%}</noscript>
{%app_entry%}
{%desk%}
<footer>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>
"""


class _SpokenDash(Dash):
    """Dash whose index page speaks the language of whoever opens it."""

    def interpolate_index(self, **kwargs: Any) -> str:  # type: ignore[override]  # noqa: ANN401  Dash gives them by name
        """Return the page's HTML, with the desk and the words of the scripts."""
        written = str(cast("Any", super()).interpolate_index(**kwargs))
        ours = {
            "language": spoken_language(),
            "words": json.dumps(page_words(), ensure_ascii=False).replace("<", "\\u003c"),
            "noscript": gettext(
                "The dashboard draws with JavaScript. Please allow it for this address."
            ),
            "desk": write_desk(),
        }
        for name, text in ours.items():
            written = written.replace(f"{{%{name}%}}", text)
        return written

    def _config(self) -> Any:  # noqa: ANN401  as Dash has it
        """Return what Dash's renderer is told; of a websocket nothing, the gate refuses them."""
        told = cast("Any", super())._config()  # noqa: SLF001  Dash has no setting for it
        told.pop("websocket", None)
        return told


def build_dash(server: FastAPI, http: httpx.AsyncClient, *, api_docs_url: str | None) -> Dash:
    """Add Dash with all its pages to `server`, under `/dashboard/`."""
    app = _SpokenDash(
        "dashboard",
        server=cast("Any", server),
        url_base_pathname="/dashboard/",
        assets_folder=str(Path(__file__).parent / "assets"),
        assets_ignore=r"viewer\.js|beat\.js",
        index_string=_INDEX,
        title="Roomtone",
        update_title=cast("Any", None),
        serve_locally=True,
        suppress_callback_exceptions=True,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
        enable_mcp=False,
    )
    app.enable_dev_tools(debug=False)
    app.layout = partial(_frame, api_docs_url)  # drawn for each visit, in its language
    app.callback(Output("page", "children"), Input("url", "pathname"))(route_page)
    for name, told in (("setTitle", ("page-title", "data")), ("titlePage", ("url", "pathname"))):
        cast("Any", app).clientside_callback(ClientsideFunction("roomtone", name), Input(*told))
    sessions_callbacks.register(app, http)
    live_callbacks.register(app, http)
    following.register(app)
    report_callbacks.register(app, http)
    join_callbacks.register(app, http)
    compare_callbacks.register(app, http)
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
    if parts[1:2] in (["course"], ["compare"]):
        course = unquote((pathname or "").partition("/course/")[2]).strip()
        return course_page(course) if course else compare_page()
    if len(parts) == 4 and parts[1] == "session":
        return join_screen(parts[2])
    if len(parts) == 3 and parts[1] == "session":
        return live_page(parts[2])
    if parts[1:2] == ["recordings"]:
        return frames_page(parts[2]) if len(parts) == 3 else recordings_page()
    if parts[1:] == ["try"]:
        return try_out_page()
    return sessions_page()


def _frame(api_docs_url: str | None) -> dmc.MantineProvider:
    return dmc.MantineProvider(
        defaultColorScheme="auto",
        theme={"fontFamily": "inherit", "defaultRadius": "md"},
        children=[
            dcc.Location(id="url", refresh="callback-nav"),
            html.A(gettext("Skip to the content"), href="#page", className="skip"),
            _header(api_docs_url),
            html.Main(id="page", tabIndex="-1"),
            html.Footer(html.Ul([html.Li(limit) for limit in _limits()]), className="limits"),
        ],
    )


def _limits() -> list[str]:
    return [
        gettext("Visible expressions, not feelings, attention or understanding."),
        gettext("Not for grading, attendance, discipline or appraisal."),
        gettext("Students who are not visible may differ from those who are."),
        gettext("In every share each visible student weighs the same."),
    ]


def _header(api_docs_url: str | None) -> html.Header:
    docs = [html.A("API", href=api_docs_url, className="button quiet")] if api_docs_url else []
    return html.Header(
        [
            dcc.Link("Roomtone", href="/dashboard/", className="wordmark"),
            html.Nav(
                [dcc.Link(words, href=href, className="button quiet") for href, words in _places()],
                className="places",
                **aria(label=gettext("Pages")),
            ),
            html.Nav(
                [
                    *docs,
                    *[_language(code, name) for code, name in LANGUAGES.items()],
                    dmc.ColorSchemeToggle(
                        lightIcon=html.Span(gettext("Dark")),
                        darkIcon=html.Span(gettext("Light")),
                        className="button quiet",
                        **aria(label=gettext("Switch between light and dark")),
                    ),
                    html.Form(
                        html.Button(gettext("Sign out"), className="button quiet"),
                        action="/dashboard/sign-out",
                        method="POST",
                    ),
                ]
            ),
        ],
        className="top",
    )


def _places() -> list[tuple[str, str]]:
    return [
        ("/dashboard/recordings", gettext("Recordings")),
        ("/dashboard/try", gettext("Try it")),
    ]


def _language(code: str, name: str) -> html.Button:
    """Return the button to a language; `assets/desk.js` keeps it in a cookie and reloads."""
    chosen: dict[str, Any] = {"data-language": code}
    is_spoken = code == spoken_language()
    return html.Button(name, lang=code, hidden=is_spoken, className="button quiet", **chosen)
