import os
import time
from pathlib import Path

import numpy as np
import pytest

from model.clips import ClipNotFound, Kind, UnreadableClip, open_clip
from model.clips.cameras import CameraClip
from tests.films import ffmpeg, film
from tests.pictures import claim_jpeg_size, grey, jpeg, png, webp

SHARED = Path(os.environ.get("ROOMTONE_BENCH_DATA", "../shared/data"))
needs_shared = pytest.mark.skipif(
    not (SHARED / "clips").is_dir(), reason=f"no clips at {SHARED}; set ROOMTONE_BENCH_DATA"
)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.mp4", ["-pix_fmt", "yuv420p"]),
        ("a.mov", ["-c:v", "mjpeg"]),
        ("a.webm", ["-c:v", "libvpx"]),
        ("a.avi", ["-c:v", "mpeg4"]),
        ("frames reordered in a file without their times.avi", ["-pix_fmt", "yuv420p"]),
        ("a.flv", ["-pix_fmt", "yuv420p"]),
        ("a.mkv", ["-pix_fmt", "yuv420p"]),
        ("a.gif", []),
        ("AV1.mp4", ["-c:v", "libaom-av1", "-cpu-used", "8"]),
        ("a film by another name.jpg", ["-f", "mp4", "-pix_fmt", "yuv420p"]),
    ],
)
def test_every_frame_of_a_video_comes_at_its_time(tmp_path, name, options):
    clip = open_clip(film(tmp_path / name, *options))
    frames = list(clip.frames())
    assert clip.kind is Kind.VIDEO
    assert clip.fps == pytest.approx(10)
    assert [frame.index for frame in frames] == list(range(10))
    assert [f.at_seconds for f in frames] == pytest.approx(np.arange(10) / 10, abs=0.011)
    assert {frame.picture.shape for frame in frames} == {(64, 96, 3)}
    assert clip.problems == []
    assert len(list(clip.frames())) == 10


@pytest.mark.parametrize("codec", ["libx264", "libaom-av1"])
def test_a_video_can_be_read_at_intervals(tmp_path, codec):
    clip = open_clip(film(tmp_path / "a.mp4", "-c:v", codec, "-pix_fmt", "yuv420p", seconds=2))
    assert [frame.index for frame in clip.frames(every=0.5)] == [0, 5, 10, 15]


def test_a_video_taken_with_a_turned_phone_is_upright(tmp_path):
    film(tmp_path / "flat.mp4", "-pix_fmt", "yuv420p")
    ffmpeg("-display_rotation", "90", "-i", tmp_path / "flat.mp4", "-c", "copy", tmp_path / "a.mp4")
    assert next(open_clip(tmp_path / "a.mp4").frames()).picture.shape == (96, 64, 3)


