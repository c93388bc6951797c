"""`python -m tests.lecture OUT`: a "lecture", webcams tiled as a meeting's gallery shows them.

Each tile plays the frames of ../shared/data/webcam of one state after another, two a second and
faded into each other, with a head that drifts, a mirror and a light of its own, and noise, so that
motion and size of the file are those of a recorded meeting. Without that data the tiles show a
public portrait. The state of most tiles changes with the part of the lecture (`PARTS`).
"""

import argparse
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from tests.pictures import astronaut

Picture = NDArray[np.uint8]

PARTS = ("engaged", "confused", "engaged", "bored", "frustrated", "engaged")
"""What most tiles show, in equal parts of the lecture; every fourth tile keeps to itself."""

OTHERS = ("looking_away", "drowsy", "engaged", "confused")
FRAMES_PER_SECOND = 2.0
FADE_SECONDS = 0.2
PERIOD_SECONDS = 300.0
"""A longer lecture repeats its first five minutes, without encoding them again."""

CODECS = {".webm": "libvpx", ".avi": "mpeg4", ".gif": "gif", ".mpg": "mpeg2video"}
OPTIONS = {
    "libx264": {"preset": "veryfast", "crf": "23"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8", "b": "2M"},
    "mpeg4": {"b": "4M"},
}


@dataclass(frozen=True)
class Lecture:
    """How to film one. width, height in pixels; fps frames a second; faces tiles."""

    seconds: float = 600.0
    width: int = 1280
    height: int = 720
    faces: int = 25
    fps: int = 25
    keyframes: int = 250
    sound: bool = False
    codec: str | None = None

    @property
    def columns(self) -> int:
        return math.ceil(math.sqrt(self.faces))

    @property
    def rows(self) -> int:
        return math.ceil(self.faces / self.columns)


def find_webcams() -> Path | None:
    """Return the folder of webcam frames, if this machine has it."""
    told = os.environ.get("ROOMTONE_BENCH_DATA")
    folder = Path(told) if told else Path(__file__).parents[2] / "shared" / "data"
    return folder / "webcam" if (folder / "webcam").is_dir() else None


def make_lecture(path: Path, lecture: Lecture) -> Path:
    """Film it into `path`, whose suffix says the format. Returns the path."""
    once = Lecture(**{**vars(lecture), "seconds": min(lecture.seconds, PERIOD_SECONDS)})
    if lecture.seconds <= PERIOD_SECONDS:
        _film(path, once)
    else:
        part = path.with_stem(f"{path.stem}-part")
        _film(part, once)
        _repeat(part, path, lecture.seconds)
        part.unlink()
    return path


def draw_frames(lecture: Lecture) -> Iterator[Picture]:
    """Draw the frames of a lecture `(height, width, 3) uint8`, BGR."""
    tile = (lecture.width // lecture.columns, lecture.height // lecture.rows)
    states = _load_states(tile)
    noise = np.random.default_rng(1).normal(0, 1.5, (8, lecture.height, lecture.width, 1))
    grain = np.repeat(np.clip(noise, -6, 6), 3, axis=3).astype(np.int8)
    canvas = np.full((lecture.height, lecture.width, 3), 24, np.uint8)
    for number in range(round(lecture.seconds * lecture.fps)):
        at = number / lecture.fps
        for student in range(lecture.faces):
            row, column = divmod(student, lecture.columns)
            x, y = column * tile[0], row * tile[1]
            state = _state_at(student, at / lecture.seconds)
            canvas[y : y + tile[1], x : x + tile[0]] = _film_student(
                states[state], student, at, tile
            )
        yield cv2.add(canvas, grain[number % len(grain)], dtype=cv2.CV_8U)


def _state_at(student: int, share: float) -> str:
    if student % 4 == 3:
        return OTHERS[student // 4 % len(OTHERS)]
    delay = 0.02 * math.sin(student)  # nobody changes in the same second as all
    part = min(int(max(share + delay, 0.0) * len(PARTS)), len(PARTS) - 1)
    return PARTS[part]


def _film_student(frames: list[Picture], student: int, at: float, tile: tuple[int, int]) -> Picture:
    place = at * FRAMES_PER_SECOND + student * 7.3
    index, fraction = int(place), place % 1
    picture = frames[_there_and_back(index, len(frames))]
    fade = fraction / FRAMES_PER_SECOND / FADE_SECONDS
    if fade < 1:
        before = frames[_there_and_back(index - 1, len(frames))]
        picture = cv2.addWeighted(picture, fade, before, 1 - fade, 0)
    if student % 2:
        picture = cv2.flip(picture, 1)
    margin_x, margin_y = picture.shape[1] - tile[0], picture.shape[0] - tile[1]
    x = margin_x / 2 * (1 + 0.9 * math.sin(at * 0.7 + student))
    y = margin_y / 2 * (1 + 0.9 * math.sin(at * 0.45 + 2 * student))
    centre = (x + (tile[0] - 1) / 2, y + (tile[1] - 1) / 2)
    cut = cv2.getRectSubPix(picture, tile, centre)
    return cv2.convertScaleAbs(cut, alpha=0.85 + 0.05 * (student % 6), beta=4 * (student % 5))


def _there_and_back(index: int, count: int) -> int:
    place = index % max(2 * count - 2, 1)
    return place if place < count else 2 * count - 2 - place


def _load_states(tile: tuple[int, int]) -> dict[str, list[Picture]]:
    """Load each state's frames, a little larger than a tile."""
    folder = find_webcams()
    states = sorted({*PARTS, *OTHERS})
    if folder is None:
        face = astronaut()[:320, 60:400]
        return {state: [_fit(face, tile), _fit(face[4:, 4:], tile)] for state in states}
    return {
        state: [_fit(cv2.imread(str(p)), tile) for p in sorted((folder / state).glob("*.jpg"))]
        for state in states
    }


def _fit(picture: Picture, tile: tuple[int, int]) -> Picture:
    width, height = (round(1.06 * side) for side in tile)
    scale = max(width / picture.shape[1], height / picture.shape[0])
    sides = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    fitted = cv2.resize(picture, sides, interpolation=cv2.INTER_AREA)
    left, top = (fitted.shape[1] - width) // 2, (fitted.shape[0] - height) // 2
    return fitted[top : top + height, left : left + width]


def _film(path: Path, lecture: Lecture) -> None:
    codec = lecture.codec or CODECS.get(path.suffix, "libx264")
    with av.open(str(path), "w") as film:
        video = film.add_stream(codec, rate=lecture.fps, options=OPTIONS.get(codec, {}))
        video.width, video.height = lecture.width, lecture.height
        video.pix_fmt = "rgb8" if codec == "gif" else "yuv420p"
        video.gop_size = lecture.keyframes
        sound = (
            film.add_stream("libopus" if path.suffix == ".webm" else "aac", rate=48_000)
            if lecture.sound
            else None
        )
        for number, picture in enumerate(draw_frames(lecture)):
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, lecture.fps)
            film.mux(video.encode(frame))
            if sound:
                for piece in _hum(number, lecture.fps):
                    film.mux(sound.encode(piece))
        film.mux(video.encode())
        if sound:
            film.mux(sound.encode())


def _hum(number: int, fps: int) -> Iterator[av.AudioFrame]:
    """One frame's share of a quiet tone."""
    begins, ends = number * 48_000 // fps, (number + 1) * 48_000 // fps
    wave = 0.1 * np.sin(np.arange(begins, ends) * (2 * math.pi * 220 / 48_000))
    piece = av.AudioFrame.from_ndarray(wave[None].astype(np.float32), "fltp", "mono")
    piece.sample_rate, piece.pts, piece.time_base = 48_000, begins, Fraction(1, 48_000)
    yield piece


def _repeat(part: Path, path: Path, seconds: float) -> None:
    """Join as many copies of `part` as `seconds` take; only its packets are copied."""
    with av.open(str(path), "w") as film:
        begins, streams = 0.0, {}
        while begins < seconds:
            with av.open(str(part)) as source:
                for packet in source.demux():
                    if packet.dts is None:
                        continue
                    if packet.pts * packet.time_base + begins >= seconds:
                        continue
                    index = packet.stream.index
                    if index not in streams:
                        streams[index] = film.add_stream_from_template(packet.stream)
                    shift = round(begins / packet.time_base)
                    packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                    packet.stream = streams[index]
                    film.mux(packet)
            begins += PERIOD_SECONDS


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.lecture", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--size", default="1280x720", help="WIDTHxHEIGHT in pixels")
    parser.add_argument("--faces", type=int, default=25)
    parser.add_argument("--fps", type=int, default=25)
    parser.add_argument("--sound", action="store_true", help="with a quiet tone")
    given = parser.parse_args()
    width, height = map(int, given.size.split("x"))
    seconds = 60 * given.minutes
    lecture = Lecture(seconds, width, height, given.faces, given.fps, sound=given.sound)
    make_lecture(given.out, lecture)


if __name__ == "__main__":
    main()
