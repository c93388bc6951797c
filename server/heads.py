"""How much of a request may arrive before its body: uvicorn's parser would take any length.

It also takes the square of the length in time, on the event loop: 60 MB stopped a server for 12 s.
"""

from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from server.schemas import Problem

MOST_HEAD_BYTES: Final = 64_000
"""Address and headers together; one read of the socket's more may slip in."""


class BoundedHeads(HttpToolsProtocol):
    """Closes a connection that sends too much but no body: headers, trailers, chunks' sizes."""

    _since_progress = 0

    @property
    def has_begun(self) -> bool:
        """Whether something of a request has come that is not whole yet."""
        return self._since_progress > 0

    def data_received(self, data: bytes) -> None:
        """Pass data on, and count what led to nothing."""
        self._since_progress += len(data)
        super().data_received(data)
        if self._since_progress > MOST_HEAD_BYTES and not self.transport.is_closing():
            if self.cycle is None or self.cycle.response_complete:
                self.transport.write(_TOO_LONG)
            self.transport.close()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's own
        """Refuse what is no HTTP in the form of all refusals, but not amid an answer."""
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            self.transport.write(_NOT_HTTP)
        self.transport.close()

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: it is answered as the request it is, and no library is missing."""

    def on_headers_complete(self) -> None:
        """Begin to count anew."""
        self._since_progress = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Begin to count anew."""
        self._since_progress = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Begin to count anew."""
        self._since_progress = 0
        super().on_message_complete()


def write_refusal(status: int, title: str, detail: str, *, retry_after: int = 0) -> bytes:
    """Return a whole answer for what is no request yet, after which the connection ends."""
    body = Problem(title=title, status=status, detail=detail).model_dump_json().encode()
    later = f"retry-after: {retry_after}\r\n" if retry_after else ""
    head = (
        f"HTTP/1.1 {status} {title}\r\ncontent-type: application/problem+json\r\n"
        f"content-length: {len(body)}\r\n{later}connection: close\r\n\r\n"
    )
    return head.encode() + body


_TOO_LONG: Final = write_refusal(
    431,
    "Request Header Fields Too Large",
    f"Address and headers are longer than {MOST_HEAD_BYTES // 1000} kB. Send shorter ones.",
)
_NOT_HTTP: Final = write_refusal(
    400,
    "Bad Request",
    "This is no HTTP request, or its headers contradict each other. Send HTTP/1.1, without TLS.",
)
