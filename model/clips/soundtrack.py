"""The sound of a video file, copied as it is into another."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet

from model.clips.containers import open_container


class Soundtrack:
    """The packets of one audio stream, in order. codec: its name."""

    def __init__(self, container: InputContainer, stream: AudioStream, starts_at: float) -> None:
        self._stream, self._starts_at = stream, starts_at
        self._packets = self._read(container)
        self._next: Packet[AudioStream] | None = None
        self.codec = stream.codec_context.codec.canonical_name

    def join(self, film: OutputContainer) -> bool:
        """Become a stream of a film, if its format takes this sound; say whether."""
        if self.codec not in film.supported_codecs:
            return False
        try:
            self._copy = film.add_stream_from_template(self._stream)
        except (ValueError, av.FFmpegError):
            return False
        return True

    def take(self, until: float) -> Iterator["Packet[AudioStream]"]:
        """Yield what comes next, as far as the film's second `until`."""
        while True:
            packet = self._next or next(self._packets, None)
            if packet is None or float((packet.dts or 0) * packet.time_base) > until:
                self._next = packet
                return
            self._next, packet.stream = None, self._copy
            yield packet

    def _read(self, container: InputContainer) -> Generator["Packet[AudioStream]"]:
        try:
            for packet in container.demux(self._stream):
                if packet.dts is None:
                    continue
                shift = round(self._starts_at / packet.time_base)
                packet.dts -= shift
                packet.pts = packet.dts if packet.pts is None else packet.pts - shift
                yield packet
        except (av.FFmpegError, OSError):
            return  # broken sound is no reason to have no film


@contextmanager
def open_soundtrack(path: Path, starts_at: float) -> Iterator[Soundtrack | None]:
    """Yield the sound of a file, None where it has none. starts_at: in its own seconds."""
    with path.open("rb") as file, open_container(file, path) as container:
        found = [s for s in container.streams.audio if s.codec_context is not None]
        yield Soundtrack(container, found[0], starts_at) if found else None
