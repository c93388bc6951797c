"""What happens on the live page: each second one question, and only what is new is drawn.

Drawing takes tens of milliseconds and the event loop takes the frames of the whole class, so all
of it happens in a thread.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import plotly.graph_objects as go
from dash import Dash, Input, Output, State, ctx, no_update

from dashboard.api import ServerProblem, SessionGone, SignedOut, TeacherApi
from dashboard.callbacks.asking import current_api, current_viewer, explain
from dashboard.charts import draw_lesson, draw_mood
from dashboard.correction import describe_shown, is_corrected, show_corrected
from dashboard.timeline import (
    REACH_BACK,
    complete_series,
    inside,
    lesson_bucket,
    lesson_stretch,
    live_stretch,
    stretch_of,
)
from dashboard.viewer import Viewer
from dashboard.views import empty, live, twin
from dashboard.views.now import now_panel
from dashboard.views.words import notice
from server.schemas import Mood

CLOCK_SLACK = timedelta(seconds=5)
STOP, GO_ON = 0, -1  # ticks left; `disabled` is taken: it rests a clock until it is answered

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


def register(app: Dash, http: httpx.AsyncClient) -> None:
    """Connect the page's clock and its buttons."""
    _register_tick(app, http)
    _register_lesson(app, http)
    _register_actions(app, http)


def compose(mood: Mood, viewer: Viewer, *, with_twin: bool) -> dict[str, Part]:
    """Return every part of the page for this mood."""
    said, corrected, mood = describe_shown(mood), is_corrected(mood), show_corrected(mood)
    session, ended = mood.session, mood.session.ended_at is not None
    series = complete_series(mood)
    stretch = lesson_stretch(session, series) if ended else live_stretch(mood.now, series)
    points = inside(series, stretch)
    over = [p for p in points if ended or stretch_of(p).end < stretch_of(mood.now).end]
    of = session.expected_students or session.joined or None
    fixed = (session.title, session.join_url, session.ended_at, session.simulated)
    zone = viewer.zone
    return {
        "class": Part(ended, lambda: "live-page is-ended" if ended else "live-page"),
        "title": Part(session.title, lambda: session.title),
        "band": Part(fixed, lambda: live.band(session)),
        "head": Part((fixed, mood.now.visible, of, zone), lambda: live.head(mood, viewer)),
        "join": Part(fixed, lambda: live.join_box(session)),
        "qr": Part(fixed, lambda: live.qr_picture(session)),
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
        "twin": Part((over if with_twin else None, with_twin, zone),
                     lambda: twin.twin_table(over, viewer) if with_twin else []),
    }  # fmt: skip


def redraw(
    mood: Mood, viewer: Viewer, shown: Mapping[str, str], *, with_twin: bool
) -> tuple[list[Any], dict[str, str]]:
    """Draw what differs from `shown`, in the order of `PARTS`; return it with all digests."""
    parts = compose(mood, viewer, with_twin=with_twin)
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


async def read_shown_mood(api: TeacherApi, session_id: str) -> Mood:
    """Read what the page shows: the last minutes of a live session, all of an ended one.

    Asks again where this machine's clock runs ahead of the server's, which decides.
    """
    since = datetime.now(UTC) - REACH_BACK
    mood = await api.read_mood(session_id, since=since)
    if mood.session.ended_at is not None:
        bucket = lesson_bucket(mood.session, mood.session.ended_at)
        return await api.read_mood(session_id, bucket_s=bucket)
    due = mood.now.start - REACH_BACK
    return await api.read_mood(session_id, since=due) if due < since - CLOCK_SLACK else mood


def _plain(figure: go.Figure) -> Any:  # noqa: ANN401  JSON
    """Return a figure as plain JSON, so that no more than writing it out is left to the loop."""
    return json.loads(figure.to_json())


