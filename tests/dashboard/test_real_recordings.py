"""A recording and a picture through the dashboard's relay, before the real server."""

import time

import cv2
import numpy as np
import pytest

from tests.dashboard.test_real_server import pipeline, real
from tests.pictures import gallery
from tests.recordings import film_gallery

__all__ = ["pipeline", "real"]

OURS = {"Roomtone-Page": "1"}


@pytest.fixture
def ask(real):
    real.sign_in()

    def ask(method, path, headers=None, **body):
        given = {**OURS, **(headers or {})}
        return real.http.request(method, f"/dashboard/{path}", headers=given, **body)

    return ask


def send(ask, at, data, size):
    """Send the file in pieces of `size` bytes; return what the server says last."""
    for offset in range(0, len(data), size):
        sent = ask("PATCH", at, {"Upload-Offset": str(offset)}, content=data[offset:][:size])
        assert sent.status_code == 200, sent.text
        assert int(sent.headers["upload-offset"]) == min(offset + size, len(data))
    return sent.json()


def wait_until_read(ask, at):
    for _ in range(600):
        video = ask("GET", at).json()
        if video["state"] not in ("waiting", "analyzing"):
            return video
        time.sleep(0.1)
    pytest.fail("it is not read after a minute")


def test_a_recording_is_uploaded_read_and_its_frames_seen_until_the_visit_ends(ask, tmp_path):
    data = film_gallery(tmp_path / "a.mp4", seconds=4).read_bytes()
    wish = {"title": "Biology 9b", "size_bytes": len(data), "show_frames": True}
    video = ask("POST", "videos", json=wish).json()
    at, key = f"videos/{video['video_id']}", {"Video-Key": video["view_key"]}
    assert send(ask, at, data, 20_000)["state"] in ("waiting", "analyzing", "done")
    assert wait_until_read(ask, at)["state"] == "done"
    view = ask("GET", f"{at}/frames", key).json()
    assert [frame["index"] for frame in view["frames"]] == [0, 1, 2, 3]
    faces = ask("GET", f"{at}/frames/1", key).json()
    assert len(faces["faces"]) == view["frames"][1]["faces"] > 0
    picture = ask("GET", f"{at}/frames/1/picture", key).content
    shape = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR).shape
    assert shape == (faces["height"], faces["width"], 3)
    assert ask("GET", f"{at}/frames").status_code == 403
    assert ask("DELETE", f"{at}/frames", key).status_code == 204
    assert ask("GET", f"{at}/frames", key).status_code == 410


def test_a_wrong_offset_says_where_to_go_on(ask):
    video = ask("POST", "videos", json={"title": "Biology", "size_bytes": 50_000}).json()
    at = f"videos/{video['video_id']}"
    head = b"\0\0\0\x18ftypmp42" + bytes(9988)
    assert send(ask, at, head, 10_000)["received_bytes"] == 10_000
    wrong = ask("PATCH", at, {"Upload-Offset": "0"}, content=b"x")
    assert (wrong.status_code, wrong.headers["upload-offset"]) == (409, "10000")
    assert ask("POST", f"{at}/cancel").json()["state"] == "cancelled"
    assert ask("DELETE", at).status_code == 204


def test_a_picture_is_answered_with_its_faces(ask):
    picture = cv2.imencode(".jpg", gallery(1, 2, width=480, height=270))[1].tobytes()
    answer = ask("POST", "analyze", {"Content-Type": "image/jpeg"}, content=picture).json()
    assert (answer["width"], len(answer["faces"])) == (480, 2)
    refused = ask("POST", "analyze", {"Content-Type": "text/plain"}, content=b"x")
    assert (refused.status_code, refused.headers["content-type"]) == (
        415, "application/problem+json",
    )  # fmt: skip
