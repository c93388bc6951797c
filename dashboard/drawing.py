"""The live page drawn from a mood: which pieces there are, and what each is drawn from. Pure.

Whoever brings the mood to the page (`dashboard.callbacks.live`) draws only what is new: a piece
whose data have the digest that the page already shows is left alone.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from dash import no_update

from dashboard.charts import draw_lesson, draw_mood
from dashboard.correction import describe_shown, is_corrected, show_corrected
from dashboard.timeline import (
    complete_series,
    inside,
    lesson_stretch,
    live_stretch,
    stretch_of,
)
from dashboard.view import SHIPPED_VIEW, View
from dashboard.viewer import Viewer
from dashboard.views import empty, live, moments, strip, twin
from dashboard.views.now import now_panel
from server.schemas import Mood

PARTS = {
    "class": ("live", "className"),
    "title": ("page-title", "data"),
    "band": ("band", "children"),
    "head": ("head", "children"),
    "join": ("join", "children"),
    "qr": ("qr", "children"),
    "sentence": ("sentence", "children"),
    "hint": ("hint", "children"),
    "words": ("mood-words", "aria-label"),
    "mood": ("mood", "figure"),
    "now": ("now", "children"),
    "facts": ("facts", "children"),
    "erasure": ("remove-what", "children"),
    "moments": ("marker-list", "children"),
    "outline": ("outline-list", "children"),
    "next": ("next-box", "children"),
    "profile": ("profile-now", "children"),
    "twin": ("twin", "children"),
}
"""The pieces of the page that an answer fills, each with the property that holds it."""


@dataclass(frozen=True)
class Part:
    """One piece of the page: what it is drawn from, and how. Drawn only if the former changed."""

    data: object
    draw: Callable[[], Any]

    @property
    def digest(self) -> str:
        """A short name of the data, kept in the browser to tell whether they changed."""
        return hashlib.blake2s(repr(self.data).encode(), digest_size=8).hexdigest()


def compose(
    mood: Mood, viewer: Viewer, view: View = SHIPPED_VIEW, lesson: Mood | None = None
) -> dict[str, Part]:
    """Return every part of the page for this mood.

    lesson: the mood of the whole lesson in longer buckets, for `view.whole` of a live session.
    """
    said, corrected, mood = describe_shown(mood), is_corrected(mood), show_corrected(mood)
    session, ended = mood.session, mood.session.ended_at is not None
    series = complete_series(mood)
    stretch = lesson_stretch(session, series) if ended else live_stretch(mood.now, series)
    points = inside(series, stretch)
    over = [p for p in points if ended or stretch_of(p).end < stretch_of(mood.now).end]
    of = session.expected_students or session.joined or None
    fixed = (session.title, session.join_url, session.ended_at, session.simulated)
    zone = viewer.zone
    current = moments.current_position(mood.outline, session, stretch_of(mood.now).end)
    return {
        "class": Part(ended, lambda: "live-page is-ended" if ended else "live-page"),
        "title": Part(session.title, lambda: session.title),
        "band": Part(fixed, lambda: strip.band(session)),
        "head": Part((fixed, mood.now.visible, mood.now.present, mood.now.coverage, zone),
                     lambda: strip.head(mood, viewer)),
        "join": Part(fixed, lambda: strip.join_box(session)),
        "qr": Part(fixed, lambda: strip.qr_picture(session)),
        "sentence": Part(said, lambda: live.large_sentence(said)),
        "hint": Part(
            (fixed, empty.waits_for_students(session)), lambda: empty.first_hint(session)
        ),
        "words": Part((said, ended), lambda: twin.say_chart(mood, str(said))),
        "mood": Part(
            (points, stretch, of, zone),
            lambda: _plain(
                draw_mood(points, stretch, started=session.started_at, of=of, zone=zone)
            ),
        ),
        "now": Part((mood.now.counts, mood.now.shares, ended, corrected),
                    lambda: now_panel(mood, corrected=corrected)),
        "facts": Part((session.faces, session.frames, mood.now.sources, session.joined, ended),
                      lambda: live.facts(mood)),
        "erasure": Part((session.faces, session.frames), lambda: live.question(session)),
        "moments": Part((mood.markers, zone), lambda: moments.marker_list(mood.markers, viewer)),
        "outline": Part((mood.outline, current),
                        lambda: moments.outline_list(mood.outline, current)),
        "next": Part((mood.outline, current, ended),
                     lambda: [] if ended else moments.next_button(mood.outline, current)),
        "profile": Part(mood.engagement_profile,
                        lambda: moments.profile_note(mood.engagement_profile)),
        "twin": Part((over if view.twin else None, view.twin, zone),
                     lambda: twin.twin_table(over, viewer) if view.twin else []),
    }  # fmt: skip


def redraw(
    mood: Mood,
    viewer: Viewer,
    shown: Mapping[str, str],
    view: View = SHIPPED_VIEW,
    lesson: Mood | None = None,
) -> tuple[list[Any], dict[str, str]]:
    """Draw what differs from `shown`, in the order of `PARTS`; return it with all digests."""
    parts = compose(mood, viewer, view, lesson)
    digests = {name: part.digest for name, part in parts.items()}
    drawn = [
        no_update if shown.get(name) == digests[name] else parts[name].draw() for name in PARTS
    ]
    return drawn, digests


def redraw_lesson(mood: Mood, viewer: Viewer, shown: str) -> tuple[Any, Any]:
    """Draw the whole lesson with its digest, unless it is `shown` already."""
    series, zone = complete_series(show_corrected(mood)), viewer.zone
    whole, large = lesson_stretch(mood.session, series), live_stretch(mood.now, series)
    part = Part((series, whole, zone), lambda: _plain(draw_lesson(series, whole, large, zone)))
    return (no_update, no_update) if part.digest == shown else (part.draw(), part.digest)


def _plain(figure: go.Figure) -> Any:  # noqa: ANN401  JSON
    """Return a figure as plain JSON, so that no more than writing it out is left to the loop."""
    return json.loads(figure.to_json())
