"""What the page's scripts ask goes to the API as the teacher, and nothing else does."""

import httpx
import pytest

from tests.dashboard.fake_server import TOKEN
from tests.dashboard.fake_teaching import JPEG

OURS = {"Roomtone-Page": "1"}


@pytest.fixture
def lesson(fake):
    return fake.add("Biology", minutes_ago=5)


@pytest.fixture
def ask(signed_in, lesson):
    def ask(method, path, headers=OURS, **body):
        address = f"/dashboard/session/{lesson.session_id}/{path}"
        return signed_in.http.request(method, address, headers=headers, **body)

    return ask


def taught(fake, lesson):
    return fake.lessons[lesson.session_id].teaching


def send(ask, seq, body=JPEG, **headers):
    given = {**OURS, "Content-Type": "image/jpeg", "Frame-Seq": str(seq), **headers}
    return ask("POST", "frames", headers=given, content=body)


def test_a_picture_of_the_window_is_counted_and_only_the_number_of_faces_comes_back(
    ask, fake, lesson
):
    answer = send(ask, 7, JPEG + b"x" * 100_000)
    assert answer.json() == {"outcome": "counted", "faces": 49}
    assert [len(frame) for frame in taught(fake, lesson).frames] == [100_003]
    assert taught(fake, lesson).last_seq == 7
    assert send(ask, 7).json() == {"outcome": "duplicate", "faces": 0}


def test_what_the_api_says_of_a_picture_is_said_to_the_page(ask, fake, lesson):
    assert send(ask, 1, b"no picture").json()["detail"] == "This is no picture."
    taught(fake, lesson).most_bytes = 1000
    assert send(ask, 2, JPEG * 1000).status_code == 413
    taught(fake, lesson).busy = True
    refused = send(ask, 3)
    assert (refused.status_code, refused.headers["content-type"]) == (
        429, "application/problem+json",
    )  # fmt: skip


def test_markers_outline_and_profile_pass_with_their_methods(ask, fake, lesson):
    dropped = ask("POST", "markers", json={"label": "Osmosis"})
    assert dropped.status_code == 201
    at = f"markers/{dropped.json()['marker_id']}"
    assert ask("PATCH", at, json={"label": "Diffusion"}).json()["label"] == "Diffusion"
    assert ask("DELETE", at).status_code == 204
    assert ask("PUT", "outline", content=",One\n,Two").json()[1]["title"] == "Two"
    assert ask("POST", "outline/2/begin").json()["begins_s"] == pytest.approx(300, abs=5)
    assert ask("DELETE", "outline/2/begin").json()["begins_s"] is None
    assert ask("DELETE", "outline").status_code == 204
    wish = {"title": "Mine", "screen_weight": 0.5, "emotion_weights": {"happy": 1}}
    assert ask("PUT", "engagement-profile", json=wish).json()["version"] == 2
    assert ask("DELETE", "engagement-profile").json()["ours"] is True


@pytest.mark.parametrize(
    "path",
    ["end", "mood", "readings", "markers/x/y", "outline/one/begin", "frames/1", "../../join"],
)
def test_no_other_call_passes(ask, fake, path):
    before = len(fake.calls)
    assert ask("POST", path).status_code == 404
    assert len(fake.calls) == before


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_no_other_method_passes(ask, fake, method):
    assert ask(method, "frames").status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {**OURS, "Sec-Fetch-Site": "cross-site"},
        {**OURS, "Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "same-origin"},
    ],
)
def test_another_page_can_not_act_as_the_teacher(ask, fake, lesson, headers):
    answer = ask("POST", "markers", headers=headers, json={"label": "forged"})
    assert answer.status_code == 403
    assert "own pages" in answer.json()["detail"]
    assert taught(fake, lesson).markers == []


def test_without_the_cookie_nothing_passes_and_no_body_is_read(browser, fake, lesson):
    address = f"/dashboard/session/{lesson.session_id}/frames"
    answer = browser.http.post(address, headers={**OURS, "Frame-Seq": "1"}, content=JPEG)
    assert answer.status_code == 401
    assert ("POST", f"/api/v1/sessions/{lesson.session_id}/frames") not in fake.calls


def test_a_server_that_is_away_is_said_as_a_problem(ask, fake):
    fake.down = True
    answer = ask("POST", "markers", json={"label": "x"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert "can’t be reached" in answer.json()["detail"]


def put_raw(http, lesson, path, messages):
    """Ask about a lesson with such a body; return what was answered."""
    address = f"/dashboard/session/{lesson.session_id}/{path}"
    return send_raw(http, "PUT" if path == "outline" else "POST", address, messages)


def send_raw(http, method, address, messages):
    """Ask with a body that comes in these ASGI messages; return what was answered."""
    told, waiting = [], list(messages)

    async def receive():
        return waiting.pop(0)

    async def send(message):
        told.append(message)

    headers = {**OURS, "frame-seq": "1", "content-type": "image/jpeg",
               "cookie": f"roomtone_teacher={TOKEN}"}  # fmt: skip
    scope = {
        "type": "http", "method": method, "path": address,
        "raw_path": address.encode(), "scheme": "http", "query_string": b"",
        "server": ("dash.test", 80), "client": ("1.2.3.4", 1), "http_version": "1.1",
        "headers": [(n.lower().encode(), v.encode()) for n, v in headers.items()],
        "asgi": {"version": "3.0"},
    }  # fmt: skip
    http.portal.call(http.app, scope, receive, send)
    return told


def piece(body, *, more=True):
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_that_breaks_off_is_not_counted_and_is_no_fault(signed_in, fake, lesson):
    broken = [piece(JPEG), {"type": "http.disconnect"}]
    assert put_raw(signed_in.http, lesson, "frames", broken) == []
    assert taught(fake, lesson).frames == []


class Counting(httpx.AsyncBaseTransport):
    """A server that notes how large each piece of a body is."""

    def __init__(self):
        self.pieces = []

    async def handle_async_request(self, request):
        self.pieces = [len(each) async for each in request.stream]
        return httpx.Response(200, json=[])


def test_a_large_body_is_passed_on_in_pieces_and_never_held(signed_in, lesson):
    gate = next(r.endpoint for r in signed_in.http.app.routes if r.name == "dashboard")
    there = Counting()
    gate._http = httpx.AsyncClient(transport=there, base_url="http://server.test")
    large = [*[piece(b"x" * 60_000)] * 20, piece(b"", more=False)]
    told = put_raw(signed_in.http, lesson, "outline", large)
    assert told[0]["status"] == 200
    assert there.pieces.count(60_000) == 20
