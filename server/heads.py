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

    def data_received(self, data: bytes) -> None:
        """Pass data on, and count what led to nothing."""
        self._since_progress += len(data)
        super().data_received(data)
        if self._since_progress > MOST_HEAD_BYTES and not self.transport.is_closing():
            if self.cycle is None or self.cycle.response_complete:
                self.transport.write(_REFUSAL)
            self.transport.close()

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


def _write_refusal() -> bytes:
    title = "Request Header Fields Too Large"
    detail = f"Address and headers are longer than {MOST_HEAD_BYTES // 1000} kB. Send shorter ones."
    body = Problem(title=title, status=431, detail=detail).model_dump_json().encode()
    head = (
        f"HTTP/1.1 431 {title}\r\ncontent-type: application/problem+json\r\n"
        f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body


_REFUSAL: Final = _write_refusal()
