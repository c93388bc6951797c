"""The live page: its frame without data, and the pieces each answer of the server fills in."""

from typing import Any

import dash_mantine_components as dmc
import segno
from dash import dcc, html

from dashboard.palette import COLOURS
from dashboard.sentence import Sentence
from dashboard.view import ALERT_POINTS
from dashboard.viewer import Viewer
from dashboard.views.switches import switches
from dashboard.views.words import aria, erasure, number
from server.schemas import Mood, Session

_GRAPH: Any = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}


def live_page(session_id: str) -> html.Div:
    """Return the page's frame; callbacks fill it within a moment."""
    return html.Div(
        [
            html.Div(id="band"),
            html.Div(id="live-problem"),
            html.Div(id="action-problem"),
            html.Section(
                [
                    html.Div(id="head", className="head"),
                    html.Div(id="join", className="join"),
                    html.Div(
                        [
                            html.Button("End", id="end-ask", className="button end-only-live"),
                            html.Button("Delete", id="remove-ask", className="button quiet"),
                        ],
                        className="actions",
                    ),
                ],
                className="strip",
                **aria(label="Session"),
            ),
            html.Section(id="sentence", className="sentence", **aria(live="polite")),
            html.Div(id="hint"),
            html.Div([_charts(), _aside()], className="live-grid"),
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


def band(session: Session) -> list[html.Div]:
    """Return the band that can't be overlooked, for sessions whose readings are invented."""
    if not session.simulated:
        return []
    words: list[Any] = [
        html.Strong("Simulated"),
        " Invented readings. No student is behind these numbers.",
    ]
    return [html.Div(html.Span(words), className="simulated-band", role="note")]


def head(mood: Mood, viewer: Viewer) -> list[Any]:
    """Return the title, since when it is live, and how many are visible."""
    session, now = mood.session, mood.now
    begun = viewer.tell_time(session.started_at)
    if session.ended_at is not None:
        return [
            html.H1(session.title),
            html.P(
                f"Ended. {viewer.tell_date(session.started_at)}, "
                f"{begun} to {viewer.tell_time(session.ended_at)}"
            ),
        ]
    of = session.expected_students or session.joined
    seen = f"{now.visible} of {of} visible" if of else f"{now.visible} visible"
    live = html.Span("Live", className="live")
    return [
        html.H1(session.title),
        html.P([live, f" since {begun}", html.Span(seen, className="visible")]),
    ]


def join_box(session: Session) -> list[Any]:
    """Return the join code with its link, while anyone can still join."""
    if session.ended_at is not None:
        return []
    return [
        html.Span("Join code", className="label"),
        html.Span(session.join_code, className="code"),
        html.Button(
            "Copy link",
            className="button",
            **aria(live="polite"),
            **_copies(session.join_url),
        ),
        html.Button("Show QR", id="qr-ask", className="button"),
    ]


def qr_picture(session: Session) -> list[Any]:
    """Return the join link for the back row: a large QR code, the code and the address."""
    picture = segno.make(session.join_url, error="m").svg_data_uri(border=3, light="#ffffff")
    return [
        html.Img(src=picture, alt=f"QR code of {session.join_url}", className="qr"),
        html.P(session.join_code, className="code large"),
        html.P(session.join_url, className="join-link"),
    ]


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
    told = {"Faces counted": session.faces, "Frames counted": session.frames}
    if session.ended_at is None:
        told["Sources sending"] = mood.now.sources
    told["Sources joined"] = session.joined
    return [html.Div([html.Dt(name), html.Dd(number(value))]) for name, value in told.items()]


def question(session: Session) -> str:
    """Say what deleting this session takes away."""
    return erasure(session)


def _copies(text: str) -> dict[str, Any]:
    """Return the attribute by which `assets/gestures.js` knows what a button copies."""
    return {"data-copy": text}


def _charts() -> html.Section:
    return html.Section(
        [
            switches(),
            html.Div(
                dcc.Graph(id="mood", config=_GRAPH, responsive=True, className="graph"),
                id="mood-words",
                className="chart-box mood",
                role="img",
                **aria(label="Mood over time; it is being read."),
            ),
            html.Div(
                [
                    html.H2("Whole lesson", className="chart-title"),
                    html.Div(
                        dcc.Graph(id="lesson", config=_GRAPH, responsive=True, className="graph"),
                        className="chart-box lesson",
                        role="img",
                        **aria(label="Shares of each expression over the whole lesson."),
                    ),
                ],
                className="whole-lesson end-only-live",
            ),
        ],
        className="charts",
        **aria(label="Mood over time"),
    )


def _aside() -> html.Section:
    return html.Section(
        [html.Div(id="now"), html.Dl(id="facts", className="facts")],
        className="aside",
        **aria(label="Numbers"),
    )


def _twin() -> html.Details:
    return html.Details(
        [
            html.Summary("The same as a table"),
            html.Div(
                id="twin",
                className="scroll",
                tabIndex="0",
                role="region",
                **aria(label="Mood as a table"),
            ),
        ],
        id="twin-details",
        className="twin",
    )


def _questions() -> list[dmc.Modal]:
    return [
        dmc.Modal(html.Div(id="qr", className="qr-sheet"), id="qr-modal", title="Join", size="lg"),
        _ask("end", "End this session?", "End it", "Students’ pages stop sending. All that was "
             "counted stays, and nobody can join any more."),
        _ask("remove", "Delete this session?", "Delete", ""),
    ]  # fmt: skip


def _ask(name: str, title: str, yes: str, text: str) -> dmc.Modal:
    return dmc.Modal(
        [
            html.P(text, id=f"{name}-what"),
            html.Div(
                [
                    html.Button("Cancel", id=f"{name}-no", className="button"),
                    html.Button(yes, id=f"{name}-yes", className="button primary"),
                ],
                className="choices",
            ),
        ],
        id=f"{name}-modal",
        title=title,
        centered=True,
    )
