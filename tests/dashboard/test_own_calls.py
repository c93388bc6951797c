"""Calls of recordings and single pictures through the relay: what passes, what is held, by whom."""

import httpx
import pytest

from tests.dashboard.fake_videos import make_face, paint
from tests.dashboard.test_relay import Counting, piece, send_raw

OURS = {"Roomtone-Page": "1"}
WISH = {"title": "Biology 9b", "size_bytes": 6, "show_frames": True}


@pytest.fixture
def ask(signed_in):
    def ask(method, path, headers=None, **body):
        given = {**OURS, **(headers or {})}
        return signed_in.http.request(method, f"/dashboard/{path}", headers=given, **body)

    return ask


@pytest.fixture
def video(ask):
    return ask("POST", "videos", json=WISH).json()


def test_a_recording_is_announced_sent_in_pieces_and_looked_up(ask, video, fake):
    at = f"videos/{video['video_id']}"
    assert ask("PATCH", at, {"Upload-Offset": "0"}, content=b"abc").json()["received_bytes"] == 3
    wrong = ask("PATCH", at, {"Upload-Offset": "1"}, content=b"abc")
    assert (wrong.status_code, wrong.json()["detail"]) == (409, "The next byte wanted is number 3.")
    assert ask("PATCH", at, {"Upload-Offset": "3"}, content=b"def").json()["state"] == "waiting"
    assert bytes(fake.films.only().body) == b"abcdef"
    assert [each["title"] for each in ask("GET", "videos").json()] == ["Biology 9b"]
    assert ask("GET", at).json()["video_id"] == video["video_id"]
    assert ask("POST", f"{at}/cancel").json()["state"] == "cancelled"
    assert ask("DELETE", at).status_code == 204
    assert ask("GET", at).status_code == 404


def test_frames_pass_with_their_key_and_what_they_show_is_told_whole(ask, video):
    at = f"videos/{video['video_id']}"
    ask("PATCH", at, {"Upload-Offset": "0"}, content=b"abcdef")
    while ask("GET", at).json()["state"] != "done":
        pass
    key = {"Video-Key": video["view_key"]}
    view = ask("GET", f"{at}/frames", key, params={"first": 10}).json()
    assert [frame["index"] for frame in view["frames"]] == [10, 11]
    assert ask("GET", f"{at}/frames/3", key).json()["faces"][0]["emotion"] == "happy"
    picture = ask("GET", f"{at}/frames/3/picture", key)
    assert (picture.content, picture.headers["content-type"]) == (paint(3), "image/jpeg")
    assert picture.headers["cache-control"] == "no-store"
    assert ask("GET", f"{at}/frames").status_code == 403
    assert ask("DELETE", f"{at}/frames", key).status_code == 204
    assert ask("GET", f"{at}/frames", key).status_code == 410


def test_a_picture_of_ones_own_is_answered_with_its_faces(ask, fake):
    fake.films.in_picture = [make_face("sad")]
    answer = ask("POST", "analyze", {"Content-Type": "image/jpeg"}, content=paint(1))
    assert answer.json()["faces"][0]["emotion"] == "sad"
    assert fake.films.pictures[0][0] == "image/jpeg"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "videos"), ("DELETE", "videos"), ("POST", "videos/abc"), ("GET", "analyze"),
        ("GET", "videos/abc/cancel"), ("PATCH", "videos/abc/frames"),
        ("GET", "videos/a/b/c"), ("GET", "videos/abc/frames/1/face"), ("GET", "videosabc"),
        ("GET", "videos/..%2fsessions"), ("GET", "videos/abc/frames/x"),
    ],
)  # fmt: skip
def test_no_other_call_passes(ask, fake, method, path):
    before = [call for call in fake.calls if "sessions" not in call[1]]
    assert ask(method, path).status_code == 404
    assert [call for call in fake.calls if "sessions" not in call[1]] == before


@pytest.mark.parametrize("headers", [{}, {**OURS, "Sec-Fetch-Site": "cross-site"}])
def test_another_page_can_neither_send_nor_look(signed_in, headers, fake):
    for method, path in (("POST", "videos"), ("GET", "videos"), ("POST", "analyze")):
        answer = signed_in.http.request(method, f"/dashboard/{path}", headers=headers, json=WISH)
        assert answer.status_code == 403
    assert not fake.films.recordings


def test_without_the_cookie_nothing_passes(browser, fake):
    assert browser.http.post("/dashboard/videos", headers=OURS, json=WISH).status_code == 401
    assert browser.http.get("/dashboard/videos", headers=OURS).status_code == 401
    assert not fake.films.recordings


def test_pieces_of_a_recording_are_passed_on_as_they_come_and_never_held(signed_in):
    gate = next(r.endpoint for r in signed_in.http.app.routes if r.name == "dashboard")
    there = Counting()
    gate._http = httpx.AsyncClient(transport=there, base_url="http://server.test")
    large = [*[piece(b"x" * 60_000)] * 20, piece(b"", more=False)]
    told = send_raw(signed_in.http, "PATCH", "/dashboard/videos/abc", large)
    assert told[0]["status"] == 200
    assert there.pieces.count(60_000) == 20
