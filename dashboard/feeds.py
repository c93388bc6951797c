"""All feeds of a dashboard, and the address at which a page follows its own."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from http import HTTPStatus
from typing import Final

import httpx
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from dashboard.api import TeacherApi
from dashboard.easel import Easel
from dashboard.feed import Feed
from dashboard.view import View, read_view
from dashboard.viewer import Viewer, read_viewer
from server.event_stream import GZIP_HEAD, HEADERS, MEDIA_TYPE, pack_event
from server.languages import gettext

MOST_FOLLOWERS: Final = 1000
LINGER_S: Final = 5.0
"""A feed that nobody follows goes on for so long: a page that is loaded again finds it."""

Key = tuple[Viewer, str, View]


class Feeds:
    """Opens a feed for the first who follows a page, shares it, and closes it after the last."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http, self._feeds = http, dict[Key, Feed]()
        self._easel, self._followers, self._closed = Easel(), 0, False

    def add_to(self, app: FastAPI) -> None:
        """Answer `GET /dashboard/session/{id}/live`, for whoever has passed the gate."""

        @app.get("/dashboard/session/{session_id}/live", include_in_schema=False)
        async def follow_page(request: Request, session_id: str) -> Response:
            return self.answer(request, session_id)

    def answer(self, request: Request, session_id: str) -> Response:
        """Answer with the events of a page (docs/live.md)."""
        if self._closed or self._followers >= MOST_FOLLOWERS:
            words = gettext("Too many pages are open here. Try again in a moment.")
            return PlainTextResponse(words, HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": "5"})
        query = request.query_params
        viewer = read_viewer(request.cookies, request.headers.get("accept-language"))
        last = query.get("after") or request.headers.get("last-event-id", "")
        events = self.follow((viewer, session_id, read_view(query)), last)
        headers = {**HEADERS, "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            events, headers["Content-Encoding"] = _pack(events), "gzip"
        return StreamingResponse(events, media_type=MEDIA_TYPE, headers=headers)

    async def follow(self, key: Key, last: str = "") -> AsyncGenerator[bytes, None]:
        """Yield the events of a page, from the one after `last` on."""
        feed = self._open(key)
        feed.followers += 1
        self._followers += 1
        try:
            async for event in feed.tell(last):
                yield event
        finally:
            self._followers -= 1
            feed.followers -= 1
            if not feed.followers:
                later = 0.0 if self._closed or feed.over else LINGER_S
                asyncio.get_running_loop().call_later(later, self._close_if_left, key, feed)

    def close(self) -> None:
        """End every stream; no new one is opened."""
        self._closed = True
        for feed in self._feeds.values():
            feed.close()
        self._feeds.clear()

    def _open(self, key: Key) -> Feed:
        feed = self._feeds.get(key)
        if feed is None or feed.over:
            viewer, session_id, view = key
            api = TeacherApi(self._http, viewer.token)
            feed = self._feeds[key] = Feed(api, viewer, session_id, view, self._easel)
        return feed

    def _close_if_left(self, key: Key, feed: Feed) -> None:
        if feed.followers:
            return
        feed.close()
        if self._feeds.get(key) is feed:
            del self._feeds[key]


async def _pack(events: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    yield GZIP_HEAD
    async with aclosing(events) as follow:
        async for event in follow:
            yield pack_event(event)
