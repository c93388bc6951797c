"""What the live page shows while there is nothing to see: nobody has joined, or no session."""

from typing import Any

from dash import dcc, html

from dashboard.views.strip import qr_image
from dashboard.views.words import notice
from server.languages import gettext
from server.schemas import Session


def waits_for_students(session: Session) -> bool:
    """Tell whether nobody has joined a live session yet, nor sent anything otherwise."""
    return session.ended_at is None and not session.joined and not session.frames


def first_hint(session: Session) -> list[Any]:
    """Return what to do first, large enough to be shown to the class; nothing once it is done."""
    if not waits_for_students(session):
        return []
    words = html.Div(
        [
            html.H2(gettext("Nobody has joined yet")),
            html.P(
                gettext(
                    "Show this to your students. They scan the code, or open the address below."
                )
            ),
            html.P(session.join_code, className="code large"),
            html.P(session.join_url, className="join-link"),
        ]
    )
    return [html.Section([words, qr_image(session)], className="card first-hint")]


def gone() -> list[Any]:
    """Return all that a page without a session says."""
    return [
        html.H1(gettext("No session here"), className="page-title"),
        notice(gettext("There is no such session. It may have been deleted.")),
        dcc.Link(gettext("Back to your sessions"), href="/dashboard/", className="button"),
    ]
