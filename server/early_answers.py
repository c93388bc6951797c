"""Answers that are given once a request's head is here, without the app.

Imports `heads` and no more of ours: who decides is passed in.
"""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, Final

from server.heads import BoundedHeads

TurnAway = Callable[[bytes, Sequence[tuple[bytes, bytes]], Sequence[tuple[bytes, bytes]]], Any]
"""From path, headers and the headers of every answer to a whole answer, or None for the app."""

_ANSWERED: Final = SimpleNamespace(
    response_started=True,
    response_complete=True,
    more_body=True,
    message_event=SimpleNamespace(set=lambda: None),
)
"""Stands where uvicorn has the answer that it is at: a body that still comes is thrown away."""


class EarlyAnswers(BoundedHeads):
    """Asks `turn_away` of each POST that may be answered at once; all others go to the app."""

    def __init__(self, *, turn_away: TurnAway | None = None, **given: Any) -> None:  # noqa: ANN401
        super().__init__(**given)
        self._turn_away = turn_away

    def on_headers_complete(self) -> None:
        """Answer now, or begin an answer of the app's."""
        refusal = None
        if self._turn_away is not None and self._is_free():
            refusal = self._turn_away(self.url, self.headers, self.server_state.default_headers)
        if refusal is None:
            super().on_headers_complete()
            return
        self.cycle = _ANSWERED  # type: ignore[assignment]
        self.transport.write(refusal)
        self.on_response_complete()

    def _is_free(self) -> bool:
        """Whether an answer may be written now, after which the connection stays open."""
        return (
            self.parser.get_method() == b"POST"
            and (self.cycle is None or self.cycle.response_complete)
            and not (self.pipeline or self.expect_100_continue or self.root_path)
            and not (self.flow.write_paused or self.transport.is_closing())
            and self.parser.get_http_version() == "1.1"
            and self.parser.should_keep_alive()
            and not self.parser.should_upgrade()
        )
