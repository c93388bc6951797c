"""Answers what no route answers, before a dashboard's catch-all can."""

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from starlette.routing import Match

from server.errors import problem

_ANY_CALL = "/api/{rest:path}"
_METHODS = ["DELETE", "GET", "PATCH", "POST", "PUT"]


def answer_the_rest(app: FastAPI) -> None:
    """Answer unknown calls of the API with a sentence, and the bare address with the dashboard."""

    @app.api_route(_ANY_CALL, methods=_METHODS, include_in_schema=False)
    async def answer_unknown_call(request: Request, rest: str) -> Response:
        allowed = _methods_at(request)
        if allowed:
            detail = f"{request.method} is not possible at /api/{rest}. /docs lists every call."
            return problem(405, detail, {"Allow": ", ".join(allowed)})
        return problem(404, f"There is no {request.method} /api/{rest}. /docs lists every call.")

    @app.get("/", include_in_schema=False)
    async def go_to_dashboard() -> Response:
        return RedirectResponse("/dashboard/")


def _methods_at(request: Request) -> list[str]:
    """Return the methods that are possible at the address; none where there is nothing."""
    routes = [each for each in request.app.router.routes if getattr(each, "path", "") != _ANY_CALL]
    return [
        method
        for method in _METHODS
        if any(
            each.matches({**request.scope, "method": method})[0] is Match.FULL for each in routes
        )
    ]
