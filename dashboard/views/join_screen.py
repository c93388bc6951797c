"""The join screen, for the projector: how to join, how many have, and nothing of moods."""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from dash import dcc, html

from dashboard.views.strip import qr_image
from dashboard.views.words import aria, notice, number
from server.languages import gettext, ngettext
from server.schemas import Session


def join_screen(session_id: str) -> html.Div:
    """Return the screen's frame; callbacks fill it within a moment."""
    back = f"/dashboard/session/{session_id}"
    return html.Div(
        [
            html.Div(id="join-screen-problem"),
            html.Div(id="join-screen-how", className="how"),
            html.P(id="join-screen-joined", className="joined", role="status"),
            html.Div(
                [
                    dcc.Link(gettext("Go to the live page"), href=back, id="join-screen-back",
                             className="button primary"),
                    html.Button(gettext("Full screen"), id="full-screen", className="button"),
                    html.Span([html.Kbd("Esc"), " ", gettext("goes back")], className="key-hint"),
                ],
                className="choices",
            ),
            html.Div(id="join-screen-warning"),
            dcc.Store(id="join-screen-session", data=session_id),
            dcc.Store(id="join-screen-shown", data=""),
            dcc.Store(id="page-title"),
            dcc.Interval(id="join-screen-tick", interval=2000),
        ],
        className="join-screen",
        id="join-screen-page",
    )  # fmt: skip


def how_to_join(session: Session) -> list[Any]:
    """Return the title, the picture to scan, the code to read aloud and the address to type."""
    return [
        html.Div(
            [
                html.H1(session.title),
                html.P(gettext("Scan the picture, or open this address:")),
                html.P(session.join_url, className="join-link"),
                html.P(gettext("The code:")),
                html.P(
                    [html.Span(group) for group in session.join_code.split("-")],
                    className="code huge",
                    **aria(label=" ".join(session.join_code.replace("-", ""))),
                ),
            ],
            className="words",
        ),
        qr_image(session),
    ]


def joined_words(session: Session) -> str:
    """Say how many have joined, of how many where that is known."""
    if session.ended_at is not None:
        return gettext("This session has ended; nobody can join any more.")
    if session.expected_students:
        return ngettext(
            "{n} of {students} has joined", "{n} of {students} have joined", session.present
        ).format(n=number(session.present), students=number(session.expected_students))
    return ngettext("{n} has joined", "{n} have joined", session.present).format(
        n=number(session.present)
    )


def warn(session: Session) -> list[Any]:
    """Return what keeps other devices from joining by this address, and what to do about it."""
    address = urlsplit(session.join_url)
    if _is_loopback(address.hostname or ""):
        told = gettext(
            "Only this computer can open this address. For other devices set ROOMTONE_HOST=0.0.0.0 "
            "and ROOMTONE_PUBLIC_URL to the address they reach, and start Roomtone again."
        )
        return [notice(told)]
    if address.scheme == "http" and session.camera:
        told = gettext(
            "Browsers give no page a camera over plain http. Put Roomtone behind https and set "
            "ROOMTONE_PUBLIC_URL to that address; until then students can only say how they follow."
        )
        return [notice(told)]
    return []


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
