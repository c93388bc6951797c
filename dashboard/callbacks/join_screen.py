"""What happens on the join screen: every two seconds one question, who has joined."""

from typing import Any

import httpx
from dash import Dash, Input, Output, State, no_update

from dashboard.api import ServerProblem, SessionGone, SignedOut
from dashboard.callbacks.asking import current_api, explain
from dashboard.views import empty
from dashboard.views.join_screen import how_to_join, joined_words, warn
from dashboard.views.words import notice

STOP, GO_ON = 0, -1


def register(app: Dash, http: httpx.AsyncClient) -> None:
    """Connect the screen's clock."""

    @app.callback(
        Output("join-screen-how", "children"),
        Output("join-screen-joined", "children"),
        Output("join-screen-warning", "children"),
        Output("join-screen-problem", "children"),
        Output("join-screen-tick", "max_intervals"),
        Output("join-screen-shown", "data"),
        Output("page-title", "data", allow_duplicate=True),
        Input("join-screen-tick", "n_intervals"),
        State("join-screen-session", "data"),
        State("join-screen-shown", "data"),
        running=[(Output("join-screen-tick", "disabled"), True, False)],
        prevent_initial_call="initial_duplicate",
    )
    async def refresh(_: int, session_id: str, shown: str) -> tuple[Any, ...]:
        try:
            session = await current_api(http).read_session(session_id)
        except SessionGone:
            return [], "", [], empty.gone(), STOP, "", no_update
        except ServerProblem as problem:
            stop = STOP if isinstance(problem, SignedOut) else GO_ON
            return *[no_update] * 3, notice(explain(problem)), stop, no_update, no_update
        ended = session.ended_at is not None
        now = f"{session.join_url} {session.title} {ended}"
        how = (no_update, no_update) if now == shown else (
            [] if ended else how_to_join(session), [] if ended else warn(session)
        )  # fmt: skip
        pace = STOP if ended else GO_ON
        return how[0], joined_words(session), how[1], [], pace, now, session.title
