"""The top of the live page: the session, who is visible, and how to join."""

from typing import Any

import segno
from dash import dcc, html

from dashboard.viewer import Viewer
from dashboard.views.words import aria, course_link, data, number
from server.languages import gettext
from server.schemas import Mood, Session


def strip() -> html.Section:
    """Return the strip without its data, with what is done to the session as a whole."""
    opens: dict[str, Any] = {"data-opens": "share-dialog"}
    share = html.Button(
        gettext("Share my meeting window"), id="share-ask", className="button end-only-live",
        **opens,
    )  # fmt: skip
    return html.Section(
        [
            html.Div(id="head", className="head"),
            html.Div(id="join", className="join"),
            html.Div(
                [
                    share,
                    html.Button(gettext("End"), id="end-ask", className="button end-only-live"),
                    html.Button(gettext("Delete"), id="remove-ask", className="button quiet"),
                ],
                className="actions",
            ),
        ],
        className="strip",
        **aria(label=gettext("Session")),
    )


def band(session: Session) -> list[html.Div]:
    """Return the band that can't be overlooked, for sessions whose readings are invented."""
    if not session.simulated:
        return []
    words: list[Any] = [
        html.Strong(gettext("Simulated")),
        " ",
        gettext("Invented readings. No student is behind these numbers."),
    ]
    return [html.Div(html.Span(words), className="simulated-band", role="note")]


def join_box(session: Session) -> list[Any]:
    """Return the join code with its link, while anyone can still join."""
    if session.ended_at is not None:
        return []
    return [
        html.Span(gettext("Join code"), className="label"),
        html.Span(session.join_code, className="code"),
        html.Button(
            gettext("Copy link"),
            className="button",
            **aria(live="polite"),
            **_copies(session.join_url),
        ),
        html.Button(gettext("Show QR"), id="qr-ask", className="button"),
        dcc.Link(gettext("Join screen"), href=join_address(session.session_id),
                 id="join-screen", className="button"),
    ]  # fmt: skip


def join_address(session_id: str) -> str:
    """Return the address of a session's join screen."""
    return f"/dashboard/session/{session_id}/join"


def qr_image(session: Session) -> html.Img:
    """Return the join link as a picture to scan, as vectors: sharp at any size."""
    picture = segno.make(session.join_url, error="m").svg_data_uri(border=3, light="#ffffff")
    told = gettext("QR code of {address}").format(address=session.join_url)
    return html.Img(src=picture, alt=told, className="qr")


def qr_picture(session: Session) -> list[Any]:
    """Return the join link for the back row: a large QR code, the code and the address."""
    return [
        qr_image(session),
        html.P(session.join_code, className="code large"),
        html.P(session.join_url, className="join-link"),
    ]


def _copies(text: str) -> dict[str, Any]:
    """Return the attribute by which `assets/gestures.js` knows what a button copies."""
    return {"data-copy": text}


def head(mood: Mood, viewer: Viewer) -> list[Any]:
    """Return title, course, since when it is live, how many are visible, of how many if known."""
    session, now = mood.session, mood.now
    titled = html.Div([html.H1(session.title), _change(session)], className="titled")
    course = course_link(session)
    begun = viewer.tell_time(session.started_at)
    if session.ended_at is not None:
        told = gettext("Ended. {date}, {start} to {end}").format(
            date=viewer.tell_date(session.started_at),
            start=begun,
            end=viewer.tell_time(session.ended_at),
        )
        return [titled, html.P([*course, told])]
    of = session.expected_students or now.present
    if now.coverage is None:
        seen = gettext("{visible} visible")
    elif now.visible > of:  # a window also shows who was not expected
        seen = gettext("{visible} visible, {students} expected")
    else:
        seen = gettext("{visible} of {students} visible")
    seen = seen.format(visible=number(now.visible), students=number(of))
    if not session.camera:
        seen = gettext("{students} present").format(students=number(now.present))
    live = html.Span(gettext("Live since {time}").format(time=begun), className="live")
    return [titled, html.P([*course, live, html.Span(seen, className="visible")])]


def _change(session: Session) -> html.Button:
    """Return the button to the dialog of title and course, which `assets/session.js` fills."""
    told = data(opens="session-dialog", title=session.title, course=session.course or "")
    says = aria(label=gettext("Change title and course"))
    return html.Button(
        gettext("Change"), id="session-change", className="button quiet small", **told, **says
    )
