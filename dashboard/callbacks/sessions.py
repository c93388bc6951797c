"""What happens on the list of sessions.

Whoever moves through the list by keyboard must not lose the place: while a lesson runs only the
numbers of its row are exchanged, and the rows themselves stay as long as they say the same.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, cast

import httpx
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, no_update

from dashboard.api import ServerProblem
from dashboard.callbacks.asking import current_api, current_viewer, explain
from dashboard.plain import PROPERTY, tell
from dashboard.views.sessions import NEWEST, more_words, row_numbers, session_list
from dashboard.views.start import TypedWish, WrongWish
from dashboard.views.strip import join_address
from dashboard.views.words import erasure, notice
from server.schemas import Session


def register(app: Dash, http: httpx.AsyncClient) -> None:
    """Connect the list's buttons and its clock."""
    _register_list(app, http)
    _register_start(app, http)
    _register_erase(app, http)


def _register_list(app: Dash, http: httpx.AsyncClient) -> None:
    @app.callback(
        Output("sessions", PROPERTY),
        Output("sessions-numbers", "data"),
        Output("show-all", "children"),
        Output("show-all", "hidden"),
        Output("sessions-problem", "children"),
        Output("sessions-shown", "data"),
        Input("sessions-tick", "n_intervals"),
        Input("erase-which", "data"),
        Input("show-all", "n_clicks"),
        State("sessions-shown", "data"),
        running=[(Output("sessions-tick", "disabled"), True, False)],
    )
    async def refresh_list(
        _: int, __: str | None, more: int | None, shown: dict[str, Any] | None
    ) -> tuple[Any, ...]:
        try:
            known = await current_api(http).list_sessions()
        except ServerProblem as problem:
            return *[no_update] * 4, notice(explain(problem)), no_update
        opened, viewer, now = bool(more and more % 2), current_viewer(), datetime.now(UTC)
        listed = known if opened else known[:NEWEST]
        button = more_words(len(known), opened=opened), len(known) <= NEWEST
        rows, numbers = _tell_rows(listed, now.date()), _tell_numbers(listed)
        told = {"rows": rows, "numbers": numbers}
        if shown is None or shown["rows"] != rows:
            return session_list(listed, viewer, now), {}, *button, [], told
        changed = {
            s.session_id: tell(row_numbers(s))
            for s in listed
            if numbers[s.session_id] != shown["numbers"].get(s.session_id)
        }
        if not changed:
            return no_update, no_update, *button, [], no_update
        return no_update, changed, *button, [], told

    cast("Any", app).clientside_callback(
        ClientsideFunction("roomtone", "fillRows"),
        Input("sessions-numbers", "data"),
        prevent_initial_call=True,
    )


def _tell_rows(sessions: Sequence[Session], today: date) -> str:
    """Return all that the rows say but their numbers, which change while a lesson runs."""
    lasting = [(s.session_id, s.title, s.course, s.ended_at, s.simulated) for s in sessions]
    return hashlib.blake2s(repr((lasting, today)).encode(), digest_size=8).hexdigest()


def _tell_numbers(sessions: Sequence[Session]) -> dict[str, list[int]]:
    return {s.session_id: [s.joined, s.frames, s.faces] for s in sessions}


def _register_start(app: Dash, http: httpx.AsyncClient) -> None:
    @app.callback(
        Output("url", "pathname"),
        Output("start-problem", "children"),
        Input("start", "n_clicks"),
        Input("start-title", "n_submit"),
        Input("start-course", "n_submit"),
        Input("start-expected", "n_submit"),
        Input("start-seconds", "n_submit"),
        State("start-title", "value"),
        State("start-course", "value"),
        State("start-expected", "value"),
        State("start-seconds", "value"),
        State("start-bucket", "value"),
        State("start-camera", "checked"),
        State("start-self-report", "checked"),
        prevent_initial_call=True,
    )
    async def start_session(
        *given: Any,  # noqa: ANN401  five triggers, then the fields in their order
    ) -> tuple[Any, Any]:
        pressed, typed = given[:5], given[5:]
        if not any(pressed):
            return no_update, no_update
        try:
            session = await current_api(http).start_session(TypedWish(*typed).read())
        except WrongWish as wrong:
            return no_update, notice(str(wrong))
        except ServerProblem as problem:
            return no_update, notice(explain(problem))
        return join_address(session.session_id), []


def _register_erase(app: Dash, http: httpx.AsyncClient) -> None:
    @app.callback(
        Output("erase", "opened"),
        Output("erase-what", "children"),
        Output("erase-which", "data"),
        Output("sessions-problem", "children", allow_duplicate=True),
        Input("erase-ask", "data"),
        Input("erase-yes", "n_clicks"),
        Input("erase-no", "n_clicks"),
        State("erase-which", "data"),
        prevent_initial_call=True,
    )
    async def ask_or_erase(
        asked: dict[str, Any] | None, _: int | None, __: int | None, which: str | None
    ) -> tuple[Any, ...]:
        api, pressed = current_api(http), ctx.triggered_id
        try:
            if pressed == "erase-ask" and asked:
                session = await api.read_session(asked["session"])
                return True, erasure(session), session.session_id, []
            if pressed == "erase-yes" and which:
                await api.erase_session(which)
        except ServerProblem as problem:
            return False, no_update, None, notice(explain(problem))
        closes = pressed in ("erase-yes", "erase-no")
        return (False, no_update, None, []) if closes else (no_update,) * 4
