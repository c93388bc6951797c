"""What happens on the pages of courses and of comparisons: one question, one answer."""

from typing import Any
from urllib.parse import parse_qs

import httpx
from dash import Dash, Input, Output, State

from dashboard.api import ServerProblem
from dashboard.callbacks.asking import current_api, current_viewer, explain
from dashboard.plain import plain
from dashboard.views.compare import comparison, nothing_chosen
from dashboard.views.course import course_lessons, no_course
from dashboard.views.words import notice
from server.languages import gettext
from server.schemas import MOST_COMPARED


def register(app: Dash, http: httpx.AsyncClient) -> None:
    """Connect both pages to the server."""

    @app.callback(
        Output("compare", "children"),
        Output("page-title", "data", allow_duplicate=True),
        Input("compare-aligned", "value"),
        State("url", "search"),
        prevent_initial_call="initial_duplicate",
    )
    async def compare_sessions(aligned_by: str, search: str | None) -> tuple[Any, Any]:
        title = gettext("Lessons beside each other")
        chosen = parse_qs((search or "").removeprefix("?")).get("session", [])
        if not chosen:
            return nothing_chosen(), title
        try:
            told = await current_api(http).read_comparison(chosen, aligned_by)
        except ServerProblem as problem:
            return notice(explain(problem)), title
        return plain(comparison(told, current_viewer())), title

    @app.callback(
        Output("course", "children"),
        Output("page-title", "data", allow_duplicate=True),
        Input("course-name", "data"),
        prevent_initial_call="initial_duplicate",
    )
    async def show_course(course: str) -> tuple[Any, Any]:
        api = current_api(http)
        try:
            known = [each for each in await api.list_sessions() if each.course == course]
            if not known:
                return no_course(), course
            newest = [each.session_id for each in known[:MOST_COMPARED]]
            told = await api.read_comparison(newest, "time")
        except ServerProblem as problem:
            return notice(explain(problem)), course
        return plain(course_lessons(told, len(known), current_viewer())), course
