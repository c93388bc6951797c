"""Server-sent events as bytes (HTML Standard, section 9.2). Pure."""

import zlib
from functools import lru_cache
from typing import Final

MEDIA_TYPE: Final = "text/event-stream"
HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx would collect the events else
}
HEARTBEAT: Final = b":\n\n"
"""A comment: it keeps proxies from closing the connection, and nobody is told of it."""


GZIP_HEAD: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""How a gzip stream begins (RFC 1952, section 2.3): no name, no time."""


@lru_cache(64)
def pack_event(event: bytes) -> bytes:
    """Return an event as deflate blocks that may follow any others after `GZIP_HEAD`.

    They end at a whole byte and look back at nothing, so that an event is packed once for every
    stream it goes into, whatever went before.
    """
    squeezer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return squeezer.compress(event) + squeezer.flush(zlib.Z_FULL_FLUSH)


def write_event(event: str, data: bytes, *, event_id: str = "") -> bytes:
    """Return one event. `data`: one line, such as JSON without line breaks."""
    named = f"id: {event_id}\n" if event_id else ""
    return b"".join((f"event: {event}\n{named}data: ".encode(), data, b"\n\n"))


def write_retry(seconds: float) -> bytes:
    """Return how long a reader waits before it connects again."""
    return f"retry: {round(seconds * 1000)}\n\n".encode()
