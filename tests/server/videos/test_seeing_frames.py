"""The frame view: for whoever has the key, as long as the visit lasts, and nowhere on the disk."""

import itertools
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
import pytest

from model.faces import Faces
from model.pipeline import FrameReading
from model.pose import Pose
from server.schemas import NewVideo, Report, VideoState
from server.store.reports import StoredReport, keep_report
from server.store.tables import report, session
from server.store.videos import StoredVideo
from server.videos.frame_view import FrameView
from server.videos.frame_views import VISIT_SECONDS, FrameViews
from server.videos.refusals import FramesGone
from server.videos.walk import WalkedFrame
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


# One view, and the views of a server


def walked(number, jpeg=b"j" * 1000, faces=2):
    found = Faces(
        np.full((faces, 4), 8.0, np.float32),
        np.full((faces, 5, 2), 9.0, np.float32),
        np.full(faces, 0.5, np.float32),
    )
    probabilities = np.tile(np.eye(7, dtype=np.float32)[number % 7], (faces, 1))
    poses = [Pose(-1.1, 2.5, 4.0)] * faces
    reading = FrameReading(64, 48, found, probabilities, poses, {})
    return WalkedFrame(25 * number, float(number), reading, jpeg)


@pytest.fixture
def view(tmp_path):
    opened = FrameView(tmp_path)
    yield opened
    opened.close()


def test_a_reading_comes_back_as_it_was(view):
    view.add(walked(3))
    reading, told = walked(3).reading, view.find(0).reading
    assert told.poses == reading.poses
    assert told.probabilities.tolist() == reading.probabilities.tolist()
    assert told.faces.landmarks.tolist() == reading.faces.landmarks.tolist()
    assert told.counts == reading.counts


def test_a_frame_without_faces_can_be_held(view):
    view.add(walked(0, faces=0))
    assert view.find(0).counts == [0] * 7
    assert view.find(0).reading.poses == []


def test_thinned_evenly_it_holds_every_second_frame_on_half_the_disk(view):
    for number in range(9):
        view.add(walked(number, bytes([number]) * (1000 + number)))
    view.thin()
    assert [frame.index for frame in view.list_frames(0, 99)[0]] == [0, 2, 4, 6, 8]
    assert view.size == sum(1000 + n for n in (0, 2, 4, 6, 8))
    for number in (0, 2, 4, 6, 8):
        assert view.read_picture(number) == bytes([number]) * (1000 + number)
    for number in range(9, 13):
        view.add(walked(number, bytes([number]) * 10))
    assert [frame.index for frame in view.list_frames(8, 99)[0]] == [8, 10, 12]
    assert view.read_picture(12) == bytes([12]) * 10
    assert view.shown_every == 2


def test_a_page_of_frames_is_not_said_to_be_all(view):
    for number in range(5):
        view.add(walked(number))
    view.complete()
    assert [len(view.list_frames(first, 2)[0]) for first in (0, 2, 4)] == [2, 2, 1]
    assert [view.list_frames(first, 2)[1] for first in (0, 2, 3, 4)] == [False, False, True, True]


@pytest.fixture
def stored():
    def make(video_id="a" * 24, state=VideoState.ANALYZING):
        wish = NewVideo(title="x", size_bytes=9, show_frames=True)
        return StoredVideo(
            video_id, None, wish, state, 9, None, None, "s", None, 0.0, 0, None, []
        )  # fmt: skip

    return make


class Ticks:
    now = 0.0

    def __call__(self):
        return self.now


def test_a_visit_ends_ten_minutes_after_the_last_call(tmp_path, stored):
    tick = Ticks()
    views = FrameViews(tmp_path, "secret", tick=tick)
    views.begin(stored()).add(walked(0))
    key = views.key_of(stored())
    tick.now += VISIT_SECONDS - 1
    views.end_forgotten()
    assert views.look(stored(), key).find(0)
    tick.now += VISIT_SECONDS - 1
    views.touch(stored().id)  # somebody asked how far it is
    tick.now += VISIT_SECONDS - 1
    views.end_forgotten()
    assert views.look(stored(), key).find(0)
    tick.now += VISIT_SECONDS + 1
    views.end_forgotten()
    with pytest.raises(FramesGone):
        views.look(stored(), key)


def test_all_views_together_stay_within_their_space(tmp_path, stored):
    views = FrameViews(tmp_path, "secret", most_bytes=50_000)
    done, now = (views.begin(stored(letter * 24)) for letter in "ab")
    for number in range(40):
        done.add(walked(number))
    for number in range(40):
        now.add(walked(number))
    held = [views.look(stored(letter * 24), views.key_of(stored(letter * 24))) for letter in "ab"]
    assert sum(view.size for view in held) <= 50_000
    for view in held:
        shown = [frame.index for frame in view.list_frames(0, 99)[0]]
        assert len(shown) >= 10
        gaps = {later - earlier for earlier, later in itertools.pairwise(shown)}
        assert gaps == {view.shown_every}


def test_where_the_disk_has_no_room_nothing_is_shown_and_the_reading_goes_on(tmp_path, stored):
    views = FrameViews(tmp_path, "secret", has_room=lambda _: False)
    views.begin(stored()).add(walked(0))
    with pytest.raises(FramesGone):
        views.look(stored(), views.key_of(stored())).find(0)


def test_keys_are_of_one_recording_and_one_server(tmp_path, stored):
    keys = {
        FrameViews(tmp_path, secret).key_of(stored(letter * 24))
        for secret in ("one", "other")
        for letter in "ab"
    }
    assert len(keys) == 4
    assert list(tmp_path.iterdir()) == []
