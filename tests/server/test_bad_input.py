"""What must never be a 500, and never cost anything that was counted."""

import time
import zlib
from datetime import UTC, datetime

import pytest

from server.keyring import SourceTicket
from server.settings import read_settings
from tests.pictures import (
    astronaut,
    claim_jpeg_size,
    grey,
    hide_jpeg_size,
    jpeg,
    png,
    png_chunk,
    png_of,
    repeat_scan,
    webp,
)

PROBLEM = "application/problem+json"


@pytest.fixture
def settings(tmp_path, sqlite_url):
    return read_settings(
        data_dir=tmp_path, database_url=sqlite_url, teacher_token="the-teachers-token", workers=2
    )


@pytest.fixture
def session(classroom):
    return classroom.start()


@pytest.fixture
def source(classroom, session):
    return classroom.join(session)


def refused(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    problem = answer.json()
    assert problem["status"] == status
    assert problem["detail"].endswith(".")
    return problem["detail"]


WHOLE = jpeg(astronaut())


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 400),
        (b"this is text, not a picture", 400),
        (WHOLE[: len(WHOLE) // 2], 400),
        (WHOLE[:100], 400),
        (png(astronaut())[:5000], 400),
        (webp(astronaut())[:2000], 400),
        (claim_jpeg_size(WHOLE, 20_000, 20_000), 413),
        (b"GIF89a" + bytes(100), 415),
        (b"x" * 6_000_000, 413),
    ],
    ids=["empty", "text", "truncated", "header", "png", "webp", "bomb", "gif", "6MB"],
)
def test_a_bad_body_gets_a_sentence_and_is_not_counted(classroom, session, source, data, status):
    refused(classroom.send(session, source, 1, data), status)
    assert classroom.mood(session)["session"]["frames"] == 0
    after = classroom.send(session, source, 1, WHOLE)  # its number is still free
    assert after.json()["outcome"] == "counted"


@pytest.mark.parametrize("media_type", ["image/gif", "text/plain", "multipart/form-data", ""])
def test_other_media_types_are_refused(classroom, session, source, media_type):
    refused(classroom.send(session, source, 1, WHOLE, media_type), 415)


@pytest.mark.parametrize(("data", "kind"), [(png, "image/png"), (webp, "image/webp")])
def test_png_and_webp_are_taken(classroom, session, source, data, kind):
    assert classroom.send(session, source, 1, data(astronaut()), kind).status_code == 200


def test_a_large_body_without_a_length_is_cut_off(classroom, session, source):
    sent = []

    def endless():
        while len(sent) < 500:
            sent.append(1)
            yield b"x" * 100_000

    answer = classroom.send(session, source, 1, endless())
    refused(answer, 413)


def test_a_bomb_is_refused_quickly(classroom, session, source):
    bomb = claim_jpeg_size(WHOLE, 20_000, 20_000)
    started = time.perf_counter()
    refused(classroom.send(session, source, 1, bomb), 413)
    assert time.perf_counter() - started < 1  # decoding it takes over 4 s


@pytest.mark.parametrize("seq", ["", "x", "-1", "1.5", str(2**63)])
def test_a_bad_sequence_number_is_named(classroom, session, source, seq):
    assert "Frame-Seq" in refused(classroom.send(session, source, seq, WHOLE), 422)


def test_a_missing_sequence_number_is_named(classroom, session, source):
    answer = classroom.client.post(
        f"/api/v1/sessions/{session['session_id']}/frames",
        content=WHOLE,
        headers={**source, "Content-Type": "image/jpeg"},
    )
    assert "Frame-Seq" in refused(answer, 422)


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "ü"])
def test_a_wrong_token_is_refused(classroom, session, token):
    source = {"Authorization": f"Bearer {token}".encode()}
    refused(classroom.send(session, source, 1, WHOLE), 401)


def test_no_token_is_refused(classroom, session):
    refused(classroom.send(session, {}, 1, WHOLE), 401)
    refused(classroom.client.get("/api/v1/sessions"), 401)


