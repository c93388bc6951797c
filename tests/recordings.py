"""Small recordings for tests, a gallery of one portrait filmed by PyAV; a reader that waits."""

import threading
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from tests.pictures import gallery, grey

MP4 = b"\0\0\0\x18ftypmp42" + bytes(20_000)
"""Begins as a recording does."""

CODECS = {".webm": "libvpx", ".avi": "mpeg4", ".gif": "gif", ".flv": "flv1"}


def film(path: Path, pictures, *, fps=5, times=None) -> Path:
    """Film pictures `(height, width, 3) uint8`, BGR, one after another; times: seconds of each."""
    codec = CODECS.get(path.suffix, "libx264")
    with av.open(str(path), "w") as recording:
        video = recording.add_stream(codec, rate=fps)
        video.time_base = Fraction(1, 1000)
        for number, picture in enumerate(pictures):
            if not number:
                video.height, video.width = picture.shape[:2]
                video.gop_size = fps  # a file that is cut off still has pictures before the cut
                video.pix_fmt = "rgb8" if codec == "gif" else "yuv420p"
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            at = times[number] if times else number / fps
            frame.pts, frame.time_base = round(1000 * at), Fraction(1, 1000)
            recording.mux(video.encode(frame))
        recording.mux(video.encode())
    return path


def film_gallery(path: Path, *, seconds=8, fps=5, rows=2, columns=3) -> Path:
    """Film a gallery in which every face is of the same portrait; it gets lighter and darker."""
    still = gallery(rows, columns, width=480, height=270).astype(np.int16)
    frames = range(round(seconds * fps))
    return film(path, (np.clip(still + n % 7, 0, 255).astype(np.uint8) for n in frames), fps=fps)


def film_nobody(path: Path, *, seconds=3, fps=5) -> Path:
    """Film a grey wall."""
    return film(path, (grey(160, 120) for _ in range(round(seconds * fps))), fps=fps)


def film_sound(path: Path) -> Path:
    """Record a second of silence, without a picture."""
    with av.open(str(path), "w") as recording:
        sound = recording.add_stream("aac", rate=48_000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 48_000), np.float32), "fltp", "mono")
        frame.sample_rate, frame.pts = 48_000, 0
        recording.mux(sound.encode(frame))
        recording.mux(sound.encode())
    return path


class GatedPipeline:
    """The real pipeline, but pictures of recordings are read only as far as a test lets them.

    let: how many more may be read.
    """

    def __init__(self, pipeline):
        self._pipeline, self._gate = pipeline, threading.Semaphore(0)
        self.network_version, self.estimators = pipeline.network_version, pipeline.estimators
        self.read, self.asked = pipeline.read, 0

    def thorough(self):
        return self._pipeline.thorough()

    def let(self, frames: int = 10_000) -> None:
        self._gate.release(frames)

    def read_picture(self, picture):
        self.asked += 1
        self._gate.acquire()
        return self._pipeline.read_picture(picture)
