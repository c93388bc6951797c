"""The main job on real frames, galleries and clips. Needs ../shared/data or ROOMTONE_BENCH_DATA."""

import json

import cv2
import httpx
import numpy as np
import pytest
from typer.testing import CliRunner

import roomtone
from bench.frames import find_data
from model.faces import Floats, overlap
from tests.servers import RunningServer, running_server

DATA = find_data()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        DATA is None, reason="no real frames: put them at ../shared/data or set ROOMTONE_BENCH_DATA"
    ),
]


def boxes(folder: str) -> dict[str, Floats]:
    listed = json.loads((DATA / folder / "faces.json").read_text())
    return {n: np.array([f["box_xywh"] for f in faces], np.float32) for n, faces in listed.items()}


def clear_boxes(folder: str, name: str) -> Floats:
    listed = json.loads((DATA / folder / "faces.json").read_text())[name]
    return np.array([f["box_xywh"] for f in listed if not f.get("partly_hidden")], np.float32)


def found_of(truth: Floats, told: list[dict]) -> int:
    """Count the true faces that a told one covers at IoU 0.5, each told face once."""
    if not told:
        return 0
    pairs = overlap(truth, np.array([face["box"] for face in told], np.float32))
    taken: set[int] = set()
    for row in pairs[np.argsort(-pairs.max(1))]:
        best = next((i for i in np.argsort(-row) if row[i] >= 0.5 and int(i) not in taken), None)
        if best is not None:
            taken.add(int(best))
    return len(taken)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running_server(tmp_path_factory.mktemp("data")) as running:
        yield running


def start(server: RunningServer, **wish) -> dict:
    return server.teacher.post("/api/v1/sessions", json={"title": "Real", **wish}).json()


def stream(server: RunningServer, session: dict, source: str, *more: str) -> dict:
    command = ["stream", str(DATA / source), "--server", server.url, "--join", session["join_code"]]
    done = CliRunner().invoke(roomtone.app, [*command, "--all", "--json", *more])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_classroom_clip_is_counted_as_it_was_answered(server):
    session = start(server)
    ledger = stream(server, session, "clips/classroom.gif", "--fps", "30")
    told = server.teacher.get(f"/api/v1/sessions/{session['session_id']}").json()
    assert (told["frames"], told["faces"]) == (ledger["counted"], ledger["faces"])
    assert ledger["counted"] == 45
    assert 3 * 45 * 0.9 <= ledger["faces"] <= 4 * 45


def test_two_webcams_are_two_sources(server):
    session = start(server)
    frames = 0
    for state in ("webcam/engaged", "webcam/looking_away"):
        frames += stream(server, session, state, "--fps", "60")["counted"]
    told = server.teacher.get(f"/api/v1/sessions/{session['session_id']}").json()
    assert (told["frames"], told["joined"]) == (frames, 2) == (120, 2)
    assert told["faces"] >= 114


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("webcam_640x360_1.jpg", 1),
        ("gallery_1280x720_25.jpg", 25),
        ("gallery_1920x1080_49.jpg", 49),
    ],
)
def test_the_faces_of_a_meeting_window_are_found(server, name, least):
    session = start(server, expected_students=30)
    answer = server.teacher.post(
        f"/api/v1/sessions/{session['session_id']}/frames",
        content=(DATA / "galleries" / name).read_bytes(),
        headers={"Frame-Seq": "1", "Content-Type": "image/jpeg"},
    ).json()
    assert found_of(clear_boxes("galleries", name), answer["faces"]) >= least
    assert sum(answer["counts"].values()) == len(answer["faces"])


def test_nine_of_ten_faces_of_the_mosaics_are_found():
    done = CliRunner().invoke(roomtone.app, ["analyze", str(DATA / "mosaics"), "--json"])
    assert done.exit_code == 0, done.output
    pictures = json.loads(done.stdout)["files"][0]["frames"]
    truth = boxes("mosaics")
    found = sum(found_of(truth[p["file"]], p["faces"]) for p in pictures)
    assert len(pictures) == 120
    assert found >= 0.9 * sum(len(faces) for faces in truth.values())


def test_an_empty_floor_has_no_faces(server):
    clip = cv2.VideoCapture(str(DATA / "clips" / "people-detection.gif"))
    ok, picture = clip.read()
    assert ok
    answer = httpx.post(
        f"{server.url}/api/v1/analyze",
        content=cv2.imencode(".jpg", picture)[1].tobytes(),
        headers={**server.teacher.headers, "Content-Type": "image/jpeg"},
    )
    assert answer.json()["faces"] == []
