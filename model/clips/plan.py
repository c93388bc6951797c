"""Which packets of a video need decoding so that the frames that are due come out right.

Two things are saved, and neither changes a pixel of a frame that is taken: frames to which no
other refers are left out, and where a keyframe lies between two frames that are due, what comes
before it is not decoded at all. Imports PyAV's words only; decodes nothing.
"""

from bisect import insort
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from av.packet import Packet
from av.video.stream import VideoStream

from model.clips.clip import Picker
from model.clips.keyframes import begins_afresh

if TYPE_CHECKING:
    VideoPacket = Packet[VideoStream]
else:
    VideoPacket = Packet  # takes no parameter when it runs

RESTARTING = frozenset(
    {"h264", "hevc", "mpeg4", "mpeg2video", "vp9", "libdav1d", "av1"}
    | {"mjpeg", "prores", "png", "ffv1", "rawvideo"}
)
"""Decoders whose every packet is one frame, and that can begin at any keyframe."""

SKIPPING = frozenset({"h264", "mpeg4", "mpeg2video"})
"""Decoders that leave out frames to which no other refers, packet by packet."""

MOST_HELD, MOST_HELD_BYTES = 600, 16_000_000
"""Packets that wait for the next keyframe; beyond either they are decoded."""

LONGEST_GAP = 3600.0
"""Times that jump further are damage."""


@dataclass(frozen=True)
class Step:
    """One packet for the decoder.

    wanted: its frame may be taken; else the decoder may leave it out if nothing refers to it.
    afresh: packets before it were left out, so the decoder begins anew.
    """

    packet: VideoPacket
    wanted: bool
    afresh: bool = False


class Plan:
    """Sorts packets, given in decoding order, for frames at least `every` seconds apart.

    time_of: a packet's time in seconds from its pts.
    """

    def __init__(
        self, every: float, time_of: Callable[[int], float], codec: str, extradata: bytes | None
    ) -> None:
        self.trusted = every > 0
        self._time_of, self._restarts = time_of, codec in RESTARTING
        self._codec, self._extradata = codec, extradata
        self._picker, self._last, self._afresh = Picker(every), 0.0, False
        self._held, self._held_bytes = deque[VideoPacket](), 0
        self._candidates = list[int]()  # pts of held packets that may be the next that is due
        self._wanted = set[int]()

    def distrust(self) -> None:
        """Have all that comes decoded: the file is not what it says."""
        self.trusted = False

    def add(self, packet: VideoPacket) -> Iterator[Step]:
        """Take the next packet; yield those whose turn has come."""
        if not self.trusted or self._is_odd(packet):
            self.trusted = False
            yield from self._release(len(self._held))
            yield Step(packet, wanted=True, afresh=self._afresh)
            self._afresh = False
            return
        at = self.time_of(packet)
        if self._restarts and packet.is_keyframe and at <= self._picker.due + 1e-6:
            self._leave_out_what_comes_before(packet)
        self._held.append(packet)
        self._held_bytes += packet.size
        if at >= self._picker.due - 1e-6 and packet.pts is not None and not packet.is_discard:
            insort(self._candidates, packet.pts)
        yield from self._release(self._decide(packet.dts))
        if not self._restarts or self._is_full():
            yield from self._release(self._count_decided())

    def finish(self) -> Iterator[Step]:
        """Yield what is still needed when no packet will come."""
        yield from self._release(self._decide(max(self._candidates) if self._candidates else None))

    def time_of(self, packet: VideoPacket) -> float:
        """Tell when a packet's frame is due, seconds."""
        return self._time_of(packet.pts or 0)

    def _is_odd(self, packet: VideoPacket) -> bool:
        if packet.pts is None or (packet.dts is not None and packet.pts < packet.dts):
            return True
        before, self._last = self._last, self.time_of(packet)
        return abs(self._last - before) > LONGEST_GAP

    def _leave_out_what_comes_before(self, packet: VideoPacket) -> None:
        if not self._held or self._candidates:
            return
        if begins_afresh(bytes(packet), self._extradata, self._codec):
            self._held.clear()
            self._held_bytes, self._afresh = 0, True

    def _decide(self, known_to: int | None) -> int:
        """Choose what is due among frames shown up to `known_to`; count the packets it takes."""
        chosen = False
        while self._candidates and known_to is not None and self._candidates[0] <= known_to:
            chosen = True
            self._wanted.add(self._candidates[0])
            self._picker.wants(self._time_of(self._candidates[0]))
            due = self._picker.due - 1e-6
            self._candidates = [pts for pts in self._candidates if self._time_of(pts) >= due]
        if not chosen:
            return 0
        places = (at for at, packet in enumerate(self._held, 1) if packet.pts in self._wanted)
        return max(places, default=0)

    def _count_decided(self) -> int:
        """Count the held packets before the first whose fate is open; of too many, one at least."""
        still_open = set(self._candidates)
        places = (at for at, packet in enumerate(self._held) if packet.pts in still_open)
        return max(next(places, len(self._held)), int(self._is_full()))

    def _is_full(self) -> bool:
        return len(self._held) > MOST_HELD or self._held_bytes > MOST_HELD_BYTES

    def _release(self, count: int) -> Iterator[Step]:
        for _ in range(count):
            packet = self._held.popleft()
            self._held_bytes -= packet.size
            wanted = not self.trusted or packet.pts in self._wanted
            self._wanted.discard(packet.pts)
            yield Step(packet, wanted or packet.pts in self._candidates, self._afresh)
            self._afresh = False
