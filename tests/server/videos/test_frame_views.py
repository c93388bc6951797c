"""One frame view, and the views of a server: what they hold, for how long, on how much disk."""

import itertools

import numpy as np
import pytest

from model.faces import Faces
from model.pipeline import FrameReading
from model.pose import Pose
from server.schemas import NewVideo, VideoState
from server.store.videos import StoredVideo
from server.videos.frame_view import FrameView
from server.videos.frame_views import VISIT_SECONDS, FrameViews
from server.videos.refusals import FramesGone
from server.videos.walk import WalkedFrame


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


def test_where_no_file_can_be_made_nothing_is_shown_and_the_reading_goes_on(tmp_path, stored):
    views = FrameViews(tmp_path / "nowhere", "secret")
    views.begin(stored()).add(walked(0))
    with pytest.raises(FramesGone):
        views.look(stored(), views.key_of(stored()))


def test_keys_are_of_one_recording_and_one_server(tmp_path, stored):
    keys = {
        FrameViews(tmp_path, secret).key_of(stored(letter * 24))
        for secret in ("one", "other")
        for letter in "ab"
    }
    assert len(keys) == 4
    assert list(tmp_path.iterdir()) == []
