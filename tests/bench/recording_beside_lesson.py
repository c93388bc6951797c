"""How soon a live lesson's frames are answered while a recording is read beside it.

    python -m tests.bench.recording_beside_lesson [--students 10] [--seconds 20]

Every student sends a webcam picture a second; each sends its next one when it is due, or when the
last one is answered. The recording is a gallery of 25 faces of which every frame is read. Only the
two columns of one run can be compared: both suffer alike from whatever else the machine does.
"""

import argparse
import tempfile
import threading
import time
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from tests.pictures import astronaut, jpeg
from tests.recordings import film_gallery
from tests.servers import RunningServer, running_server


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.recording_beside_lesson")
    parser.add_argument("--students", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=20.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lecture = film_gallery(Path(folder) / "x.mp4", seconds=300, rows=5, columns=5, fps=5)
        with running_server(Path(folder) / "data") as server:
            measure(server, given.students, 5.0)  # opens what is opened once
            alone = measure(server, given.students, given.seconds)
            video = upload(server, lecture)
            while look(server, video)["frames_read"] == 0:
                time.sleep(0.1)
            before = look(server, video)["frames_read"]
            beside = measure(server, given.students, given.seconds)
            read = look(server, video)["frames_read"] - before
            server.teacher.post(f"/api/v1/videos/{video}/cancel")
    table = Table("answered within", "no recording", "a recording beside")
    for name, share in (("half of the frames", 0.5), ("95 of 100", 0.95), ("all", 1.0)):
        table.add_row(name, *(f"{1000 * at(times, share):.0f} ms" for times in (alone, beside)))
    Console(width=100).print(table)
    Console(width=100).print(
        f"{given.students} students, {len(alone)} and {len(beside)} frames; meanwhile "
        f"{read / given.seconds:.1f} frames of the recording a second."
    )


def at(times: list[float], share: float) -> float:
    return sorted(times)[min(int(share * len(times)), len(times) - 1)]


def measure(server: RunningServer, students: int, seconds: float) -> list[float]:
    """Return the seconds that each frame took from being sent to its answer."""
    session = server.teacher.post("/api/v1/sessions", json={"title": "Live"}).json()
    picture, times = jpeg(astronaut()), list[float]()

    def send(number: int) -> None:
        with httpx.Client(base_url=server.url, timeout=30, trust_env=False) as student:
            code = {"join_code": session["join_code"]}
            token = student.post("/api/v1/join", json=code).json()["token"]
            due, until = time.monotonic() + number / students, time.monotonic() + seconds
            for seq in range(round(seconds)):
                time.sleep(max(due + seq - time.monotonic(), 0))
                if time.monotonic() > until:
                    return
                begun = time.perf_counter()
                student.post(
                    f"/api/v1/sessions/{session['session_id']}/frames",
                    content=picture,
                    headers={
                        "Authorization": f"Bearer {token}",
                        "Frame-Seq": str(seq),
                        "Content-Type": "image/jpeg",
                    },
                ).raise_for_status()
                times.append(time.perf_counter() - begun)

    senders = [threading.Thread(target=send, args=(number,)) for number in range(students)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    return times


def upload(server: RunningServer, lecture: Path) -> str:
    """Upload a recording to be read whole; return its id."""
    data = lecture.read_bytes()
    wish = {"title": "Lecture", "size_bytes": len(data), "frames_per_second": 0}
    video: str = server.teacher.post("/api/v1/videos", json=wish).json()["video_id"]
    server.teacher.patch(
        f"/api/v1/videos/{video}",
        content=data,
        headers={"Upload-Offset": "0", "Content-Type": "application/octet-stream"},
    ).raise_for_status()
    return video


def look(server: RunningServer, video: str) -> dict[str, int]:
    told: dict[str, int] = server.teacher.get(f"/api/v1/videos/{video}").json()
    return told


if __name__ == "__main__":
    main()