def test_a_video_that_breaks_off_gives_what_is_there_and_says_where(tmp_path):
    options = ["-pix_fmt", "yuv420p", "-movflags", "+faststart", "-g", "1"]
    data = film(tmp_path / "whole.mp4", *options, seconds=5).read_bytes()
    (tmp_path / "torn.mp4").write_bytes(data[: len(data) // 2])
    clip = open_clip(tmp_path / "torn.mp4")
    assert 5 < len(list(clip.frames())) < 45
    assert "“torn.mp4” breaks off after" in clip.problems[0]
    assert "it should last 5.0 s" in clip.problems[0]


def test_a_gif_that_breaks_off_says_so(tmp_path):
    data = film(tmp_path / "whole.gif").read_bytes()
    (tmp_path / "torn.gif").write_bytes(data[: len(data) // 2])
    clip = open_clip(tmp_path / "torn.gif")
    assert 0 < len(list(clip.frames())) < 10
    assert "the GIF has no end" in clip.problems[0]


@pytest.mark.parametrize("encode", [jpeg, png, webp])
def test_a_picture_is_a_clip_of_one_frame(tmp_path, encode):
    (tmp_path / "a").write_bytes(encode(grey(64, 48)))
    clip = open_clip(tmp_path / "a")
    (frame,) = clip.frames()
    assert (clip.kind, frame.picture.shape, frame.path) == (
        Kind.PICTURE,
        (48, 64, 3),
        tmp_path / "a",
    )


def test_a_folder_comes_in_the_order_a_person_would_count(tmp_path):
    for name in ("10.jpg", "9.jpg", "b2.PNG", "b10.png", ".hidden.jpg", "notes.txt"):
        (tmp_path / name).write_bytes(jpeg(grey(8, 8)))
    clip = open_clip(tmp_path)
    assert [f.path.name for f in clip.frames()] == ["9.jpg", "10.jpg", "b2.PNG", "b10.png"]
    assert [frame.at_seconds for frame in clip.frames(every=0.5)] == [0, 0.5, 1, 1.5]
    assert clip.frame_count == 4


def test_a_bad_picture_in_a_folder_is_named_and_the_others_come(tmp_path):
    (tmp_path / "1.jpg").write_bytes(jpeg(grey(8, 8)))
    (tmp_path / "2.jpg").write_text("no picture")
    (tmp_path / "3.jpg").write_bytes(claim_jpeg_size(jpeg(grey(8, 8)), 20000, 20000))
    clip = open_clip(tmp_path)
    assert len(list(clip.frames())) == 1
    assert "2.jpg" in clip.problems[0]
    assert "20000x20000" in clip.problems[1]


def test_what_is_not_there_is_told():
    with pytest.raises(ClipNotFound, match=r"There is no “nothing\.mp4”"):
        open_clip("nothing.mp4")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.mp4", b"Dear teacher,\n" * 100, "it is a text file"),
        ("a.m3u8", b"#EXTM3U\n/etc/passwd\n", "it is a text file"),
        ("a.mp4", b"", "the file is empty"),
        ("a.mp4", bytes(range(256)) * 100, "no video, GIF or picture"),
    ],
)
def test_a_file_that_is_no_video_is_refused_with_the_reason(tmp_path, name, content, reason, capfd):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableClip, match=reason):
        open_clip(tmp_path / name)
    assert capfd.readouterr().err == ""


def test_a_sound_file_is_refused(tmp_path):
    ffmpeg("-f", "lavfi", "-i", "sine=d=1", tmp_path / "a.m4a")
    with pytest.raises(UnreadableClip, match="no video"):
        open_clip(tmp_path / "a.m4a")


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(UnreadableClip, match="holds no pictures"):
        open_clip(tmp_path)


def test_a_camera_that_is_not_there_is_told():
    with pytest.raises(UnreadableClip, match="no such camera answers"):
        next(open_clip("97").frames())


class FakeCamera:
    """Gives numbered pictures as fast as it is asked, then is unplugged."""

    def __init__(self, pictures):
        self.left, self.given, self.released = pictures, 0, False

    def isOpened(self):  # noqa: N802 - as OpenCV has it
        return True

    def read(self):
        if self.given == self.left:
            return False, None
        self.given += 1
        time.sleep(0.002)
        return True, np.full((4, 4, 3), self.given, np.uint8)

    def release(self):
        self.released = True


def test_a_camera_gives_its_newest_picture_at_its_pace_and_is_let_go():
    camera = FakeCamera(10_000)
    walk = CameraClip(0, open_camera=lambda _: camera).frames(every=0.05)
    frames = [next(walk) for _ in range(3)]
    walk.close()
    taken = [int(frame.picture[0, 0, 0]) for frame in frames]
    assert taken == sorted(set(taken))
    assert [frame.index for frame in frames] == sorted({frame.index for frame in frames})
    assert camera.released


def test_a_camera_that_is_unplugged_is_told():
    with pytest.raises(UnreadableClip, match="stopped giving pictures"):
        list(CameraClip(0, open_camera=lambda _: FakeCamera(3)).frames(every=0.001))


@needs_shared
@pytest.mark.parametrize(
    ("name", "frames"),
    [
        ("cap13_edit2.mp4", 765),
        ("classroom.gif", 45),
        ("face-demographics-walking.gif", 35),
        ("face_noface.mov", 169),
        ("head-pose-face-detection-female-and-male.gif", 56),
        ("no_face.mp4", 95),
        ("people-detection.gif", 23),
        ("single_face.mp4", 72),
    ],
)
def test_real_clips_come_whole(name, frames):
    clip = open_clip(SHARED / "clips" / name)
    times = [frame.at_seconds for frame in clip.frames()]
    assert len(times) == frames
    assert times == sorted(set(times))
    assert clip.problems == []
