"""A moment of a lesson that is over: what the scripts of the page need to say what was then.

The chart is drawn once for everybody; which moment somebody points at is told in their browser, by
`assets/moment.js`, from the few times and titles here and the transcript.
"""

import json
from collections.abc import Sequence
from datetime import datetime

from dash import html

from dashboard.marks import Mark
from dashboard.timeline import Stretch
from dashboard.views.words import data
from server.languages import gettext
from server.schemas import MarkerKind, Session


def moment_place() -> html.Div:
    """Return the place of the bar (`dashboard.desk.moment`), with its figures, on a page."""
    return html.Div(
        [html.Div(id="moment-place"), html.Div(id="moment-of", hidden=True)], className="only-ended"
    )


def moment_figures(session: Session, stretch: Stretch, marks: Sequence[Mark]) -> list[html.Span]:
    """Return the times of the chart and of slides and chapters, ms since 1970; none while live."""
    if session.ended_at is None:
        return []
    titles = [
        [_milliseconds(mark.at), mark.words]
        for mark in marks
        if mark.kind in (MarkerKind.SLIDE, MarkerKind.CHAPTER)
    ]
    told = {
        "start": _milliseconds(stretch.start),
        "end": _milliseconds(stretch.end),
        "begun": _milliseconds(session.started_at),
        "over": _milliseconds(session.ended_at),
        "titles": json.dumps(titles, ensure_ascii=False),
    }
    return [html.Span(**data(**told))]


def transcript_box() -> html.Div:
    """Return what is said of the transcript; `assets/transcript.js` fills it in."""
    load = html.Button(
        gettext("Load what was said"), id="transcript-ask", className="button",
        **data(opens="outline-dialog", what="transcript"),
    )  # fmt: skip
    remove = html.Button(
        gettext("Remove"), id="transcript-remove", className="button quiet", hidden=True
    )
    return html.Div(
        [
            html.Div(
                [html.H2(gettext("What was said"), className="list-title"), load],
                className="list-head",
            ),
            html.P(id="transcript-state", className="nothing"),
            remove,
            html.Div(id="transcript-of", hidden=True),
        ],
        className="transcript",
    )


def transcript_figures(session: Session) -> html.Span:
    """Return when the lesson began, ms since 1970, from which the transcript's times count."""
    return html.Span(**data(begun=_milliseconds(session.started_at)))


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)
