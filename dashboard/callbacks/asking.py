"""How a callback reaches the server: as the teacher whose browser asks."""

import httpx
from dash import ctx

from dashboard.api import ServerProblem, ServerUnreachable, SignedOut, TeacherApi
from dashboard.viewer import Viewer, read_viewer


def current_viewer() -> Viewer:
    """Return who is looking, from the cookies of the request this callback answers."""
    return read_viewer(dict(ctx.cookies))


def current_api(http: httpx.AsyncClient) -> TeacherApi:
    """Return the server as the teacher of this request sees it."""
    return TeacherApi(http, current_viewer().token)


def explain(problem: ServerProblem, last: str | None = None) -> str:
    """Say what happened; `last` is the time of what is still on screen."""
    if isinstance(problem, SignedOut):
        return "You are signed out. Reload this page to sign in again."
    if isinstance(problem, ServerUnreachable):
        shown = f" What you see is from {last}." if last else ""
        return f"{problem}{shown} Trying again every second."
    return str(problem)
