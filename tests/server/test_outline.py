"""The outline of a session: loaded from files, begun slide by slide; through the whole server."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from fastapi import FastAPI, Request
from sqlalchemy import func, select

from server.edge import BodyLimits
from server.errors import add_error_handlers
from server.outlines import PPTX
from server.store.tables import outline_entry
from tests.server.outlines.decks import deck
from tests.server.test_markers import refused

CSV = "0:00,Intro,chapter\n1:30,Cells\n,Membranes\n"


@pytest.fixture
def session(classroom):
    return classroom.start()


@pytest.fixture
def load(classroom, session):
    def load(data=CSV, media_type="text/csv", **headers):
        given = data.encode() if isinstance(data, str) else data
        return classroom.client.put(
            path(session),
            content=given,
            headers={**classroom.teacher, "Content-Type": media_type, **headers},
        )

    return load


@pytest.fixture
def begin(classroom, session):
    def begin(position):
        return classroom.client.post(f"{path(session)}/{position}/begin", headers=classroom.teacher)

    return begin


def path(session):
    return f"/api/v1/sessions/{session['session_id']}/outline"


def read(classroom, session):
    answer = classroom.client.get(path(session), headers=classroom.teacher)
    assert answer.status_code == 200
    return answer.json()


def end(classroom, session):
    classroom.client.post(
        f"/api/v1/sessions/{session['session_id']}/end", headers=classroom.teacher
    )


def test_a_loaded_file_is_answered_told_and_shown_in_the_mood(classroom, session, load):
    answer = load()
    assert answer.status_code == 200
    assert [(e["position"], e["kind"], e["title"], e["begins_s"]) for e in answer.json()] == [
        (1, "chapter", "Intro", 0.0), (2, "slide", "Cells", 90.0), (3, "slide", "Membranes", None),
    ]  # fmt: skip
    assert read(classroom, session) == answer.json()
    assert classroom.mood(session)["outline"] == answer.json()


@pytest.mark.parametrize(
    ("data", "media_type", "titles"),
    [
        (deck("Cells", "Membranes"), PPTX, ["Cells", "Membranes"]),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nIntro", "text/vtt; charset=utf-8", ["Intro"]),
        (json.dumps([{"title": "Cells"}]), "Application/JSON", ["Cells"]),
    ],
    ids=["pptx", "vtt", "json"],
)
def test_every_kind_of_file_is_taken(load, data, media_type, titles):
    assert [entry["title"] for entry in load(data, media_type).json()] == titles


def test_moments_count_from_the_sessions_start(load, session):
    began = session["started_at"].replace("Z", "+00:00")
    assert load(f"{began},Intro").json()[0]["begins_s"] == 0.0


def test_loading_replaces_what_was_loaded_also_after_the_end(classroom, session, load):
    load()
    end(classroom, session)
    assert [e["title"] for e in load("0,Only").json()] == ["Only"]
    assert [e["title"] for e in read(classroom, session)] == ["Only"]


def test_a_bad_file_leaves_the_former_outline(classroom, session, load):
    load()
    assert "Line 2" in refused(load("0,a\nsoon,b"), 422)
    assert len(read(classroom, session)) == 3


def test_an_outline_is_deleted_and_deleting_it_again_changes_nothing(classroom, session, load):
    load()
    for _ in range(2):
        gone = classroom.client.delete(path(session), headers=classroom.teacher)
        assert gone.status_code == 204
    assert read(classroom, session) == []


def test_beginning_a_slide_sets_its_time_and_drops_its_marker(classroom, session, load, begin):
    load()
    classroom.clock.now += 125.5
    begun = begin(3)
    assert begun.status_code == 200
    assert begun.json() == {
        "position": 3, "kind": "slide", "title": "Membranes", "begins_s": 125.5, "begun": True,
    }  # fmt: skip
    mood = classroom.mood(session)
    assert mood["outline"][2] == begun.json()
    (marker,) = mood["markers"]
    assert (marker["kind"], marker["label"]) == ("slide", "Membranes")


def test_a_slide_begun_twice_at_once_is_begun_once(classroom, session, load, begin):
    load()
    classroom.clock.now += 30
    first = begin(2).json()
    classroom.clock.now += 0.8
    assert begin(2).json() == first
    with ThreadPoolExecutor(4) as pool:
        assert {answer.status_code for answer in pool.map(begin, [1] * 4)} == {200}
    assert [m["label"] for m in classroom.mood(session)["markers"]] == ["Cells", "Intro"]


def test_a_slide_that_comes_again_later_has_its_new_time_and_two_markers(
    classroom, session, load, begin
):
    load()
    begin(2)
    classroom.clock.now += 300
    assert begin(2).json()["begins_s"] == 300.0
    assert [m["label"] for m in classroom.mood(session)["markers"]] == ["Cells", "Cells"]


def test_what_can_not_begin_is_told(classroom, session, load, begin):
    assert "nothing is loaded" in refused(begin(1), 404)
    load()
    assert "it has 3" in refused(begin(4), 404)
    for position in ("0", "x", "1001", "-1"):
        refused(begin(position), 422)
    end(classroom, session)
    assert "Add a marker" in refused(begin(1), 409)
    assert classroom.mood(session)["markers"] == []


@pytest.mark.parametrize(
    "media_type", ["", "text/plain", "application/pdf", "application/vnd.ms-powerpoint"]
)
def test_another_media_type_is_told_what_may_be_loaded(load, media_type):
    assert "text/vtt" in refused(load("x", media_type), 415)


def test_a_presentation_may_be_20_mb_and_a_text_2(classroom, load):
    assert "no .pptx" in refused(load(b"x" * 19_000_000, PPTX), 422)
    assert "larger than 20 MB" in refused(load(b"x" * 20_000_001, PPTX), 413)
    assert "larger than 2 MB" in refused(load(b"x" * 2_000_001, "text/csv"), 413)


def test_a_large_body_without_a_length_is_cut_off(load):
    sent = []

    def endless():
        while len(sent) < 500:
            sent.append(1)
            yield b"x" * 100_000

    assert "larger than 20 MB" in refused(load(endless(), PPTX), 413)


def test_an_outline_may_take_longer_to_arrive_than_a_picture():
    app = FastAPI()
    app.add_middleware(BodyLimits, seconds=0.2)
    add_error_handlers(app)

    @app.put("/{rest:path}")
    async def take(request: Request, rest: str) -> int:
        return len(await request.body())

    async def trickle():
        for _ in range(4):
            yield b"x"
            await asyncio.sleep(0.1)

    async def run():
        wire = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=wire, base_url="http://x") as client:
            for path in ("/api/v1/sessions/x", "/dashboard/session/x"):  # the page's own way, too
                outline = await client.put(f"{path}/outline", content=trickle())
                other = await client.put(f"{path}/other", content=trickle())
                assert (outline.status_code, other.status_code) == (200, 408)

    asyncio.run(run())


def test_an_empty_body_is_told(load):
    assert "empty" in refused(load(b""), 422)


def test_only_the_teacher_loads_and_only_for_a_session_that_is_there(classroom, session):
    source = {**classroom.join(session), "Content-Type": "text/csv"}
    teacher = {**classroom.teacher, "Content-Type": "text/csv"}
    own = path(session)
    calls = [("GET", own), ("PUT", own), ("DELETE", own), ("POST", f"{own}/1/begin")]
    for method, address in calls:
        given = {"content": CSV.encode()} if method == "PUT" else {}
        refused(classroom.client.request(method, address, headers=source, **given), 403)
        refused(classroom.client.request(method, address, **given), 401)
        gone = address.replace(session["session_id"], "nope")
        refused(classroom.client.request(method, gone, headers=teacher, **given), 404)


def test_an_outline_is_erased_with_its_session(classroom, session, load):
    load()
    classroom.client.delete(f"/api/v1/sessions/{session['session_id']}", headers=classroom.teacher)
    with classroom.app.state.service.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(outline_entry)) == 0
