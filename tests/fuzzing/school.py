"""A server with something of everything in it, so that invented calls meet more than 404."""

import itertools
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.films import film

VTT = "WEBVTT\n\n00:01.000 --> 00:02.000\nIntro\n\n00:03.000 --> 00:09.000\nCells\n"
FACE = {"happy": 0.7, "neutral": 0.3}
SPARES = 12
"""What may be ended and erased, so that the rest stays."""


@dataclass
class School:
    """Known values by the name of their parameter; `spare` for calls that end or erase."""

    source_token: str
    known: dict[str, list[str]]
    spare: dict[str, list[str]] = field(default_factory=dict)
    over: list[str] = field(default_factory=list)


def furnish(teacher: httpx.Client, folder: Path) -> School:
    """Make lessons that run and that are over, markers, slides, a transcript and recordings."""
    running = _start(teacher, "Running")
    token = _join(teacher, running)
    over = [hold_lesson(teacher, f"Lesson {number}") for number in range(2)]
    spare = [_start(teacher, f"Spare {number}")["session_id"] for number in range(SPARES)]
    markers = teacher.get(f"/api/v1/sessions/{over[0]}/markers").json()
    videos = [_upload(teacher, folder, f"Recording {number}") for number in range(SPARES)]
    _wait_until_read(teacher, videos[0]["video_id"])
    video_ids = [video["video_id"] for video in videos]
    known = {
        "session_id": [running["session_id"], *over],
        "marker_id": [marker["marker_id"] for marker in markers],
        "join_code": [running["join_code"]],
        "position": ["1", "2"],
        "video_id": video_ids[:3],
        "index": ["0", "1"],
        "Video-Key": [video["view_key"] for video in videos[:3]],
        "session": over,
        "course": ["Biology"],
    }
    return School(token, known, {"session_id": spare, "video_id": video_ids[3:]}, over)


def _start(teacher: httpx.Client, title: str, **wish: Any) -> dict[str, Any]:
    answer = teacher.post("/api/v1/sessions", json={"title": title, "self_report": True, **wish})
    answer.raise_for_status()
    return answer.json()


def _join(teacher: httpx.Client, session: dict[str, Any]) -> str:
    joined = teacher.post("/api/v1/join", json={"join_code": session["join_code"]})
    return str(joined.raise_for_status().json()["token"])


def hold_lesson(teacher: httpx.Client, title: str) -> str:
    """Hold a lesson of six invented students with all that may belong to one; it ends."""
    session = _start(teacher, title, simulated=True, course="Biology", bucket_seconds=1)
    path = f"/api/v1/sessions/{session['session_id']}"
    tokens = [_join(teacher, session) for _ in range(6)]
    put = {"Content-Type": "text/vtt"}
    teacher.put(f"{path}/outline", content=VTT, headers=put).raise_for_status()
    teacher.post(f"{path}/markers", json={"label": "Experiment"}).raise_for_status()
    teacher.post(f"{path}/outline/1/begin").raise_for_status()
    for seq, token in itertools.product(range(3), tokens):
        headers = {"Authorization": f"Bearer {token}", "Frame-Seq": str(2 * seq)}
        teacher.post(f"{path}/readings", json={"faces": [FACE]}, headers=headers).raise_for_status()
        headers["Frame-Seq"] = str(2 * seq + 1)
        said = {"answer": "following"}
        teacher.post(f"{path}/self-reports", json=said, headers=headers).raise_for_status()
        time.sleep(0.1)
    teacher.put(f"{path}/transcript", content=VTT, headers=put).raise_for_status()
    teacher.post(f"{path}/end").raise_for_status()
    return str(session["session_id"])


def _upload(teacher: httpx.Client, folder: Path, title: str) -> dict[str, Any]:
    path = folder / "film.mp4"
    data = (path if path.exists() else film(path, seconds=2)).read_bytes()
    wish = {"title": title, "size_bytes": len(data), "show_frames": True}
    video: dict[str, Any] = teacher.post("/api/v1/videos", json=wish).raise_for_status().json()
    headers = {"Content-Type": "application/octet-stream", "Upload-Offset": "0"}
    sent = teacher.patch(f"/api/v1/videos/{video['video_id']}", content=data, headers=headers)
    sent.raise_for_status()
    return video


def _wait_until_read(teacher: httpx.Client, video_id: str) -> None:
    for _ in range(300):
        if teacher.get(f"/api/v1/videos/{video_id}").json()["state"] in ("done", "failed"):
            return
        time.sleep(0.1)
