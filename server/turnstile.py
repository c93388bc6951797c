"""Turns frames away before ASGI: what a server that is too busy says hundreds of times a second.

A frame that is sent as clients send it, by a source whose token is valid, is refused here as the
layers would refuse it: same answer, same books, same memory of who was refused. Of all else it says
nothing and changes nothing, so that the layers decide (docs/ingest.md).
"""

import math
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from server.errors import tell_error
from server.frame_calls import PATH, read_frame_call
from server.ingest import Ingest
from server.keyring import SourceTicket
from server.ledger import Sent
from server.refusals import SentTooFast, ServerBusy, TryLater
from server.request_ids import HEADER, name_request
from server.service import Service
from server.store.sources import SourceState
from server.verdicts import reason_of

Headers = Sequence[tuple[bytes, bytes]]

_STATUS: Final = HTTPStatus.TOO_MANY_REQUESTS
_STATUS_LINE: Final = f"HTTP/1.1 {_STATUS.value} {_STATUS.phrase}\r\n".encode()
_MOST_TOLD: Final = 100
_ID: Final = HEADER.lower().encode()


class Turnstile:
    """Refuses frames on behalf of one server; for use by its event loop."""

    def __init__(self, service: Service) -> None:
        self._service, self._ledger = service, service.metrics.ledger
        self._requests = service.metrics.requests.labels("POST", PATH, str(_STATUS.value))
        self._told = dict[tuple[str, int], tuple[bytes, bytes]]()

    def turn_away(self, path: bytes, headers: Headers, of_all: Headers) -> bytes | None:
        """Return the whole answer to a POST that is refused (429); None where the layers decide.

        headers: of the request, names in small letters; of_all: those that every answer has.
        """
        call = read_frame_call(self._service, path.decode("latin-1"), headers)
        refusal = None if call is None else find_refusal(self._service.ingest, *call)
        if refusal is None:
            return None
        self._ledger.receive(Sent.FRAME)
        self._ledger.settle(Sent.FRAME, reason_of(refusal))
        self._requests.inc()
        asked_for = next((value for name, value in headers if name == _ID), b"")
        return self._write(refusal, name_request(asked_for.decode("latin-1")), of_all)

    def _write(self, refusal: TryLater, request_id: str, of_all: Headers) -> bytes:
        common = b"".join(b"%b: %b\r\n" % each for each in of_all)
        last = b"%b: %b\r\n" % (_ID, request_id.encode())
        head, body = self._tell(refusal)
        return b"".join((_STATUS_LINE, common, head, last, b"\r\n", body))

    def _tell(self, refusal: TryLater) -> tuple[bytes, bytes]:
        """Return headers and body; hundreds a second differ in nothing but the request's id."""
        said = (str(refusal), math.ceil(refusal.retry_after))
        if (told := self._told.get(said)) is None:
            answer = tell_error(refusal)
            head = b"".join(b"%b: %b\r\n" % each for each in answer.raw_headers)
            if len(self._told) >= _MOST_TOLD:
                self._told.clear()
            told = self._told[said] = head, bytes(answer.body)
        return told


def find_refusal(ingest: Ingest, ticket: SourceTicket, seq: int) -> TryLater | None:
    """Return why `ingest` would refuse a frame just now, as far as memory alone tells.

    What is returned counts as said: who is refused is remembered. Where it is None, nothing is
    changed.
    """
    if wait := ingest.pace.wait_for(ticket.source_id):
        return SentTooFast(ingest.pace.per_second, wait)
    known = ingest.known.recall(ticket.session_id, ticket.source_id)
    if known is not None and not _is_wanted(known, seq):
        return None
    busy = ingest.engine.turn_away(ticket.source_id)
    if busy is None:
        return None
    ingest.pace.note(ticket.source_id)
    return ServerBusy(busy.retry_after)


def _is_wanted(state: SourceState, seq: int) -> bool:
    """Whether nothing but a full queue keeps a frame from being read."""
    if state.simulated or not state.camera or state.ended:
        return False
    return state.last_seq is None or seq > state.last_seq
