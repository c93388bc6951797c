"""Small pieces of text that several views write the same way."""

from typing import Any
from urllib.parse import quote

from dash import dcc, html

from server.languages import gettext, ngettext
from server.schemas import Session


def aria(**told: str) -> dict[str, Any]:
    """Return aria attributes: `aria(label="Mood")` is `{"aria-label": "Mood"}`."""
    return {f"aria-{name}": value for name, value in told.items()}


def data(**told: object) -> dict[str, Any]:
    """Return attributes for a page's script: `data(does="edit")` is `{"data-does": "edit"}`."""
    return {f"data-{name}": value for name, value in told.items()}


def number(value: int) -> str:
    """Write a number with thin spaces between thousands: 12 345."""
    return f"{value:,}".replace(",", "\u202f")


def course_link(session: Session) -> list[dcc.Link]:
    """Return the link to the page of a session's course; none where it belongs to none."""
    if not session.course:
        return []
    address = f"/dashboard/course/{quote(session.course, safe='')}"
    return [dcc.Link(session.course, href=address, className="course")]


def notice(text: str) -> html.P:
    """Show a calm sentence about something that did not work."""
    return html.P(text, className="notice", role="status")


def erasure(session: Session) -> str:
    """Say what erasing a session takes away."""
    frames = ngettext("{n} frame", "{n} frames", session.frames).format(n=number(session.frames))
    faces = ngettext("{n} face", "{n} faces", session.faces).format(n=number(session.faces))
    return gettext(
        "“{title}” goes for good: {frames} counted with {faces}, the mood of the whole lesson, "
        "its report, its markers, notes, slides and transcript, and its join code. Nobody can "
        "bring it back."
    ).format(title=session.title, frames=frames, faces=faces)