def _register_tick(app: Dash, http: httpx.AsyncClient) -> None:
    @app.callback(
        *[Output(*place) for place in PARTS.values()],
        Output("live-problem", "children"),
        Output("tick", "max_intervals"),
        Output("shown", "data"),
        Input("tick", "n_intervals"),
        Input("twin-open", "data"),
        State("session-id", "data"),
        State("shown", "data"),
        running=[(Output("tick", "disabled"), True, False)],
    )
    async def refresh(_: int, twin_open: bool, session_id: str, shown: dict[str, str]) -> list[Any]:  # noqa: FBT001
        viewer, still = current_viewer(), [no_update] * len(PARTS)
        try:
            mood = await read_shown_mood(current_api(http), session_id)
        except SessionGone as problem:
            left = {"class": "live-page is-gone", "title": "No session here"}
            drawn = [left.get(name, no_update) for name in PARTS]
            return [*drawn, empty.gone(str(problem)), STOP, {}]
        except ServerProblem as problem:
            words = explain(problem, shown.get("at"))
            stop = STOP if isinstance(problem, SignedOut) else GO_ON
            said: Any = no_update if shown.get("problem") == words else notice(words)
            return [*still, said, stop, {**shown, "problem": words}]
        drawn, digests = await asyncio.to_thread(
            redraw, mood, viewer, shown, with_twin=bool(twin_open)
        )
        said = [] if shown.get("problem") else no_update
        at = viewer.tell_time(datetime.now(UTC), "%H:%M:%S")
        pace = STOP if mood.session.ended_at else GO_ON
        return [*drawn, said, pace, {**digests, "at": at}]


def _register_lesson(app: Dash, http: httpx.AsyncClient) -> None:
    @app.callback(
        Output("lesson", "figure"),
        Output("slow-tick", "max_intervals"),
        Output("lesson-shown", "data"),
        Input("slow-tick", "n_intervals"),
        State("session-id", "data"),
        State("lesson-shown", "data"),
        running=[(Output("slow-tick", "disabled"), True, False)],
    )
    async def refresh_lesson(_: int, session_id: str, shown: str) -> tuple[Any, Any, Any]:
        api, viewer = current_api(http), current_viewer()
        try:
            session = await api.read_session(session_id)
            bucket = lesson_bucket(session, datetime.now(UTC))
            mood = await api.read_mood(session_id, bucket_s=bucket)
        except (SessionGone, SignedOut):
            return no_update, STOP, no_update  # the faster clock says so on the page
        except ServerProblem:
            return (no_update,) * 3
        pace = STOP if session.ended_at else GO_ON
        figure, digest = await asyncio.to_thread(redraw_lesson, mood, viewer, shown)
        return figure, pace, digest


def _register_actions(app: Dash, http: httpx.AsyncClient) -> None:
    @app.callback(
        Output("end-modal", "opened"),
        Output("remove-modal", "opened"),
        Output("url", "pathname", allow_duplicate=True),
        Output("action-problem", "children"),
        Input("end-ask", "n_clicks"),
        Input("end-no", "n_clicks"),
        Input("end-yes", "n_clicks"),
        Input("remove-ask", "n_clicks"),
        Input("remove-no", "n_clicks"),
        Input("remove-yes", "n_clicks"),
        State("session-id", "data"),
        prevent_initial_call=True,
    )
    async def act(*given: Any) -> tuple[Any, ...]:  # noqa: ANN401  six clicks that only trigger
        api, session_id, pressed = current_api(http), given[-1], ctx.triggered_id
        if not ctx.triggered or not ctx.triggered[0]["value"]:
            return (no_update,) * 4
        try:
            if pressed == "end-yes":
                await api.end_session(session_id)
            if pressed == "remove-yes":
                await api.erase_session(session_id)
                return False, False, "/dashboard/", []
        except ServerProblem as problem:
            return False, False, no_update, notice(explain(problem))
        return pressed == "end-ask", pressed == "remove-ask", no_update, []

    @app.callback(
        Output("qr-modal", "opened"), Input("qr-ask", "n_clicks"), prevent_initial_call=True
    )
    def show_qr(clicks: int | None) -> bool:
        return bool(clicks)
