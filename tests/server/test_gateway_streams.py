"""Events pass the gateway as they come, and end with either side."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI

from server.gateway import forward_dashboard


class Events(httpx.AsyncByteStream):
    """A dashboard's stream: what a test puts in, until `None` or an error."""

    def __init__(self):
        self.parts, self.closed = asyncio.Queue(), False

    async def __aiter__(self):
        while (part := await self.parts.get()) is not None:
            if isinstance(part, Exception):
                raise part
            yield part

    async def aclose(self):
        self.closed = True


class Carrier(httpx.AsyncBaseTransport):
    def __init__(self):
        self.events = Events()

    async def handle_async_request(self, request):
        self.asked = request
        headers = {"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
        return httpx.Response(200, headers=headers, stream=self.events)


class Page:
    """A browser at the gateway that reads as it comes."""

    def __init__(self):
        self.carrier, self.messages, self.news = Carrier(), [], asyncio.Event()
        self.app = FastAPI()
        forward_dashboard(self.app, "http://dashboard:8050", transport=self.carrier)
        self.gone = asyncio.Event()
        path = "/dashboard/session/a1b2/live"
        scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "method": "GET",
            "path": path, "raw_path": path.encode(), "query_string": b"after=1", "scheme": "http",
            "headers": [(b"cookie", b"roomtone_teacher=x")], "http_version": "1.1",
            "server": ("public.test", 80), "client": ("192.0.2.1", 1), "root_path": "",
        }  # fmt: skip
        self.task = asyncio.create_task(self.app(scope, self._receive, self._send))

    async def _receive(self):
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message):
        self.messages.append(message)
        self.news.set()

    async def read(self, count):
        """Return the first bodies, once there are so many."""
        while len(bodies := [m["body"] for m in self.messages if m.get("body")]) < count:
            self.news.clear()
            await asyncio.wait_for(self.news.wait(), 3)
        return bodies


def run(scenario):
    asyncio.run(asyncio.wait_for(scenario(), 10))


def test_an_event_arrives_before_the_next_is_there():
    async def scenario():
        page = Page()
        await page.carrier.events.parts.put(b"event: beat\ndata: 1\n\n")
        assert await page.read(1) == [b"event: beat\ndata: 1\n\n"]
        await page.carrier.events.parts.put(b"event: parts\n")
        assert len(await page.read(2)) == 2
        headers = dict(page.messages[0]["headers"])
        assert headers[b"content-type"] == b"text/event-stream; charset=utf-8"
        assert headers[b"x-accel-buffering"] == b"no"
        assert b"content-length" not in headers
        assert page.carrier.asked.headers["cookie"] == "roomtone_teacher=x"
        assert page.carrier.asked.url.query == b"after=1"
        await page.carrier.events.parts.put(None)
        await page.task
        assert page.carrier.events.closed

    run(scenario)


@pytest.mark.parametrize("end", ["the page leaves", "the dashboard dies", "the server stops"])
def test_a_stream_ends_with_either_side(end):
    async def scenario():
        page = Page()
        await page.carrier.events.parts.put(b"event: beat\n")
        await page.read(1)
        if end == "the page leaves":
            page.gone.set()
        elif end == "the dashboard dies":
            await page.carrier.events.parts.put(httpx.ReadError("cut"))
        else:
            for close in page.app.state.closers:
                close()
        await asyncio.wait_for(page.task, 2)
        assert page.carrier.events.closed

    run(scenario)
