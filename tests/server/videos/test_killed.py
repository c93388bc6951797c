"""A server that is killed in the middle of an upload, and of a reading, by its own process."""

import signal
import time

import pytest

from tests.recordings import film_gallery
from tests.servers import free_port, running_server

OCTETS = {"Content-Type": "application/octet-stream"}


def look(server, video):
    return server.teacher.get(f"/api/v1/videos/{video}").json()


def send(server, video, data):
    headers = {**OCTETS, "Upload-Offset": str(look(server, video)["received_bytes"])}
    return server.teacher.patch(f"/api/v1/videos/{video}", content=data, headers=headers)


@pytest.mark.slow
def test_a_recording_survives_two_kills_and_is_counted_once(tmp_path):
    film = film_gallery(tmp_path / "x.mp4", seconds=60, rows=3, columns=4)
    data, port, folder = film.read_bytes(), free_port(), tmp_path / "data"
    half = len(data) // 2
    wish = {"title": "x", "size_bytes": len(data), "frames_per_second": 0, "bucket_seconds": 1}
    wish["started_at"] = "2026-03-02T10:15:00Z"
    with running_server(folder, port=port) as server:
        video = server.teacher.post("/api/v1/videos", json=wish).json()["video_id"]
        assert send(server, video, data[:half]).status_code == 200
        server.process.send_signal(signal.SIGKILL)
    with running_server(folder, port=port) as server:
        assert look(server, video)["received_bytes"] == half
        assert send(server, video, data[half:]).status_code == 200
        while look(server, video)["frames_read"] < 30:
            time.sleep(0.02)
        server.process.send_signal(signal.SIGKILL)
    with running_server(folder, port=port) as server:
        while (told := look(server, video))["state"] in ("waiting", "analyzing"):
            time.sleep(0.1)
        assert (told["state"], told["frames_read"]) == ("done", 300)
        mood = server.teacher.get(f"/api/v1/sessions/{told['session_id']}/mood").json()
        assert [point["frames"] for point in mood["series"]] == [5] * 60
        assert list((folder / "videos").iterdir()) == []
