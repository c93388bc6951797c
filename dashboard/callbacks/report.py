"""What happens when a session has ended: its report is read, in words, onto the page."""

from typing import Any

import httpx
from dash import Dash, Input, Output, State, no_update

from dashboard.api import ServerProblem
from dashboard.callbacks.asking import current_api, current_viewer, explain
from dashboard.views.report import report_problem, report_words


def register(app: Dash, http: httpx.AsyncClient) -> None:
    """Connect the report to what it is of, and its button to try again."""

    @app.callback(
        Output("report-words", "children"),
        Output("report-again", "hidden"),
        Input("report-of", "data"),
        Input("report-again", "n_clicks"),
        State("session-id", "data"),
    )
    async def read(told_of: str, _: int | None, session_id: str) -> tuple[Any, Any]:
        if not told_of:  # the lesson runs
            return no_update, no_update
        try:
            report = await current_api(http).read_report(session_id)
        except ServerProblem as problem:
            return report_problem(explain(problem)), False
        return report_words(report, current_viewer()), True
