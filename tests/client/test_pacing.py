import pytest

from client.pacing import MOST_FPS, Pace, choose_pace, walk
from model.clips import Kind
from server.settings import Settings
from tests.client.fake_clips import FakeClip
from tests.client.fake_server import FakeTime


@pytest.fixture
def time():
    return FakeTime()


def play(clip, pace, time, *, each_takes=0.0, limit=100):
    """Walk through the clip, spending time on each frame; return (index, when sent), skipped."""
    skipped, sent = [], []
    for frame in walk(clip, pace, time.clock, skipped.append):
        sent.append((frame.index, round(time.seconds, 3)))
        time.seconds += each_takes
        if len(sent) == limit:
            break
    return sent, sum(skipped)


def test_frames_go_out_at_the_clips_own_pace(time):
    sent, skipped = play(FakeClip([0, 0.07, 0.13]), Pace(), time)
    assert sent == [(0, 0), (1, 0.07), (2, 0.13)]
    assert skipped == 0


def test_frames_that_come_due_while_one_is_under_way_are_skipped_and_the_newest_goes(time):
    sent, skipped = play(FakeClip([0, 0.1, 0.2, 0.3, 0.4]), Pace(), time, each_takes=0.25)
    assert sent == [(0, 0), (2, 0.25), (4, 0.5)]
    assert skipped == 2


def test_the_last_frame_is_never_skipped(time):
    sent, _ = play(FakeClip([0, 0.1, 0.2]), Pace(), time, each_takes=10)
    assert sent[-1][0] == 2


def test_all_frames_are_sent_however_slow_the_server_is(time):
    sent, skipped = play(FakeClip([0, 0.1, 0.2]), Pace(all_frames=True), time, each_takes=1)
    assert sent == [(0, 0), (1, 1), (2, 2)]
    assert skipped == 0


def test_all_frames_of_a_video_can_be_sent_at_another_pace(time):
    sent, _ = play(FakeClip([0, 0.1, 0.2]), Pace(fps=2, all_frames=True), time)
    assert sent == [(0, 0), (1, 0.5), (2, 1.0)]


def test_looping_begins_again_one_frame_after_the_last(time):
    sent, _ = play(FakeClip([0, 0.1]), Pace(loop=True), time, limit=4)
    assert sent == [(0, 0), (1, 0.1), (0, 0.2), (1, 0.3)]


def test_a_clip_without_frames_does_not_loop_for_ever(time):
    assert play(FakeClip([]), Pace(loop=True), time) == ([], 0)


def test_what_a_camera_passed_over_counts_as_skipped(time):
    clip = FakeClip([0, 0.5, 2.0], Kind.CAMERA, indices=[0, 1, 4])
    sent, skipped = play(clip, Pace(), time)
    assert [index for index, _ in sent] == [0, 1, 4]
    assert skipped == 2


@pytest.mark.parametrize(
    ("clip_fps", "asked", "all_frames", "chosen"),
    [
        (25.0, None, False, MOST_FPS),  # a video: no faster than a server takes
        (1.0, None, False, None),  # a folder keeps its own pace
        (25.0, 10.0, False, 10.0),
        (25.0, None, True, None),
    ],
)
def test_a_pace_that_nobody_asked_for_is_one_that_a_server_takes(
    clip_fps, asked, all_frames, chosen
):
    clip = FakeClip([0], fps=clip_fps)
    assert choose_pace(clip, asked, all_frames=all_frames, loop=False).fps == chosen


def test_a_server_takes_the_pace_unless_it_is_set_otherwise():
    assert Settings.model_fields["source_frames_per_second"].default == MOST_FPS
