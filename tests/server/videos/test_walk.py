"""Walking through a recording gives way to whatever else the server does."""

import os
import sys
import threading

import pytest

from model.clips import open_clip
from server.videos.walk import NICENESS, Pace, walking


class Reader:
    network_version = "none"

    def __init__(self):
        self.threads = set()

    def read_picture(self, picture):
        self.threads.add(threading.get_native_id())
        return picture.shape


def everything(_):
    return True


def nothing(_):
    return None


def test_frames_come_in_order_without_those_that_are_not_wanted(lecture):
    def wants(at):
        return at >= 3

    pace = Pace(1.0, 2)
    with walking(open_clip(lecture), Reader(), pace, wants=wants, draw=nothing) as frames:
        assert [walked.at_seconds for walked in frames] == [3, 4, 5, 6, 7]


@pytest.mark.skipif(sys.platform != "linux", reason="threads have priorities on Linux only")
def test_its_threads_have_the_least_priority_and_others_keep_theirs(lecture):
    levels = set()

    class Watching(Reader):
        def read_picture(self, picture):
            levels.add(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
            return super().read_picture(picture)

    def draw(_):
        levels.add(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    pace = Pace(1.0, 2)
    with walking(open_clip(lecture), Watching(), pace, wants=everything, draw=draw) as frames:
        assert len(list(frames)) == 8
    assert levels == {NICENESS}
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == own


def test_a_reading_waits_for_live_frames_but_not_for_ever(lecture):
    asked = []

    def is_busy():
        asked.append(True)
        return True

    pace = Pace(4.0, 1, is_busy)
    with walking(open_clip(lecture), Reader(), pace, wants=everything, draw=nothing) as frames:
        assert len(list(frames)) == 2
    assert len(asked) > 20  # it looked again and again, for a quarter of a second each


def test_what_goes_wrong_in_it_is_told_to_who_iterates(lecture):
    class Failing(Reader):
        def read_picture(self, picture):
            raise RuntimeError("ill")

    pace = Pace(1.0, 2)
    with (
        walking(open_clip(lecture), Failing(), pace, wants=everything, draw=nothing) as frames,
        pytest.raises(RuntimeError, match="ill"),
    ):
        list(frames)


def test_leaving_early_leaves_no_thread(lecture):
    before = threading.active_count()
    pace = Pace(0.0, 2)
    with walking(open_clip(lecture), Reader(), pace, wants=everything, draw=nothing) as frames:
        next(frames)
    assert threading.active_count() == before
