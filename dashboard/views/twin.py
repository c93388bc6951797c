"""The charts' twin: the same numbers as a table, for readers whom a picture does not serve."""

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard.palette import TOP_TO_BOTTOM
from dashboard.sentence import find_dominant
from dashboard.viewer import Viewer
from server.schemas import Mood, MoodPoint


def twin_table(points: Sequence[MoodPoint], viewer: Viewer) -> html.Table:
    """Return one row a bucket, newest first."""
    heads = ["From", "Visible", "Most common", *(f"{e}, %" for e in TOP_TO_BOTTOM)]
    return html.Table(
        [
            html.Thead(html.Tr([html.Th(head, scope="col") for head in heads])),
            html.Tbody([_row(point, viewer) for point in reversed(points)]),
        ]
    )


def _row(point: MoodPoint, viewer: Viewer) -> html.Tr:
    first = html.Th(viewer.tell_time(point.start, "%H:%M:%S"), scope="row")
    if point.shares is None:
        words = html.Td("not enough faces", colSpan=1 + len(TOP_TO_BOTTOM), className="unknown")
        return html.Tr([first, html.Td(point.visible), words], **_names(point))
    shares = [html.Td(f"{point.shares[e].share * 100:.0f}") for e in TOP_TO_BOTTOM]
    most = html.Td(str(find_dominant(point.shares)))
    return html.Tr([first, html.Td(point.visible), most, *shares], **_names(point))


def _names(point: MoodPoint) -> dict[str, Any]:
    """Return the attribute by which `assets/place.js` knows a row again."""
    return {"data-at": int(point.start.timestamp())}


def say_chart(mood: Mood, sentence: str) -> str:
    """Describe the large chart in words, for a screen reader."""
    stretch = "the whole lesson" if mood.session.ended_at else "the last five minutes"
    return f"Shares of each expression over {stretch}. {sentence} A table with all numbers follows."
