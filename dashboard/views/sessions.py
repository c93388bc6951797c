"""The list of sessions and the form that starts one."""

from collections.abc import Sequence
from datetime import datetime

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.plain import write_plain
from dashboard.viewer import Viewer
from dashboard.views.beside import COMPARE, choice
from dashboard.views.start import start_form
from dashboard.views.words import aria, course_link, data, number
from server.languages import gettext, ngettext
from server.schemas import Session, SessionOrigin

NEWEST = 30
"""So many sessions are listed until all are asked for."""


def sessions_page() -> html.Div:
    """Return the page without its data, which the first callback brings."""
    return html.Div(
        [
            html.H1(gettext("Sessions"), className="page-title"),
            html.Div(id="sessions-problem"),
            html.Div([start_form(), _your_sessions()], className="sessions-grid"),
            dmc.Modal(
                id="erase",
                title=gettext("Delete this session?"),
                closeButtonProps={"aria-label": gettext("Close")},
                centered=True,
                children=[
                    html.P(id="erase-what"),
                    html.Div(
                        [
                            html.Button(gettext("Keep it"), id="erase-no", className="button"),
                            html.Button(
                                gettext("Delete"), id="erase-yes", className="button primary"
                            ),
                        ],
                        className="choices",
                    ),
                ],
            ),
            dcc.Store(id="erase-ask"),
            dcc.Store(id="erase-which"),
            dcc.Store(id="sessions-shown"),
            dcc.Store(id="sessions-numbers"),
            dcc.Interval(id="sessions-tick", interval=3000),
        ]
    )


def session_list(sessions: Sequence[Session], viewer: Viewer, now: datetime) -> str:
    """Write the rows, or what a teacher does first when there are none."""
    if not sessions:
        return write_plain(_first_steps())
    return write_plain(html.Ul([_row(s, viewer, now) for s in sessions], className="sessions"))


def row_numbers(session: Session) -> list[html.Div]:
    """Return what changes in a row while its lesson runs. Nothing in it can hold the focus."""
    joined = [_fact(session.joined, gettext("joined"))]
    return [
        *([] if session.origin is SessionOrigin.RECORDING else joined),
        _fact(session.frames, ngettext("frame", "frames", session.frames)),
        _fact(session.faces, ngettext("face", "faces", session.faces)),
    ]


def more_words(known: int, *, opened: bool) -> str:
    """Say what the button under the list does, of so many sessions."""
    if opened:
        return gettext("Show the newest {n}").format(n=NEWEST)
    return gettext("Show all {n}").format(n=number(known))


def _your_sessions() -> html.Section:
    return html.Section(
        [
            html.Form(
                [
                    html.Div(id="sessions"),
                    html.Button(
                        gettext("Compare the chosen ones"), className="button primary chosen-only"
                    ),
                ],
                action=COMPARE,
                method="GET",
                className="chooser",
            ),
            html.Button(id="show-all", className="button show-all", hidden=True),
        ],
        **aria(label=gettext("Your sessions")),
    )


def _first_steps() -> html.Div:
    return html.Div(
        [
            html.H2(gettext("Nothing here yet")),
            html.Ol(
                [
                    html.Li(gettext("Give your lesson a title and start a session.")),
                    html.Li(gettext("Put the join code where your students can read it.")),
                    html.Li(
                        gettext("Teach. Glance here when you want to know how the room looks.")
                    ),
                ]
            ),
            html.P(
                gettext(
                    "Nothing is recorded: pictures are counted and dropped, and nobody is named."
                )
            ),
        ],
        className="first-steps",
    )


def _row(session: Session, viewer: Viewer, now: datetime) -> html.Li:
    return html.Li(
        [
            html.Div(
                [
                    html.H2(
                        [
                            choice(session.session_id, session.title),
                            dcc.Link(
                                session.title, href=f"/dashboard/session/{session.session_id}"
                            ),
                        ]
                    ),
                    html.Div(
                        [*course_link(session), _when(session, viewer, now), *_badges(session)],
                        className="when",
                    ),
                ]
            ),
            html.Dl(
                row_numbers(session),
                className="row-facts",
                **data(numbers=session.session_id),
            ),
            html.Div([*_report(session), _erase(session)], className="row-does"),
        ],
        className="session-row",
        **data(key=session.session_id),
    )


def _report(session: Session) -> list[html.A]:
    """Return the link to the report, which an ended session has."""
    if session.ended_at is None:
        return []
    says = gettext("Report of {title}, in a new tab").format(title=session.title)
    return [
        html.A(
            gettext("Report"), href=f"/dashboard/session/{session.session_id}/report",
            target="_blank", rel="noopener", className="button quiet", **aria(label=says),
        )
    ]  # fmt: skip


def _erase(session: Session) -> html.Button:
    return html.Button(
        gettext("Delete"),
        type="button",
        className="button quiet",
        **data(erase=session.session_id),
        **aria(label=gettext("Delete {title}").format(title=session.title)),
    )


def _when(session: Session, viewer: Viewer, now: datetime) -> html.Span:
    day, begun = viewer.tell_date(session.started_at), viewer.tell_time(session.started_at)
    today = day == viewer.tell_date(now)
    if session.ended_at is None:
        since = begun if today else f"{day}, {begun}"
        return html.Span(gettext("Live since {time}").format(time=since), className="live")
    ended = viewer.tell_time(session.ended_at)
    told = gettext("{date}, {start} to {end}")
    return html.Span(told.format(date=gettext("Today") if today else day, start=begun, end=ended))


def _badges(session: Session) -> list[html.Span]:
    told = [gettext("Simulated")] if session.simulated else []
    if session.origin is SessionOrigin.RECORDING:
        told.append(gettext("Recording"))
    return [html.Span(one, className="badge") for one in told]


def _fact(value: int, noun: str) -> html.Div:
    return html.Div([html.Dt(noun), html.Dd(number(value))])
