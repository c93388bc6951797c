"""Server-sent events as bytes (HTML Standard, section 9.2). Pure."""

from typing import Final

MEDIA_TYPE: Final = "text/event-stream"
HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx would collect the events else
}
HEARTBEAT: Final = b":\n\n"
"""A comment: it keeps proxies from closing the connection, and nobody is told of it."""


def write_event(event: str, data: bytes, *, event_id: str = "") -> bytes:
    """Return one event. `data`: one line, such as JSON without line breaks."""
    named = f"id: {event_id}\n" if event_id else ""
    return b"".join((f"event: {event}\n{named}data: ".encode(), data, b"\n\n"))


def write_retry(seconds: float) -> bytes:
    """Return how long a reader waits before it connects again."""
    return f"retry: {round(seconds * 1000)}\n\n".encode()
