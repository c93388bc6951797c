"""What the gateway passes on to a dashboard of its own, and what it keeps."""

import gzip

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from dashboard.relay import CALLS
from server.errors import add_error_handlers
from server.gateway import forward_dashboard
from server.settings import WrongSetting

ADDRESS = "http://dashboard:8050"


class FakeDashboard(httpx.AsyncBaseTransport):
    """A dashboard that answers as told and remembers what it was asked."""

    def __init__(self):
        self.asked: list[Request] = []
        self.bodies: list[bytes] = []
        self.answer = Response("a page", media_type="text/html")
        self.failure: Exception | None = None
        self.closed = False
        self._wire = httpx.ASGITransport(self._app)

    async def handle_async_request(self, request):
        if self.failure is not None:
            raise self.failure
        return await self._wire.handle_async_request(request)

    async def aclose(self):
        self.closed = True

    async def _app(self, scope, receive, send):
        request = Request(scope, receive)
        self.asked.append(request)
        self.bodies.append(await request.body())
        await self.answer(scope, receive, send)


@pytest.fixture
def fake():
    return FakeDashboard()


@pytest.fixture
def browser(fake):
    app = FastAPI()
    add_error_handlers(app)
    forward_dashboard(app, ADDRESS, transport=fake)
    with TestClient(app, base_url="http://public.test", follow_redirects=False) as client:
        yield client


def test_a_page_arrives_as_the_dashboard_sent_it(fake, browser):
    fake.answer = Response("not here", 404, {"X-Kind": "page"}, "text/html")
    answer = browser.get("/dashboard/somewhere")
    assert (answer.status_code, answer.text) == (404, "not here")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-kind"] == "page"


@pytest.mark.parametrize("path", ["/dashboard", "/dashboard/", "/dashboard/a%2Fb/%C3%A4%20c//d"])
def test_the_path_is_passed_on_byte_for_byte(fake, browser, path):
    browser.get(path)
    assert fake.asked[0].scope["raw_path"] == path.encode()


@pytest.mark.parametrize("query", ["a=1&a=2&b=", "x=%2Fdashboard%3F+%C3%A4", "token=se-cret_1"])
def test_the_query_is_passed_on_byte_for_byte(fake, browser, query):
    browser.get(f"/dashboard/?{query}")
    assert fake.asked[0].scope["query_string"] == query.encode()


def test_a_body_is_passed_on(fake, browser):
    browser.post("/dashboard/_dash-update-component", json={"output": "page.children"})
    assert fake.bodies == [b'{"output":"page.children"}']
    assert fake.asked[0].headers["content-type"] == "application/json"
    assert fake.asked[0].headers["content-length"] == "26"


def test_a_body_of_unknown_length_is_passed_on(fake, browser):
    browser.post("/dashboard/x", content=(b"part" for _ in range(1000)))
    assert fake.bodies == [b"part" * 1000]


def test_an_asset_of_several_megabytes_arrives_whole(fake, browser):
    asset = bytes(range(256)) * 20_000
    fake.answer = Response(asset, media_type="text/javascript")
    answer = browser.get("/dashboard/assets/plotly.js")
    assert answer.content == asset
    assert answer.headers["content-length"] == str(len(asset))


def test_a_compressed_asset_stays_compressed_on_the_way(fake, browser):
    packed = gzip.compress(b"asset" * 1000)
    fake.answer = Response(packed, headers={"Content-Encoding": "gzip"})
    answer = browser.get("/dashboard/assets/a.css")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-length"] == str(len(packed))
    assert answer.content == b"asset" * 1000


def test_compression_is_asked_for_only_by_the_browser(fake, browser):
    browser.get("/dashboard/", headers={"Accept-Encoding": "identity"})
    assert fake.asked[0].headers["accept-encoding"] == "identity"


def test_head_tells_the_length_that_get_would_bring(fake, browser):
    fake.answer = Response(b"", headers={"Content-Length": "1234"})
    answer = browser.head("/dashboard/")
    assert fake.asked[0].method == "HEAD"
    assert (answer.headers["content-length"], answer.content) == ("1234", b"")


def test_not_modified_has_no_body(fake, browser):
    fake.answer = Response(status_code=304, headers={"ETag": '"1"'})
    answer = browser.get("/dashboard/assets/a.css", headers={"If-None-Match": '"1"'})
    assert (answer.status_code, answer.headers["etag"]) == (304, '"1"')
    assert fake.asked[0].headers["if-none-match"] == '"1"'


def test_every_cookie_that_is_set_arrives(fake, browser):
    fake.answer = Response("page")
    fake.answer.set_cookie("one", "1", path="/dashboard", httponly=True)
    fake.answer.set_cookie("two", "2")
    assert len(browser.get("/dashboard/").headers.get_list("set-cookie")) == 2
    browser.get("/dashboard/x")
    assert fake.asked[1].cookies == {"one": "1", "two": "2"}


