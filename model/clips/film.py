"""Writes pictures into a video file, each at its own time, with the sound of the file they are of.

Imports PyAV. The file is there when it is whole, not before.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from model.clips.soundtrack import Soundtrack, open_soundtrack
from model.frames import Picture
from model.unfinished import finishing

FORMATS = {
    ".mp4": "mp4",
    ".m4v": "mp4",
    ".mov": "mov",
    ".mkv": "matroska",
    ".webm": "webm",
    ".avi": "avi",
    ".flv": "flv",
}
"""What can be written, by suffix."""

ENCODERS = {".webm": ("libvpx", "libvpx-vp9"), ".avi": ("mpeg4",)}
ANYWHERE = ("libx264", "libopenh264", "mpeg4")
"""Encoders, the best first; of those that this build of FFmpeg has, the first is taken."""

OPTIONS = {
    "libx264": {"preset": "veryfast", "crf": "21"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
}
BITS_PER_PIXEL = 0.15
"""For encoders that are told a rate and no quality."""


class UnwritableFilm(Exception):
    """The video can't be written; the message is a sentence for whoever wanted it."""


class Film:
    """A video that is being written.

    fps: about how many frames a second, for the encoder; each frame keeps its own time, but AVI
    knows only one pace. notes: sentences about what is not as asked.
    """

    def __init__(
        self, container: OutputContainer, suffix: str, fps: float, sound: Soundtrack | None
    ) -> None:
        self.notes = list[str]()
        self._container, self._suffix, self._sound = container, suffix, sound
        self._rate = Fraction(fps).limit_denominator(1001)
        self._last, self._size = -1, (0, 0)

    def add(self, picture: Picture, at_seconds: float) -> None:
        """Add a picture `(height, width, 3) uint8`, BGR, at its time; sizes follow the first."""
        if not self._size[0]:
            self._begin(picture)
        frame = VideoFrame.from_ndarray(picture, format="bgr24")
        if (frame.width, frame.height) != self._size:
            frame = frame.reformat(*self._size, format="yuv420p")
        self._last = max(round(at_seconds / self._unit), self._last + 1)
        frame.pts, frame.time_base = self._last, self._unit
        self._container.mux(self._video.encode(frame))
        self._add_sound(at_seconds)

    def finish(self) -> None:
        """Write what the encoder still holds, and the rest of the sound."""
        if self._size[0]:
            self._container.mux(self._video.encode())
            self._add_sound(float("inf"))

    def _begin(self, picture: Picture) -> None:
        encoder = _choose_encoder(self._suffix)
        if encoder == "mpeg4" and self._suffix != ".avi":
            self.notes.append("This build of FFmpeg has no H.264 encoder: MPEG-4 is written.")
        height, width = (max(side // 2 * 2, 2) for side in picture.shape[:2])  # as yuv420p wants
        self._unit = self._choose_unit(encoder)
        options = OPTIONS.get(encoder, {})
        stream = self._container.add_stream(encoder, rate=self._rate, options=options)
        self._video = cast("VideoStream", stream)
        self._video.width, self._video.height, self._video.pix_fmt = width, height, "yuv420p"
        self._video.codec_context.time_base = self._unit
        if encoder != "libx264":
            self._video.bit_rate = round(width * height * float(self._rate) * BITS_PER_PIXEL)
        self._size = (width, height)
        if self._sound and not self._sound.join(self._container):
            self.notes.append(
                f"Its sound ({self._sound.codec}) can't be in a file {self._suffix} and is left "
                "out; .mkv takes any."
            )
            self._sound = None

    def _choose_unit(self, encoder: str) -> Fraction:
        """Return the unit of time: as fine as format and encoder can tell."""
        if self._suffix == ".avi":
            return 1 / self._rate
        return Fraction(1, 90_000 if encoder == "libx264" else 1000)

    def _add_sound(self, until: float) -> None:
        for packet in self._sound.take(until) if self._sound else ():
            self._container.mux(packet)


@contextmanager
def filming(
    path: Path, *, fps: float, sound_of: Path | None = None, starts_at: float = 0.0
) -> Iterator[Film]:
    """Yield a film that becomes `path` if the block ends well; else nothing of it is left.

    sound_of: a file whose sound is copied as it is; starts_at: the second of that file which is
    the film's first. Raises `UnwritableFilm`.
    """
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise UnwritableFilm(
            f"“{path.name}” can't be written from a video: that ends in {', '.join(FORMATS)}."
        )
    try:
        with ExitStack() as stack:
            unfinished = stack.enter_context(finishing(path))
            sound = stack.enter_context(open_soundtrack(sound_of, starts_at)) if sound_of else None
            container = stack.enter_context(av.open(str(unfinished), "w", format=FORMATS[suffix]))
            film = Film(container, suffix, fps, sound)
            yield film
            film.finish()
    except (av.FFmpegError, OSError) as error:
        reason = error.strerror or str(error)
        raise UnwritableFilm(f"“{path}” can't be written: {reason}.") from error


def _choose_encoder(suffix: str) -> str:
    names = ENCODERS.get(suffix, ANYWHERE)
    for name in names:
        try:
            av.Codec(name, "w")
        except (ValueError, av.FFmpegError):
            continue
        return name
    raise UnwritableFilm(f"This build of FFmpeg can't write {suffix}: it lacks {names[0]}.")
