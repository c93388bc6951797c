"""What happens on the list of sessions."""

from datetime import UTC, datetime
from typing import Any

import httpx
from dash import ALL, Dash, Input, Output, State, ctx, no_update
from pydantic import ValidationError

from dashboard.api import ServerProblem
from dashboard.callbacks.asking import current_api, current_viewer, explain
from dashboard.views.sessions import session_list
from dashboard.views.words import erasure, notice
from server.schemas import NewSession


def register(app: Dash, http: httpx.AsyncClient) -> None:
    """Connect the list's buttons and its clock."""
    _register_list(app, http)
    _register_start(app, http)
    _register_erase(app, http)


def _register_list(app: Dash, http: httpx.AsyncClient) -> None:
    @app.callback(
        Output("sessions", "children"),
        Output("sessions-problem", "children"),
        Output("sessions-shown", "data"),
        Input("sessions-tick", "n_intervals"),
        Input("erase-which", "data"),
        State("sessions-shown", "data"),
        running=[(Output("sessions-tick", "disabled"), True, False)],
    )
    async def refresh_list(_: int, __: str | None, shown: str | None) -> tuple[Any, ...]:
        try:
            sessions = await current_api(http).list_sessions()
        except ServerProblem as problem:
            return no_update, notice(explain(problem)), no_update
        viewer, now = current_viewer(), datetime.now(UTC)
        told = "".join(s.model_dump_json() for s in sessions) + str(now.date())
        if told == shown:
            return no_update, [], no_update
        return session_list(sessions, viewer, now), [], told


def _register_start(app: Dash, http: httpx.AsyncClient) -> None:
    @app.callback(
        Output("url", "pathname"),
        Output("start-problem", "children"),
        Input("start", "n_clicks"),
        Input("start-title", "n_submit"),
        State("start-title", "value"),
        State("start-expected", "value"),
        prevent_initial_call=True,
    )
    async def start_session(
        clicks: int | None, entered: int | None, title: str | None, expected: int | None
    ) -> tuple[Any, Any]:
        if not clicks and not entered:
            return no_update, no_update
        try:
            wish = NewSession(title=title or "", expected_students=expected or None)
        except ValidationError:
            return no_update, notice(
                "Give it a title of up to 200 characters, so that you find it again."
            )
        try:
            session = await current_api(http).start_session(wish)
        except ServerProblem as problem:
            return no_update, notice(explain(problem))
        return f"/dashboard/session/{session.session_id}", []


def _register_erase(app: Dash, http: httpx.AsyncClient) -> None:
    @app.callback(
        Output("erase", "opened"),
        Output("erase-what", "children"),
        Output("erase-which", "data"),
        Output("sessions-problem", "children", allow_duplicate=True),
        Input({"type": "erase", "session": ALL}, "n_clicks"),
        Input("erase-yes", "n_clicks"),
        Input("erase-no", "n_clicks"),
        State("erase-which", "data"),
        prevent_initial_call=True,
    )
    async def ask_or_erase(
        clicks: list[int | None], _: int | None, __: int | None, which: str | None
    ) -> tuple[Any, ...]:
        api, pressed = current_api(http), ctx.triggered_id
        try:
            if isinstance(pressed, dict) and any(clicks):
                session = await api.read_session(pressed["session"])
                return True, erasure(session), session.session_id, []
            if pressed == "erase-yes" and which:
                await api.erase_session(which)
        except ServerProblem as problem:
            return False, no_update, None, notice(explain(problem))
        closes = pressed in ("erase-yes", "erase-no")
        return (False, no_update, None, []) if closes else (no_update,) * 4
