"""How a callback reaches the server: as the teacher whose browser asks."""

from dataclasses import replace

import httpx
from dash import ctx

from dashboard.api import ServerProblem, ServerUnreachable, SignedOut, TeacherApi
from dashboard.viewer import Viewer, read_viewer
from server.languages import gettext, spoken_language


def current_viewer() -> Viewer:
    """Return who is looking, from the cookies of the request this callback answers.

    The gate knows which language the browser accepts, and has it spoken here.
    """
    return replace(read_viewer(dict(ctx.cookies)), language=spoken_language())


def current_api(http: httpx.AsyncClient) -> TeacherApi:
    """Return the server as the teacher of this request sees it."""
    return TeacherApi(http, current_viewer().token)


def explain(problem: ServerProblem, last: str | None = None) -> str:
    """Say what happened; `last` is the time of what is still on screen."""
    if isinstance(problem, SignedOut):
        return gettext("You are signed out. Reload this page to sign in again.")
    if isinstance(problem, ServerUnreachable) and last:
        return gettext(
            "The Roomtone server can’t be reached. What you see is from {time}. "
            "Trying again every second."
        ).format(time=last)
    if isinstance(problem, ServerUnreachable):
        return gettext("The Roomtone server can’t be reached. Trying again every second.")
    return str(problem)
