"""Clips of plain grey frames."""

import numpy as np

from model.clips import ClipFrame, Kind


class FakeClip:
    name = "fake"

    def __init__(self, times, kind=Kind.VIDEO, fps=10.0, indices=None):
        self.kind, self.fps, self.times = kind, fps, list(times)
        self.frame_count, self.seconds, self.problems = len(self.times), None, []
        self.indices = indices or range(len(self.times))

    def frames(self, every=0.0):
        for index, at in zip(self.indices, self.times, strict=True):
            yield ClipFrame(index, at, np.full((48, 64, 3), index, np.uint8))
