"""The frame view: for whoever has the key, as long as the visit lasts, and nowhere on the disk."""

from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
import pytest

from server.schemas import Report
from server.store.reports import StoredReport, keep_report
from server.store.tables import report, session
from tests.pictures import gallery
from tests.recordings import film
from tests.report_samples import make_report
from tests.server.videos.conftest import wait_until

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def test_the_uploader_sees_every_frame_with_its_faces(uploader, lecture):
    video = uploader.upload(lecture, show_frames=True)
    uploader.wait_for(video)
    seen = uploader.view(video).json()
    assert [(f["index"], f["at_seconds"], f["faces"]) for f in seen["frames"]] == [
        (n, float(n), 6) for n in range(8)
    ]
    assert seen["complete"]
    assert seen["shown_every"] == 1
    assert sum(seen["counts"].values()) == 48
    assert all(sum(frame["counts"].values()) == 6 for frame in seen["frames"])
    told = uploader.view(video, "/3").json()
    assert (told["index"], told["width"], told["height"]) == (3, 480, 270)
    assert len(told["faces"]) == 6
    for face in told["faces"]:
        assert sum(face["probabilities"].values()) == pytest.approx(1, abs=1e-4)
        assert face["emotion"] == max(face["probabilities"], key=face["probabilities"].get)
        x, y, width, height = face["box"]
        assert 0 <= x < 480
        assert 0 <= y < 270
        assert width > 0 < height
    later = uploader.view(video, params={"first": 6}).json()
    assert [frame["index"] for frame in later["frames"]] == [6, 7]


def test_the_moments_of_changes_are_those_of_the_report(uploader, lecture):
    video = uploader.upload(lecture, show_frames=True)
    told = uploader.wait_for(video)
    assert uploader.view(video).json()["changes"] == []  # one portrait, over and over
    (lesson,) = uploader.classroom.rows(session)
    (kept,) = uploader.classroom.rows(report)
    changes = make_report().changes[:2]
    moments = [lesson.started_at + timedelta(seconds=seconds) for seconds in (2, 5.5)]
    known = Report.model_validate_json(kept.document)
    changed = known.model_copy(
        update={
            "changes": [
                change.model_copy(update={"at": at})
                for change, at in zip(changes, moments, strict=True)
            ]
        }
    )
    row = StoredReport(lesson.report_revision, NOW, changed.model_dump_json())
    with uploader.classroom.app.state.service.database.writing() as db:
        keep_report(db, told["session_id"], row)
    assert uploader.view(video).json()["changes"] == [2.0, 5.5]


def test_a_picture_is_small_and_kept_by_no_cache(uploader, tmp_path):
    path = film(tmp_path / "x.mp4", [gallery(2, 3, width=1920, height=1080)])
    video = uploader.upload(path, show_frames=True)
    uploader.wait_for(video)
    answer = uploader.view(video, "/0/picture")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "no-store"
    picture = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape == (540, 960, 3)
    for path in ("", "/0"):
        assert uploader.view(video, path).headers["cache-control"] == "no-store"
    assert uploader.view(video, "/0").json()["width"] == 1920
    assert uploader.view(video, "/1/picture").status_code == 404
    assert uploader.view(video, "/1").status_code == 404


def test_nobody_sees_them_without_the_key(uploader, lecture):
    video, other = (uploader.upload(lecture, show_frames=True) for _ in range(2))
    uploader.wait_for(other)
    assert video["video_id"] != other["video_id"]
    for key in ("", "wrong", "ä", uploader.keys[other["video_id"]]):
        for path in ("", "/0", "/0/picture"):
            answer = uploader.call(
                "GET",
                f"/{video['video_id']}/frames{path}",
                headers={"Video-Key": key.encode()} if key else {},
            )
            assert answer.status_code == 403
            assert "Video-Key" in answer.json()["detail"]
    assert uploader.view(video, key="wrong", method="DELETE").status_code == 403
    assert "view_key" not in uploader.look(video)


def test_where_nobody_asked_for_frames_there_are_none(uploader, lecture):
    video = uploader.upload(lecture)
    assert uploader.keys[video["video_id"]] is None
    assert uploader.view(video, key="any").status_code == 404


def test_before_it_is_read_there_are_no_frames_yet(uploader, gated, open_uploader, lecture):
    uploader = open_uploader(gated)
    video = uploader.announce(100, show_frames=True)
    seen = uploader.view(video).json()
    assert (seen["frames"], seen["complete"], seen["changes"]) == ([], False, [])
    assert uploader.view(video, "/0").status_code == 404


def test_ending_the_visit_lets_them_go(uploader, lecture):
    video = uploader.upload(lecture, show_frames=True)
    uploader.wait_for(video)
    assert uploader.view(video, method="DELETE").status_code == 204
    for path in ("", "/0", "/0/picture"):
        answer = uploader.view(video, path)
        assert answer.status_code == 410
        assert "Upload the recording again" in answer.json()["detail"]
    assert uploader.view(video, method="DELETE").status_code == 204
    assert uploader.look(video)["state"] == "done"


def test_ending_it_while_it_is_read_does_not_stop_the_reading(gated, open_uploader, lecture):
    uploader = open_uploader(gated)
    video = uploader.upload(lecture, show_frames=True)
    gated.let(4)
    wait_until(lambda: uploader.view(video).json()["frames"])
    assert uploader.view(video, method="DELETE").status_code == 204
    gated.let()
    assert uploader.wait_for(video)["frames_read"] == 8
    assert uploader.view(video).status_code == 410


def test_after_another_start_of_the_server_they_are_gone(gated, pipeline, open_uploader, lecture):
    uploader = open_uploader(pipeline)
    video = uploader.upload(lecture, show_frames=True)
    uploader.wait_for(video)
    later = open_uploader(pipeline)
    later.keys = uploader.keys
    assert later.view(video).status_code == 410


def test_their_file_has_no_name(uploader, lecture):
    video = uploader.upload(lecture, show_frames=True)
    uploader.wait_for(video)
    assert uploader.view(video, "/0/picture").status_code == 200
    uploader.wait_for_empty_folder()
