"""When to send which frame: at the clip's own pace, the newest winning.

The sender works one frame at a time, so while one is under way the loop over these frames stands
still; what came due meanwhile is passed over. Imports `model.clips`.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from model.clips import Clip, ClipFrame, Kind


@dataclass(frozen=True)
class Clock:
    """Time as the stream sees it, seconds; tests pass their own."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Pace:
    """How to walk through a clip.

    fps: frames a second, None for the clip's own. all_frames: send every frame and wait for each
    answer, falling behind where the server is slower. loop: begin again at the end.
    """

    fps: float | None = None
    all_frames: bool = False
    loop: bool = False


MOST_FPS = 2.0
"""What a server takes of one source in a second, unless it is set otherwise."""

SYSTEM_CLOCK = Clock()
OWN_PACE = Pace()


def choose_pace(clip: Clip, fps: float | None, *, all_frames: bool, loop: bool) -> Pace:
    """Return the pace asked for; where none is, the clip's own, but no faster than is taken."""
    if fps is None and not all_frames and clip.fps > MOST_FPS:
        fps = MOST_FPS
    return Pace(fps, all_frames, loop)


def walk(
    clip: Clip, pace: Pace, clock: Clock, on_skip: Callable[[int], None]
) -> Iterator[ClipFrame]:
    """Yield each frame when it is due; tell `on_skip` how many were passed over."""
    frames = _timed_frames(clip, pace)
    if clip.kind is Kind.CAMERA:
        return _newest_shots(frames, on_skip)
    if pace.all_frames:
        return _every_frame(frames, clock)
    return _newest_due(frames, clock, on_skip)


def _timed_frames(clip: Clip, pace: Pace) -> Iterator[ClipFrame]:
    """Put one or endless passes over the clip on one timeline."""
    step = 1 / pace.fps if pace.fps else 0.0
    numbered = pace.all_frames and step and clip.kind is Kind.VIDEO
    offset = 0.0
    while True:
        last: ClipFrame | None = None
        for number, frame in enumerate(clip.frames(0.0 if numbered else step)):
            at_seconds = number * step if numbered else frame.at_seconds
            last = replace(frame, at_seconds=offset + at_seconds)
            yield last
        if last is None or not pace.loop:
            return
        offset = last.at_seconds + (step or 1 / clip.fps)


def _newest_due(
    frames: Iterator[ClipFrame], clock: Clock, on_skip: Callable[[int], None]
) -> Iterator[ClipFrame]:
    frame = next(frames, None)
    started = clock.now()
    while frame is not None:
        following = next(frames, None)
        if following is not None and started + following.at_seconds <= clock.now():
            on_skip(1)
        else:
            _sleep_until(started + frame.at_seconds, clock)
            yield frame
        frame = following


def _every_frame(frames: Iterator[ClipFrame], clock: Clock) -> Iterator[ClipFrame]:
    started: float | None = None
    for frame in frames:
        started = clock.now() if started is None else started
        _sleep_until(started + frame.at_seconds, clock)
        yield frame


def _newest_shots(
    frames: Iterator[ClipFrame], on_skip: Callable[[int], None]
) -> Iterator[ClipFrame]:
    """Trust a camera to keep time and give the newest; gaps in its count were passed over."""
    expected = None
    for frame in frames:
        if expected is not None and frame.index > expected:
            on_skip(frame.index - expected)
        expected = frame.index + 1
        yield frame


def _sleep_until(due: float, clock: Clock) -> None:
    wait = due - clock.now()
    if wait > 0:
        clock.sleep(wait)
