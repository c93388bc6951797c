"""A walk through the frames of a video stream: which, when, and what could not be read."""

import heapq
from collections import deque
from collections.abc import Iterator

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from model.clips.clip import ClipFrame, Picker
from model.clips.containers import MAX_PIXELS
from model.clips.plan import LONGEST_GAP, SKIPPING, Plan, Step, VideoPacket
from model.clips.upright import Upright

LATE_START = 0.1
"""A video that begins so many seconds after its sound keeps that distance from the start."""

JITTER = 1.0
"""Times that go back by less are set right one by one; by more, all that follow are moved."""


class Clock:
    """Turns a stream's timestamps into seconds from the start, each later than the one before.

    start: the second, by the file's own clock, that counts as 0.
    """

    def __init__(self, container: InputContainer, stream: VideoStream, fps: float) -> None:
        self._unit, self._step, self._last = float(stream.time_base or 0) or 1 / fps, 1 / fps, -1.0
        begins = (stream.start_time or 0) * self._unit
        file_begins = (
            begins if container.start_time is None else container.start_time / av.time_base
        )
        late = begins - file_begins
        self.start = file_begins if LATE_START < late < LONGEST_GAP else begins
        self.jumps = 0

    def time_of(self, pts: int) -> float:
        """Tell when `pts` is due, seconds, taking the stream at its word."""
        return max(pts * self._unit - self.start, 0.0)

    def begin_at(self, dts: int | None) -> None:
        """Count from `dts`: a stream that says only when frames are decoded, later than shown."""
        self.start = (dts or 0) * self._unit

    def tell(self, pts: int | None) -> float:
        """Tell when the next frame is due, seconds; a jump of the stream's clock is left out."""
        expected = self._last + self._step if self._last >= 0 else 0.0
        if pts is None:
            at = expected
        else:
            at = self.time_of(pts)
            if self._last >= 0 and not -JITTER < at - self._last < LONGEST_GAP:
                self.jumps += 1
                self.start += pts * self._unit - self.start - expected
                at = expected
            elif at <= self._last:
                at = expected
        self._last = at
        return at


class Decoding:
    """Decodes one stream of an open container, in this thread and no other.

    read_until: end of what was read, seconds. count: frames passed, decoded or not. damaged:
    packets that could not be decoded. torn: the file could not be read to its end.
    """

    def __init__(
        self, container: InputContainer, stream: VideoStream, fps: float, every: float
    ) -> None:
        self._container, self._stream, self._picker = container, stream, Picker(every)
        self._draw = Upright(stream.sample_aspect_ratio).draw
        self._context = stream.codec_context
        self._context.thread_count = 1  # frames waste less side by side than split over cores
        self._context.options = {"max_pixels": str(MAX_PIXELS)}
        self.clock, self._step = Clock(container, stream, fps), 1 / fps
        codec = self._context.codec.name
        self._plan = Plan(every, self.clock.time_of, codec, self._context.extradata)
        self._skips = codec in SKIPPING
        self.read_until, self.count, self.damaged, self.torn = 0.0, 0, 0, False
        self._passing, self._passed, self._index = list[int](), 0, -1
        self._promised: int | None = None

    def walk(self) -> Iterator[ClipFrame]:
        """Yield the first frame at or after each time that is due."""
        for step in self._steps():
            frames = deque(self._decode(step))
            while frames:
                taken = self._take(frames.popleft())  # no name holds a frame while others come
                if taken is not None:
                    yield taken

    def _take(self, frame: VideoFrame) -> ClipFrame | None:
        if frame.pts is None and self._index < 0:
            self.clock.begin_at(frame.dts)
        if self._promised is not None and frame.pts is not None and frame.pts >= self._promised:
            if frame.pts > self._promised:
                self._plan.distrust()  # what called itself a keyframe was none
            self._promised = None
        at = self.clock.tell(frame.pts if frame.pts is not None else frame.dts)
        self.read_until = max(self.read_until, at + self._step)
        index = self._number(frame.pts)
        return ClipFrame(index, at, self._draw(frame)) if self._picker.wants(at) else None

    def _steps(self) -> Iterator[Step | None]:
        try:
            for packet in self._container.demux(self._stream):
                if packet.dts is None and packet.size == 0:
                    break  # PyAV's own sign of the end
                self._note(packet)
                yield from self._plan.add(packet)
        except (av.FFmpegError, OSError):
            self.torn = True
        yield from self._plan.finish()
        yield None

    def _note(self, packet: VideoPacket) -> None:
        if packet.is_discard:
            return
        self.count += 1
        if packet.pts is not None and self._plan.trusted:
            heapq.heappush(self._passing, packet.pts)
            self.read_until = max(self.read_until, self.clock.time_of(packet.pts) + self._step)

    def _decode(self, step: Step | None) -> list[VideoFrame]:
        """Decode a packet, or what the decoder still holds; then begin anew where told."""
        if step is None:
            return self._run(None)
        before = list[VideoFrame]()
        if step.afresh:
            before = self._run(None)
            self._context.flush_buffers()
            self._promised = step.packet.pts
        skip = self._skips and not step.wanted
        self._context.skip_frame = "NONREF" if skip else "DEFAULT"
        return before + self._run(step.packet)

    def _run(self, packet: VideoPacket | None) -> list[VideoFrame]:
        try:
            return self._context.decode(packet)
        except (av.FFmpegError, ValueError):
            self.damaged += packet is not None
            return []

    def _number(self, pts: int | None) -> int:
        """Return the frame's number in the video; frames that were left out count."""
        while self._passing and pts is not None and self._passing[0] < pts:
            heapq.heappop(self._passing)
            self._passed += 1
        self._index = max(self._passed if self._plan.trusted else 0, self._index + 1)
        return self._index
