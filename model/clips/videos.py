"""Video files and GIFs as clips, read by FFmpeg's libraries (PyAV)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from model.clips.clip import ClipFrame, Kind, UnreadableClip
from model.clips.containers import check_size, choose_video, find_tear, open_container
from model.clips.decoding import Clock, Decoding

ASSUMED_FPS = 25.0
"""For the few files that do not tell their own."""

MOST_SECONDS = 7 * 86_400.0
"""A file that claims to be longer has a damaged header; no lesson lasts a week."""

MISSING_SECONDS, MISSING_SHARE = 0.5, 0.05
"""A file that ends earlier than it announced by more than both breaks off. Sound that outlasts
the picture and frames cut by edit lists account for less."""


class VideoClip:
    """A video file or an animated GIF. Raises `UnreadableClip` when no frame can be read.

    starts_at: the second, by the file's own clock, at which the clip begins.
    """

    kind = Kind.VIDEO

    def __init__(self, path: Path) -> None:
        self.name, self.problems, self.path = path.name, list[str](), path
        with self._open() as (container, stream):
            self.fps = _tell_rate(stream)
            self.seconds = _tell_seconds(container, stream, self.fps)
            self.starts_at = Clock(container, stream, self.fps).start
            codec, frames = stream.codec_context.name, stream.frames
        self.frame_count: int | None = frames or (
            round(self.seconds * self.fps) if self.seconds else None
        )
        self._require_a_frame(codec)

    def frames(self, every: float = 0.0) -> Iterator[ClipFrame]:
        """Yield frames upright, at the times the file gives them."""
        self.problems.clear()
        with self._open() as (container, stream):
            decoding = Decoding(container, stream, self.fps, every)
            yield from decoding.walk()
        self._note_damage(decoding)

    @contextmanager
    def _open(self) -> Iterator[tuple[InputContainer, VideoStream]]:
        with self.path.open("rb") as file, open_container(file, self.path) as container:
            stream = choose_video(container, self.path)
            check_size(stream.codec_context.width, stream.codec_context.height, self.path)
            yield container, stream

    def _require_a_frame(self, codec: str) -> None:
        with self._open() as (container, stream):
            decoding = Decoding(container, stream, self.fps, 0.0)
            if next(decoding.walk(), None) is not None:
                return
            sized = stream.codec_context.width > 0  # FFmpeg forgets a size that is too large
        if not decoding.count:
            reason = "its video holds no frames"
        elif sized:
            reason = f"none of its frames can be decoded ({codec}); it is damaged"
        else:
            reason = "its pictures are larger than 8K (8192x4320), or it is damaged"
        raise UnreadableClip(self.path, reason)

    def _note_damage(self, decoding: Decoding) -> None:
        until, told = decoding.read_until, self.seconds or 0.0
        missing = told - until
        ends = f"“{self.name}” breaks off after {until:.1f} s ({decoding.count} frames)"
        if missing > max(MISSING_SECONDS, MISSING_SHARE * told):
            self.problems.append(f"{ends}; it should last {told:.1f} s.")
        elif tear := self._find_tear():
            self.problems.append(f"{ends}: {tear}.")
        elif decoding.torn:
            self.problems.append(f"{ends}: what follows can't be read.")
        if decoding.damaged:
            self.problems.append(
                f"“{self.name}” is damaged inside: {decoding.damaged} of its {decoding.count} "
                "frames could not be decoded."
            )
        if decoding.clock.jumps:
            self.problems.append(
                f"“{self.name}” has times that jump ({decoding.clock.jumps} in all); its frames "
                "are taken one after another there."
            )

    def _find_tear(self) -> str | None:
        with self.path.open("rb") as file:
            return find_tear(file)


def _tell_rate(stream: VideoStream) -> float:
    for told in (stream.average_rate, stream.guessed_rate):
        if told and 0 < told < 1000:  # "1k" is a bare time base
            return float(told)
    return ASSUMED_FPS


def _tell_seconds(container: InputContainer, stream: VideoStream, fps: float) -> float | None:
    told = _read_seconds(container, stream, fps) or _find_end(container, stream)
    return told if told and 0 < told <= MOST_SECONDS else None


def _read_seconds(container: InputContainer, stream: VideoStream, fps: float) -> float | None:
    if container.format.name == "avi" and stream.frames:
        claimed = stream.frames / fps  # its duration is guessed by FFmpeg from what is there
    elif stream.duration and stream.time_base:
        claimed = float(stream.duration * stream.time_base)
    else:
        claimed = (container.duration or 0) / av.time_base
    return claimed if 0 < claimed <= MOST_SECONDS else None


def _find_end(container: InputContainer, stream: VideoStream) -> float | None:
    """Read through a file that does not tell its length, as browsers record them."""
    first, last = None, None
    try:
        for packet in container.demux(stream):
            if packet.pts is not None:
                first = packet.pts if first is None else min(first, packet.pts)
                last = max(last or 0, packet.pts + (packet.duration or 0))
    except (av.FFmpegError, OSError):
        pass
    if first is None or last is None or not stream.time_base:
        return None
    return float((last - first) * stream.time_base) or None
