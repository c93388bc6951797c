"""Routes: parse, call, answer. Everything else is elsewhere."""

from typing import Any

from server.schemas import Problem

PROBLEMS: dict[int, str] = {
    400: "The body is not a readable picture.",
    401: "No token, or one that is not valid any more.",
    403: "The token is not for this.",
    404: "There is no such session or recording, or nothing of this name in it.",
    408: "The body did not arrive in time.",
    409: "The session has ended; of a report: it has not ended yet; of a piece of a recording: it "
    "begins elsewhere than the last one ended.",
    410: "The source has left the session; of frames: they were let go.",
    413: "The body is too large.",
    415: "Not of a media type that this call takes.",
    422: "The request is not as described here.",
    429: "Busy, or too fast; try again after Retry-After seconds.",
    503: "Not ready: the database can't be reached, or the server is stopping.",
    507: "The disk is full.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the errors of a call for OpenAPI."""
    return {
        status: {
            "model": Problem,
            "description": PROBLEMS[status],
            "content": {
                "application/problem+json": {
                    "example": {
                        "type": "about:blank",
                        "title": "…",
                        "status": status,
                        "detail": PROBLEMS[status],
                    }
                }
            },
        }
        for status in statuses
    }