def test_one_visitors_cookie_is_never_sent_for_the_next(fake, browser):
    fake.answer = Response("signed in")
    fake.answer.set_cookie("roomtone_teacher", "the-token", path="/dashboard")
    browser.get("/dashboard/")
    browser.cookies.clear()
    browser.get("/dashboard/")
    assert "cookie" not in fake.asked[1].headers


@pytest.mark.parametrize(
    ("sent", "arrives"),
    [
        ("/dashboard/", "/dashboard/"),
        (f"{ADDRESS}/dashboard/x?a=1", "/dashboard/x?a=1"),
        ("https://example.org/dashboard/", "https://example.org/dashboard/"),
        ("http://dashboard.example.org/", "http://dashboard.example.org/"),
    ],
)
def test_a_redirect_stays_on_the_public_address(fake, browser, sent, arrives):
    fake.answer = RedirectResponse(sent, 303)
    answer = browser.get("/dashboard/sign-in")
    assert (answer.status_code, answer.headers["location"]) == (303, arrives)


def test_headers_of_one_connection_end_at_the_gateway(fake, browser):
    own = {"Connection": "X-Hop", "X-Hop": "1", "Trailer": "x", "Date": "as uvicorn says it anew"}
    fake.answer = Response("page", headers=own)
    asked = {"Connection": "close, X-Mine", "X-Mine": "1", "TE": "trailers", "X-Kept": "yes"}
    answer = browser.get("/dashboard/", headers={**asked, "Proxy-Authorization": "secret"})
    assert (arrived := fake.asked[0].headers)["x-kept"] == "yes"
    assert not {"connection", "x-mine", "te", "proxy-authorization"} & set(arrived)
    assert not {"connection", "x-hop", "trailer", "date"} & set(answer.headers)


def test_the_dashboard_learns_the_scheme_but_not_who_asks(fake, browser):
    claims = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7", "Forwarded": "for=x"}
    browser.get("/dashboard/", headers=claims)
    arrived = fake.asked[0].headers
    assert arrived.getlist("x-forwarded-proto") == ["http"]
    assert not {"x-forwarded-for", "forwarded"} & set(arrived)
    assert arrived["host"] == "dashboard:8050"


def test_letters_outside_ascii_in_a_header_are_passed_on(fake, browser):
    answer = browser.get("/dashboard/", headers=[(b"Cookie", b"name=\xe4")])
    assert answer.status_code == 200
    assert fake.asked[0].headers["cookie"].startswith("name=")
    assert not fake.asked[0].headers["cookie"].isascii()


@pytest.mark.parametrize(
    "failure", [httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), httpx.ReadError("cut")]
)
def test_a_dashboard_that_is_down_is_told_in_a_sentence(fake, browser, failure):
    fake.failure = failure
    answer = browser.get("/dashboard/")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].startswith("The dashboard can't be reached. Check that")
    assert answer.headers["retry-after"] == "2"


@pytest.mark.parametrize(
    "path",
    ["/", "/metrics", "/dashboards/", "/dashboard/../metrics", "/dashboard/%2e%2e/healthz",
     "/dashboard/assets/%2E%2E%2F%2e%2e/healthz"],
)  # fmt: skip
def test_nothing_outside_the_dashboard_is_passed_on(fake, browser, path):
    assert browser.get(path).status_code == 404
    assert fake.asked == []


def test_every_call_of_the_pages_own_scripts_passes(fake, browser):
    """Slides are loaded, markers edited and the profile changed by more than GET and POST."""
    wanted = set().union(*CALLS.values())
    for method in sorted(wanted | {"PUT", "PATCH", "DELETE"}):
        answer = browser.request(method, "/dashboard/session/abc/outline", content=b"0,a")
        assert (answer.status_code, fake.asked[-1].method) == (200, method)
        assert fake.bodies[-1] == b"0,a"


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "CONNECT"])
def test_methods_that_the_dashboard_does_not_need_are_refused(fake, browser, method):
    assert browser.request(method, "/dashboard/").status_code == 405
    assert fake.asked == []


def test_a_websocket_is_refused(fake, browser):
    with pytest.raises(WebSocketDisconnect), browser.websocket_connect("/dashboard/_dash-ws"):
        pass
    assert fake.asked == []


def test_the_connection_to_the_dashboard_ends_with_the_server(fake):
    app = FastAPI()
    forward_dashboard(app, ADDRESS, transport=fake)
    with TestClient(app):
        assert not fake.closed
    assert fake.closed


def test_the_printed_address_of_a_dashboard_will_do(fake):
    app = FastAPI()
    forward_dashboard(app, f"{ADDRESS}/dashboard/", transport=fake)
    with TestClient(app) as client:
        client.get("/dashboard/assets/a.css")
    assert fake.asked[0].url.path == "/dashboard/assets/a.css"


@pytest.mark.parametrize("address", ["http://", "http://host:port", "http:///x"])
def test_an_address_that_is_none_is_told_at_start(address):
    with pytest.raises(WrongSetting, match="ROOMTONE_DASHBOARD"):
        forward_dashboard(FastAPI(), address)
