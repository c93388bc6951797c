"""An ASGI layer that rings for a session after every call that changed it.

An answer is sent after its commit only, so that whoever is woken finds the change. One layer rings
for all calls: none can forget it, and none is kept waiting by it.
"""

import re
from collections.abc import Callable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_OF_A_SESSION: Final = re.compile(r"/api/v1/sessions/([^/]+)(/.*)?")
_CHANGING: Final = frozenset({"DELETE", "PATCH", "POST", "PUT"})
_COUNTING: Final = frozenset({"/frames", "/readings", "/self-reports"})
_REFUSED: Final = 400


class RingAfterChanges:
    """Calls `ring` with the session's id once a changing call is answered below 400.

    forget: called before that, where the call was for more than counting what a source sent.
    """

    def __init__(
        self, app: ASGIApp, ring: Callable[[str], None], forget: Callable[[str], None]
    ) -> None:
        self._app, self._ring, self._forget = app, ring, forget

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and look at the status of its answer."""
        found = None
        if scope["type"] == "http" and scope["method"] in _CHANGING:
            found = _OF_A_SESSION.fullmatch(scope["path"])
        if found is None:
            await self._app(scope, receive, send)
            return
        session_id, call = found[1], found[2]

        async def send_and_ring(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < _REFUSED:
                if call not in _COUNTING:
                    self._forget(session_id)
                self._ring(session_id)
            await send(message)

        await self._app(scope, receive, send_and_ring)
