"""The live page drawn from a mood: which pieces there are, and what each is drawn from. Pure.

Whoever brings the mood to the page (`dashboard.callbacks.live`) draws only what is new: a piece
whose data have the digest that the page already shows is left alone.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

from dash import no_update

from dashboard.alert import find_changes
from dashboard.answers import describe_answers
from dashboard.charts import Scene, draw_lesson, draw_mood
from dashboard.correction import describe_shown, is_corrected, show_corrected
from dashboard.marks import collect_marks, place_marks, place_notes
from dashboard.plain import PROPERTY, write_plain
from dashboard.rows import report_stretch
from dashboard.timeline import (
    Stretch,
    complete_series,
    inside,
    lesson_stretch,
    live_stretch,
    stretch_of,
)
from dashboard.view import SHIPPED_VIEW, View
from dashboard.viewer import Viewer
from dashboard.views import empty, live, moments, strip, twin
from dashboard.views.alert import alert_box
from dashboard.views.engagement import engagement_panel, formula
from dashboard.views.marks import marks_lane
from dashboard.views.moment import moment_figures, transcript_figures
from dashboard.views.notes import note_list
from dashboard.views.now import now_panel
from dashboard.views.said import said_panel
from server.languages import speaking, spoken_language
from server.schemas import MarkerKind, Mood, MoodPoint, Wire

PARTS = {
    "class": ("live", "className"),
    "title": ("page-title", "data"),
    "band": ("band", "children"),
    "head": ("head", "children"),
    "join": ("join", "children"),
    "qr": ("qr", "children"),
    "sentence": ("sentence", "children"),
    "alert": ("alert", "children"),
    "hint": ("hint", "children"),
    "words": ("mood-words", "aria-label"),
    "height": ("mood-words", "style"),
    "marks": ("marks", PROPERTY),
    "mood": ("mood", "figure"),
    "now": ("now", "children"),
    "said": ("said", "children"),
    "engagement": ("engagement", "children"),
    "formula": ("formula", "children"),
    "facts": ("facts", "children"),
    "erasure": ("remove-what", "children"),
    "moments": ("marker-list", PROPERTY),
    "outline": ("outline-list", PROPERTY),
    "next": ("next-box", "children"),
    "profile": ("profile-now", "children"),
    "report": ("report-of", "data"),
    "notes": ("note-list", PROPERTY),
    "moment": ("moment-of", "children"),
    "said-of": ("transcript-of", "children"),
    "twin": ("twin", PROPERTY),
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
        told = (spoken_language(), self.data)
        return hashlib.blake2s(_write(told).encode(), digest_size=8).hexdigest()


def _write(data: object) -> str:
    """Write data out, each piece as fast as its kind allows; `repr` takes ten times as long."""
    if isinstance(data, Wire):
        return data.model_dump_json()
    if isinstance(data, Scene):
        return _write([getattr(data, field.name) for field in fields(data)])
    if isinstance(data, list | tuple):
        return "\x1f".join(map(_write, data))
    return repr(data)


def compose(
    mood: Mood, viewer: Viewer, view: View = SHIPPED_VIEW, lesson: Mood | None = None
) -> dict[str, Part]:
    """Return every part of the page for this mood.

    lesson: the mood of the whole lesson in longer buckets, for `view.whole` of a live session.
    """
    plain, corrected, mood = mood, is_corrected(mood), show_corrected(mood)
    said = describe_shown(plain) if mood.session.camera else describe_answers(mood)
    session, ended = mood.session, mood.session.ended_at is not None
    scene = _set_scene(mood, view, lesson)
    fixed = (session.title, session.course, session.join_url, session.ended_at, session.simulated)
    zone, now = viewer.zone, mood.now
    current = (None if ended else
               moments.current_position(mood.outline, session, stretch_of(now).end))  # fmt: skip
    changes = find_changes(plain, view.alert_points)
    places = place_marks(scene.marks, scene.stretch)
    signs = place_notes(scene.marks, scene.stretch)
    notes = [m for m in mood.markers if m.kind is MarkerKind.NOTE]
    dividing = [m for m in mood.markers if m.kind is not MarkerKind.NOTE]
    reported = Part((fixed, session.expected_students, dividing, mood.outline,
                     mood.engagement_profile), str)  # fmt: skip
    over = [p for p in scene.points if ended or stretch_of(p).end < stretch_of(now).end]
    over = inside(over, scene.stretch)
    answered = [r for r in scene.reports if ended or report_stretch(r).end <= stretch_of(now).end]
    table = replace(scene, points=over, reports=answered)
    kind, whole = _page_kind(mood, view), ended or view.whole
    chart = cache(lambda: draw_mood(scene, zone, curves=view.curves))
    return {
        "class": Part(kind, lambda: kind),
        "title": Part(session.title, lambda: session.title),
        "band": Part(fixed, lambda: strip.band(session)),
        "head": Part((fixed, now.visible, now.present, now.coverage, zone),
                     lambda: strip.head(mood, viewer)),
        "join": Part(fixed, lambda: strip.join_box(session)),
        "qr": Part(fixed, lambda: strip.qr_picture(session)),
        "sentence": Part(said, lambda: live.large_sentence(said)),
        "alert": Part((changes, zone), lambda: alert_box(changes, viewer)),
        "hint": Part(
            (fixed, empty.waits_for_students(session)), lambda: empty.first_hint(session)
        ),
        "words": Part((said, kind), lambda: twin.say_chart(mood, str(said), whole=whole)),
        "height": Part((kind, view.curves), lambda: {"height": f"{chart().height}px"}),
        "marks": Part((places, signs, zone), lambda: marks_lane(places, viewer, signs)),
        "mood": Part((scene, zone, view.curves), lambda: chart().finish()),
        "now": Part((now.counts, now.shares, now.seconds, kind, corrected, ended and mood.series),
                    lambda: now_panel(mood, corrected=corrected)),
        "said": Part((mood.self_report_now, kind, ended and mood.self_reports),
                     lambda: said_panel(mood)),
        "engagement": Part((mood.engagement_profile, now.engagement, kind),
                           lambda: engagement_panel(mood)),
        "formula": Part((mood.engagement_profile, plain.now, kind),
                        lambda: formula(plain)),
        "facts": Part((session.faces, session.frames, now.sources, session.joined, ended),
                      lambda: live.facts(mood)),
        "erasure": Part((session.faces, session.frames), lambda: live.question(session)),
        "moments": Part((dividing, zone, ended),
                        lambda: moments.marker_list(dividing, viewer, ended=ended)),
        "notes": Part((notes, zone), lambda: note_list(notes, viewer)),
        "moment": Part((scene.stretch, fixed, scene.marks) if ended else None,
                       lambda: moment_figures(session, scene.stretch, scene.marks)),
        "said-of": Part(session.started_at, lambda: transcript_figures(session)),
        "report": Part((ended, reported.digest), lambda: reported.digest if ended else ""),
        "outline": Part((mood.outline, current, session.started_at, zone, ended),
                        lambda: write_plain(moments.outline_words(mood.outline, session, viewer)
                        + moments.outline_list(mood.outline, current, ended=ended))),
        "next": Part((mood.outline, ended),
                     lambda: [] if ended else moments.next_button(mood.outline)),
        "profile": Part(mood.engagement_profile,
                        lambda: moments.profile_note(mood.engagement_profile)),
        "twin": Part((over, answered, scene.marks, zone) if view.twin else None,
                     lambda: twin.twin_tables(table, viewer) if view.twin else write_plain([])),
    }  # fmt: skip


def redraw(
    mood: Mood,
    viewer: Viewer,
    shown: Mapping[str, str],
    view: View = SHIPPED_VIEW,
    lesson: Mood | None = None,
) -> tuple[list[Any], dict[str, str]]:
    """Draw what differs from `shown`, in the order of `PARTS`; return it with all digests."""
    with speaking(viewer.language):
        parts = compose(mood, viewer, view, lesson)
        digests = {name: part.digest for name, part in parts.items()}
        drawn = [
            no_update if shown.get(name) == digests[name] else parts[name].draw() for name in PARTS
        ]
    return drawn, digests


def redraw_lesson(mood: Mood, viewer: Viewer, shown: str) -> tuple[Any, Any]:
    """Draw the whole lesson with its digest, unless it is `shown` already."""
    mood = show_corrected(mood)
    scene = _scene(mood, complete_series(mood))
    large = live_stretch(mood.now, scene.points)
    part = Part((scene, viewer.zone), lambda: draw_lesson(scene, large, viewer.zone).finish())
    with speaking(viewer.language):
        digest = part.digest
        return (no_update, no_update) if digest == shown else (part.draw(), digest)


def _set_scene(mood: Mood, view: View, lesson: Mood | None) -> Scene:
    """Return what the large chart shows: the last minutes, or all of the lesson."""
    series = complete_series(mood)
    if mood.session.ended_at is not None:
        return _scene(mood, series)
    if view.whole and lesson is not None:
        shown = show_corrected(lesson)
        return _scene(shown, complete_series(shown))
    return _scene(mood, series, live_stretch(mood.now, series))


def _scene(mood: Mood, series: list[MoodPoint], stretch: Stretch | None = None) -> Scene:
    stretch = stretch or lesson_stretch(mood.session, series, mood.self_reports)
    marks, reports = collect_marks(mood), mood.self_reports
    over = mood.session.ended_at or stretch_of(mood.now).end
    until = min(stretch.end, max([over, *[stretch_of(p).end for p in series[-1:]]]))
    return Scene(mood.session, stretch, series, reports, marks, mood.engagement_profile, until)


def _page_kind(mood: Mood, view: View) -> str:
    """Return the page's classes, by which the style sheet leaves out what has no place."""
    kinds = ["live-page"]
    if mood.session.ended_at is not None:
        kinds.append("is-ended")
    elif view.whole:
        kinds.append("is-whole")
    if not mood.session.camera:
        kinds.append("is-without-camera")
    return " ".join(kinds)
