"""The lane of marks above the chart: names as text, each at its moment."""

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard.marks import Place, Sign
from dashboard.plain import write_plain
from dashboard.viewer import Viewer
from dashboard.views.words import aria
from dashboard.vocabulary import kind_names
from server.languages import gettext, ngettext
from server.schemas import MarkerKind

MOST_SHOWN = 120
"""Of a note so many letters at most are told in passing."""


def marks_lane(places: Sequence[Place], viewer: Viewer, signs: Sequence[Sign] = ()) -> str:
    """Write the list of marks, oldest first, and the signs of notes under it.

    A name without room is read, not seen.
    """
    lane: list[Any] = [html.Ol([_mark(place, viewer) for place in places], className="marks-list")]
    if signs:
        lane.append(html.Ol([_sign(sign, viewer) for sign in signs], className="note-signs"))
    return write_plain(lane)


def _sign(sign: Sign, viewer: Viewer) -> html.Li:
    number = len(sign.notes)
    says = ngettext("{n} note", "{n} notes", number).format(n=number)
    told = [f"{viewer.tell_time(n.at, '%H:%M:%S')} {_shorten(n.words)}" for n in sign.notes]
    return html.Li(
        [
            html.Span("\u270e", **aria(hidden="true")),
            html.Span(str(number), **aria(hidden="true")) if number > 1 else None,
            html.Span(f"{viewer.tell_time(sign.notes[0].at, '%H:%M:%S')} {says}",
                      className="is-unseen"),
        ],
        title="\n".join([gettext("Notes"), *told]),
        style={"left": f"{sign.left:.2%}"},
    )  # fmt: skip


def _shorten(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= MOST_SHOWN else f"{line[: MOST_SHOWN - 1]}…"


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
