"""The lane of marks above the chart: names as text, each at its moment."""

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard.marks import Place
from dashboard.viewer import Viewer
from dashboard.vocabulary import kind_names
from server.schemas import MarkerKind


def marks_lane(places: Sequence[Place], viewer: Viewer) -> list[Any]:
    """Return the list of marks, oldest first; a name without room is read, not seen."""
    return [html.Ol([_mark(place, viewer) for place in places], className="marks-list")]


def _mark(place: Place, viewer: Viewer) -> html.Li:
    mark, kind = place.mark, kind_names()[place.mark.kind]
    at = viewer.tell_time(mark.at, "%H:%M:%S")
    says: list[Any] = (
        [] if mark.kind is MarkerKind.MARKER or kind == mark.words else [html.Small(kind), " "]
    )
    shown = "mark-name" if place.width is not None else "mark-name is-unseen"
    return html.Li(
        html.Span([html.Span(at, className="is-unseen"), " ", *says, mark.words]),
        className=f"{shown} is-carried" if place.carried else shown,
        title=f"{at} {kind}: {mark.words}",
        style={
            "left": f"{place.left:.2%}",
            "width": _width(place),
            "top": f"{place.level * 1.25:.2f}rem",
        },
    )


def _width(place: Place) -> str:
    if place.width is None:
        return "1px"
    last = place.left + place.width >= 1
    return f"calc({place.width:.2%} + 5rem)" if last else f"{place.width:.2%}"
