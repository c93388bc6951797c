"""The live page: its frame without data, and the pieces each answer of the server fills in."""

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.palette import COLOURS
from dashboard.sentence import Sentence
from dashboard.view import ALERT_POINTS
from dashboard.views.moment import moment_place
from dashboard.views.moments import moments_section, tools_bar
from dashboard.views.report import report_section
from dashboard.views.strip import strip
from dashboard.views.switches import switches
from dashboard.views.words import aria, erasure, number
from server.languages import gettext
from server.schemas import Mood, Session, SessionOrigin

_GRAPH: Any = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}


def live_page(session_id: str) -> html.Div:
    """Return the page's frame; callbacks fill it within a moment."""
    return html.Div(
        [
            html.Div(id="band"),
            html.Div(id="live-problem"),
            html.Div(id="action-problem"),
            strip(),
            report_section(session_id),
            html.Div(tools_bar(), className="end-only-live"),
            html.Section(id="sentence", className="sentence", **aria(live="polite")),
            html.Div(id="alert", className="alert-place", **aria(live="polite")),
            html.Div(id="hint"),
            html.Div([_charts(), _aside()], className="live-grid"),
            moments_section(),
            _twin(),
            *_questions(),
            dcc.Store(id="session-id", data=session_id),
            dcc.Store(id="page-title"),
            dcc.Store(id="shown", data={}),
            dcc.Store(id="lesson-shown", data=""),
            dcc.Store(id="twin-open", data=False),
            dcc.Store(id="alert-points", data=ALERT_POINTS, storage_type="local"),
            dcc.Store(id="view", data={}),
            dcc.Interval(id="tick", interval=1000),
            dcc.Interval(id="slow-tick", interval=10_000),
        ],
        id="live",
        className="live-page",
    )


def large_sentence(said: Sentence) -> list[Any]:
    """Return the sentence about now, marked with the colour of the dominant emotion."""
    colour = COLOURS[said.emotion] if said.emotion else "transparent"
    kind = f"mark {said.emotion or 'none'}"
    return [
        html.Span(className=kind, style={"--emotion": colour}, **aria(hidden="true")),
        html.P([html.Span(said.now), " ", html.Span(said.change, className="change")]),
    ]


def facts(mood: Mood) -> list[html.Div]:
    """Return what was counted: faces, frames and sources."""
    session = mood.session
    told = {
        gettext("Faces counted"): session.faces,
        gettext("Frames counted"): session.frames,
    }
    if not session.camera:
        told = {}
    elif session.ended_at is None:
        told[gettext("Sources sending")] = mood.now.sources
    if session.origin is SessionOrigin.LIVE:
        told[gettext("Sources joined")] = session.joined
    return [html.Div([html.Dt(name), html.Dd(number(value))]) for name, value in told.items()]


def question(session: Session) -> str:
    """Say what deleting this session takes away."""
    return erasure(session)


def _charts() -> html.Section:
    return html.Section(
        [
            switches(),
            html.Div(
                id="marks",
                className="marks",
                role="group",
                **aria(label=gettext("Marks on the time axis")),
            ),
            html.Div(
                dcc.Graph(id="mood", config=_GRAPH, responsive=True, className="graph"),
                id="mood-words",
                className="chart-box mood",
                role="img",
                **aria(label=gettext("Mood over time; it is being read.")),
            ),
            moment_place(),
            html.Div(
                [
                    html.H2(gettext("Whole lesson"), className="chart-title"),
                    html.Div(
                        dcc.Graph(id="lesson", config=_GRAPH, responsive=True, className="graph"),
                        className="chart-box lesson",
                        role="img",
                        **aria(label=gettext("Shares of each expression over the whole lesson.")),
                    ),
                ],
                className="whole-lesson end-only-live",
            ),
        ],
        className="charts",
        **aria(label=gettext("Mood over time")),
    )


def _aside() -> html.Section:
    return html.Section(
        [
            html.Div(id="now"),
            html.Div(id="said"),
            html.Div(id="engagement", className="engagement"),
            _formula(),
            html.Dl(id="facts", className="facts"),
        ],
        className="aside",
        **aria(label=gettext("Numbers")),
    )


def _formula() -> html.Details:
    summary = html.Summary(gettext("The formula in words and numbers"))
    return html.Details(
        [summary, html.Div(id="formula")], id="formula-details", className="formula"
    )


def _twin() -> html.Details:
    return html.Details(
        [
            html.Summary(gettext("The same as a table")),
            html.Div(
                id="twin",
                className="scroll",
                tabIndex="0",
                role="region",
                **aria(label=gettext("Mood as a table")),
            ),
        ],
        id="twin-details",
        className="twin",
    )


def _questions() -> list[dmc.Modal]:
    return [
        dmc.Modal(
            html.Div(id="qr", className="qr-sheet"),
            id="qr-modal",
            title=gettext("Join"),
            size="lg",
            closeButtonProps=_says_close(),
        ),
        _ask(
            "end",
            gettext("End this session?"),
            gettext("End it"),
            gettext(
                "Students’ pages stop sending. All that was counted stays, nobody can join any "
                "more, and the report is made."
            ),
        ),
        _ask("remove", gettext("Delete this session?"), gettext("Delete"), ""),
    ]


def _ask(name: str, title: str, yes: str, text: str) -> dmc.Modal:
    return dmc.Modal(
        [
            html.P(text, id=f"{name}-what"),
            html.Div(
                [
                    html.Button(gettext("Cancel"), id=f"{name}-no", className="button"),
                    html.Button(yes, id=f"{name}-yes", className="button primary"),
                ],
                className="choices",
            ),
        ],
        id=f"{name}-modal",
        title=title,
        centered=True,
        closeButtonProps=_says_close(),
    )


def _says_close() -> dict[str, str]:
    return {"aria-label": gettext("Close")}
