"""What happens on the live page: each second one question, and only what is new is drawn.

Drawing takes tens of milliseconds and the event loop takes the frames of the whole class, so all
of it happens in a thread.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from dash import Dash, Input, Output, State, ctx, no_update

from dashboard.api import ServerProblem, SessionGone, SignedOut, TeacherApi
from dashboard.callbacks.asking import current_api, current_viewer, explain
from dashboard.drawing import PARTS, redraw, redraw_lesson
from dashboard.timeline import REACH_BACK, lesson_bucket, stretch_of
from dashboard.view import read_view
from dashboard.views import empty
from dashboard.views.words import notice
from server.languages import gettext
from server.schemas import Mood

CLOCK_SLACK = timedelta(seconds=5)
STOP, GO_ON = 0, -1  # ticks left; `disabled` is taken: it rests a clock until it is answered


def register(app: Dash, http: httpx.AsyncClient) -> None:
    """Connect the page's clock and its buttons."""
    _register_tick(app, http)
    _register_lesson(app, http)
    _register_actions(app, http)


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


async def read_lesson(api: TeacherApi, mood: Mood) -> Mood | None:
    """Read the whole lesson in longer buckets while it is live; an ended one is `mood` already."""
    session = mood.session
    if session.ended_at is not None:
        return None
    bucket = lesson_bucket(session, stretch_of(mood.now).end)
    return await api.read_mood(session.session_id, bucket_s=bucket)


def _register_tick(app: Dash, http: httpx.AsyncClient) -> None:
    @app.callback(
        *[Output(*place) for place in PARTS.values()],
        Output("live-problem", "children"),
        Output("tick", "max_intervals"),
        Output("shown", "data"),
        Input("tick", "n_intervals"),
        Input("view", "data"),
        State("session-id", "data"),
        State("shown", "data"),
        running=[(Output("tick", "disabled"), True, False)],
    )
    async def refresh(
        _: int, chosen: dict[str, Any], session_id: str, shown: dict[str, str]
    ) -> list[Any]:
        viewer, still = current_viewer(), [no_update] * len(PARTS)
        try:
            mood, view = await read_shown_mood(current_api(http), session_id), read_view(chosen)
            lesson = await read_lesson(current_api(http), mood) if view.whole else None
        except SessionGone:
            left = {"class": "live-page is-gone", "title": gettext("No session here")}
            drawn = [left.get(name, no_update) for name in PARTS]
            return [*drawn, empty.gone(), STOP, {}]
        except ServerProblem as problem:
            words = explain(problem, shown.get("at"))
            stop = STOP if isinstance(problem, SignedOut) else GO_ON
            said: Any = no_update if shown.get("problem") == words else notice(words)
            return [*still, said, stop, {**shown, "problem": words}]
        drawn, digests = await asyncio.to_thread(redraw, mood, viewer, shown, view, lesson)
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
