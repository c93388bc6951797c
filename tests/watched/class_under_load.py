"""Somebody to watch: students that send as much as they are told, a rehearsal, a recording."""

import itertools
import threading
import time
from contextlib import suppress
from pathlib import Path
from random import uniform

import httpx

from tests.pictures import gallery, jpeg
from tests.recordings import film_gallery
from tests.servers import RunningServer

FACES = [{"neutral": 0.8, "happy": 0.2}, {"surprise": 1}]


class Class:
    """Students of one session, each a thread. pause: seconds between two frames of one."""

    def __init__(self, server: RunningServer, students: int, pause: float) -> None:
        self._server, self.pause = server, pause
        self._stop = threading.Event()
        with server.teacher as teacher:
            session = start(teacher, title="Watched")
            path = f"/api/v1/sessions/{session['session_id']}"
            rehearsal = start(teacher, title="Rehearsed", simulated=True)
            window = {"Authorization": teacher.headers["Authorization"]}
            self._work = [
                (f"/api/v1/sessions/{rehearsal['session_id']}/readings", window, {"faces": FACES})
            ]
            for _ in range(students):
                asked = teacher.post("/api/v1/join", json={"join_code": session["join_code"]})
                source = {"Authorization": f"Bearer {asked.json()['token']}"}
                self._work.append((f"{path}/frames", source, None))
            self._work.append((f"{path}/self-reports", source, {"answer": "following"}))
        self._pictures = [jpeg(gallery(1, faces, width=640, height=360)) for faces in (1, 2)]
        self._threads = [threading.Thread(target=self._send, args=one) for one in self._work]

    def begin(self) -> None:
        for thread in self._threads:
            thread.start()
            time.sleep(self.pause / len(self._threads))  # a class does not send at one moment

    def end(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)

    def _send(self, path: str, source: dict[str, str], body: dict | None) -> None:
        # What comes beside frames keeps its pace under overload. Frames come at uneven times: after
        # an overload all would send at the same moment for good, and be refused for good.
        beside = body is not None
        numbers = itertools.count(2_000_000 if path.endswith("self-reports") else 1)
        with httpx.Client(base_url=self._server.url, headers=source, trust_env=False) as client:
            while not self._stop.wait(1.0 if beside else self.pause * uniform(0.5, 1.5)):
                seq = next(numbers)
                headers, picture = {"Frame-Seq": str(seq)}, self._pictures[seq % 2]
                with suppress(httpx.HTTPError):
                    if beside:
                        client.post(path, json=body, headers=headers)
                    else:
                        headers["Content-Type"] = "image/jpeg"
                        client.post(path, content=picture, headers=headers)


def start(teacher: httpx.Client, **body: object) -> dict[str, str]:
    """Start a session."""
    answer = teacher.post("/api/v1/sessions", json=body)
    answer.raise_for_status()
    return dict(answer.json())


def upload_recording(server: RunningServer, folder: Path) -> None:
    """Upload a recording of 8 s and wait until it is read."""
    data = film_gallery(folder / "lesson.mp4").read_bytes()
    with server.teacher as teacher:
        told = teacher.post(
            "/api/v1/videos", json={"title": "Recorded", "size_bytes": len(data)}
        ).json()
        video = f"/api/v1/videos/{told['video_id']}"
        binary = {"Content-Type": "application/octet-stream", "Upload-Offset": "0"}
        teacher.patch(video, content=data, headers=binary).raise_for_status()
        for _ in range(600):
            if teacher.get(video).json()["state"] == "done":
                return
            time.sleep(0.1)
    raise SystemExit("The recording was not read within a minute.")
