"""Passes /dashboard/ on to a dashboard that is a process of its own, so that one port is enough.

Plain HTTP only: the dashboard polls and needs no websocket.
"""

from collections.abc import Mapping
from http import HTTPStatus

import httpx
from fastapi import FastAPI, Request, Response

from server.errors import problem

_HOP_BY_HOP = frozenset(
    {
        "connection",
        "content-encoding",
        "content-length",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers of one connection (RFC 9110, section 7.6.1), and those that httpx makes anew."""


def forward_dashboard(app: FastAPI, client: httpx.AsyncClient) -> None:
    """Answer /dashboard/… with what the dashboard at `client.base_url` answers."""

    @app.api_route(
        "/dashboard/{rest:path}", methods=["GET", "HEAD", "POST"], include_in_schema=False
    )
    async def forward(request: Request, rest: str) -> Response:
        try:
            answer = await client.request(
                request.method,
                f"/dashboard/{rest}",
                params=str(request.query_params),
                headers=_keep(request.headers),
                content=await request.body(),
            )
        except httpx.HTTPError:
            return problem(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "The dashboard can't be reached. Check that `roomtone dashboard` runs and that "
                "ROOMTONE_DASHBOARD is its address.",
            )
        response = Response(answer.content, answer.status_code)
        for name, value in answer.headers.multi_items():
            if name.lower() not in _HOP_BY_HOP:
                response.headers.append(name, value)
        return response


def _keep(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _HOP_BY_HOP}