def test_a_token_for_another_session_is_refused(classroom, session, source):
    other = classroom.start()
    refused(classroom.send(other, source, 1, WHOLE), 403)


def test_a_source_may_not_do_what_the_teacher_does(classroom, session, source):
    for method, path in [
        ("GET", ""),
        ("GET", f"/{session['session_id']}"),
        ("GET", f"/{session['session_id']}/mood"),
        ("POST", f"/{session['session_id']}/end"),
        ("DELETE", f"/{session['session_id']}"),
    ]:
        answer = classroom.client.request(method, f"/api/v1/sessions{path}", headers=source)
        refused(answer, 403)


def test_an_expired_token_says_join_again(classroom, session, settings):
    keyring = classroom.app.state.service.keyring
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    token, _ = keyring.sign_source(SourceTicket(session["session_id"], "x"), now=long_ago)
    source = {"Authorization": f"Bearer {token}"}
    assert "Join" in refused(classroom.send(session, source, 1, WHOLE), 401)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("session_id", ["nope", "%00", "a" * 300, "..%2f..", "💥"])
def test_an_unknown_session_is_not_found(classroom, method, session_id):
    path = f"/api/v1/sessions/{session_id}"
    refused(classroom.client.request(method, path, headers=classroom.teacher), 404)


def test_frames_for_an_unknown_session_are_not_found(classroom):
    refused(classroom.send({"session_id": "nope"}, classroom.teacher, 1, WHOLE), 404)


def test_an_unknown_code_is_not_found(classroom):
    refused(classroom.client.post("/api/v1/join", json={"join_code": "ZZZZ-ZZZZ"}), 404)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": ""},
        {"title": "   "},
        {"title": "x" * 201},
        {"title": "x", "expected_students": 0},
        {"title": "x", "bucket_seconds": 0},
        {"title": "x", "unknown": 1},
        [],
        "text",
    ],
)
def test_a_bad_session_is_described(classroom, body):
    refused(classroom.client.post("/api/v1/sessions", json=body, headers=classroom.teacher), 422)


@pytest.mark.parametrize("query", ["bucket_s=0", "bucket_s=x", "since=yesterday"])
def test_a_bad_mood_query_is_described(classroom, session, query):
    path = f"/api/v1/sessions/{session['session_id']}/mood?{query}"
    refused(classroom.client.get(path, headers=classroom.teacher), 422)


def test_a_body_that_is_no_text_is_described(classroom):
    for body in (b"\xff\xfe\x00", b"{", b"null"):
        headers = {**classroom.teacher, "Content-Type": "application/json"}
        answer = classroom.client.post("/api/v1/sessions", content=body, headers=headers)
        refused(answer, 422)


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api", "/nothing", "/api/v1/sessions/x/y/z"])
def test_unknown_paths_are_problems_too(classroom, path):
    refused(classroom.client.get(path, headers=classroom.teacher), 404)


def test_a_wrong_method_is_a_problem_too(classroom):
    answer = classroom.client.put("/api/v1/join", json={})
    assert answer.status_code in (404, 405)
    assert answer.headers["content-type"] == PROBLEM


def test_analyze_refuses_what_frames_refuse(classroom):
    headers = {**classroom.teacher, "Content-Type": "image/jpeg"}
    for data, status in [(b"", 400), (b"text", 400), (b"GIF89a", 415), (b"x" * 6_000_000, 413)]:
        answer = classroom.client.post("/api/v1/analyze", content=data, headers=headers)
        refused(answer, status)


TRICKS = {
    "hidden size": (hide_jpeg_size(WHOLE, 20_000, 20_000), 400),
    "many scans": (repeat_scan(grey(4000, 4000), 10_000), 415),
    "inflating": (png_of(png_chunk(b"IDAT", zlib.compress(bytes(50_000_000), 1))), 400),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_pictures_made_to_stall_the_server_are_refused_quickly(classroom, session, source, trick):
    data, status = TRICKS[trick]
    started = time.perf_counter()
    refused(classroom.send(session, source, 1, data), status)
    assert time.perf_counter() - started < 1
