import threading
import time

import numpy as np
import pytest

from model.clip_reading import read_clip
from model.clips import ClipFrame, Kind, UnreadableClip


class Numbered:
    """A clip of `count` small pictures that hold their numbers; then it may break."""

    name, kind, fps, frame_count, seconds = "numbered", Kind.VIDEO, 1.0, None, None

    def __init__(self, count, breaks=None):
        self.count, self.breaks, self.problems, self.given, self.closed = (
            count,
            breaks,
            [],
            0,
            False,
        )

    def frames(self, every=0.0):
        try:
            for number in range(self.count):
                self.given = number + 1
                yield ClipFrame(number, number * every, np.full((2, 2, 3), number % 256, np.uint8))
            if self.breaks:
                raise self.breaks
        finally:
            self.closed = True


class Slow:
    """Tells the number in the picture; even ones take longer, so that readings overtake."""

    network_version = "slow"

    def __init__(self):
        self.most, self._now, self._lock = 0, 0, threading.Lock()

    def read_picture(self, picture):
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.004 if picture[0, 0, 0] % 2 == 0 else 0.001)
        with self._lock:
            self._now -= 1
        return int(picture[0, 0, 0])


def clip_threads():
    return [t for t in threading.enumerate() if t.name.startswith("clip_")]


def test_frames_come_in_order_each_with_its_own_reading():
    read = list(read_clip(Numbered(40), Slow(), every=2.0, workers=3))
    assert [(frame.index, reading) for frame, reading in read] == [(n, n) for n in range(40)]
    assert read[-1][0].at_seconds == 78
    assert not clip_threads()


def test_as_many_are_read_at_once_as_there_are_workers():
    reader = Slow()
    list(read_clip(Numbered(40), reader, every=0, workers=3))
    assert reader.most == 3


def test_only_a_few_frames_are_decoded_ahead():
    clip = Numbered(1000)
    for number, _ in enumerate(read_clip(clip, Slow(), every=0, workers=2)):
        assert clip.given - number <= 4


def test_what_breaks_is_raised_after_the_frames_that_come_before_it():
    clip, seen = Numbered(7, UnreadableClip("numbered", "it is torn")), []
    with pytest.raises(UnreadableClip, match="it is torn"):
        seen.extend(frame.index for frame, _ in read_clip(clip, Slow(), every=0, workers=3))
    assert seen == list(range(7))
    assert not clip_threads()


def test_closing_stops_the_walk_and_leaves_no_thread():
    clip = Numbered(10_000)
    walk = read_clip(clip, Slow(), every=0, workers=2)
    next(walk)
    walk.close()
    assert clip.closed
    assert clip.given <= 4
    assert not clip_threads()


def test_a_reader_that_fails_is_told_and_lets_go_of_the_clip():
    class Failing(Slow):
        def read_picture(self, picture):
            if picture[0, 0, 0] == 3:
                raise MemoryError
            return super().read_picture(picture)

    clip, seen = Numbered(100), []
    with pytest.raises(MemoryError):
        seen.extend(reading for _, reading in read_clip(clip, Failing(), every=0, workers=2))
    assert seen == [0, 1, 2]
    assert clip.closed
    assert not clip_threads()
