import json
import struct
import subprocess
import sys

import numpy as np
import pytest

from model.clips import UnreadableClip, open_clip
from model.clips.clip import Picker
from tests.films import ffmpeg, film, is_like

YUV = ["-pix_fmt", "yuv420p"]
X264 = [*YUV, "-c:v", "libx264"]


@pytest.mark.parametrize("every", [0.25, 1.0, 3.0])
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.mp4", [*X264, "-g", "250"]),
        ("short groups.mp4", [*X264, "-g", "12"]),
        ("open groups.mkv", [*X264, "-g", "20", "-x264-params", "open-gop=1:bframes=4"]),
        ("refreshed bit by bit.mp4", [*X264, "-g", "30", "-x264-params", "intra-refresh=1"]),
        ("interlaced.mp4", [*X264, "-flags", "+ilme+ildct", "-x264-params", "interlaced=1"]),
        ("a.flv", [*X264, "-g", "25"]),
        ("without times.avi", [*X264, "-g", "25"]),
        ("a.avi", ["-c:v", "mpeg4", "-bf", "2", "-g", "20"]),
        ("hidden frames.webm", ["-c:v", "libvpx", "-g", "20", "-auto-alt-ref", "1"]),
        ("a.mov", ["-c:v", "mjpeg"]),
        ("a.gif", ["-r", "10"]),
    ],
)
def test_frames_at_intervals_are_the_very_frames_of_the_whole_walk(tmp_path, name, options, every):
    clip = open_clip(film(tmp_path / name, *options, seconds=7, rate=25))
    picker = Picker(every)
    wanted = [frame for frame in clip.frames() if picker.wants(frame.at_seconds)]
    taken = list(clip.frames(every))
    assert [(f.index, f.at_seconds) for f in taken] == [(f.index, f.at_seconds) for f in wanted]
    assert all(
        np.array_equal(one.picture, other.picture) for one, other in zip(taken, wanted, strict=True)
    )
    assert clip.problems == []


@pytest.mark.parametrize("suffix", ["mkv", "mp4"])
def test_frames_keep_their_own_times(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    gap = "select='not(between(n,5,20))'"
    film(path, "-vf", gap, "-fps_mode", "vfr", *YUV, seconds=3)
    times = [frame.at_seconds for frame in open_clip(path).frames()]
    assert times[3:7] == pytest.approx([0.3, 0.4, 2.1, 2.2], abs=0.002)
    assert [f.at_seconds for f in open_clip(path).frames(every=1.0)] == pytest.approx(
        [0, 2.1], abs=0.002
    )


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turned_video_looks_as_a_player_shows_it(tmp_path, degrees):
    film(tmp_path / "flat.mp4", *YUV)
    turned = tmp_path / "turned.mp4"
    ffmpeg("-display_rotation", degrees, "-i", tmp_path / "flat.mp4", "-c", "copy", turned)
    ffmpeg("-i", turned, "-frames:v", "1", tmp_path / "shown.png")
    ours = next(open_clip(turned).frames()).picture
    shown = next(open_clip(tmp_path / "shown.png").frames()).picture
    assert ours.shape == shown.shape
    assert is_like(ours, shown)


def test_a_mirrored_video_looks_as_a_player_shows_it(tmp_path):
    film(tmp_path / "flat.mp4", *YUV)
    turned = tmp_path / "mirrored.mp4"
    ffmpeg("-display_hflip", "-i", tmp_path / "flat.mp4", "-c", "copy", turned)
    ours = next(open_clip(turned).frames()).picture
    flat = next(open_clip(tmp_path / "flat.mp4").frames()).picture
    assert is_like(ours, flat[:, ::-1])


def test_wide_pixels_are_made_square(tmp_path):
    film(tmp_path / "a.mp4", *YUV, "-vf", "setsar=2")
    assert next(open_clip(tmp_path / "a.mp4").frames()).picture.shape == (64, 192, 3)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.webm", ["-c:v", "libvpx"]),
        ("a.mkv", YUV),
        ("a.flv", YUV),
        ("a.avi", ["-c:v", "mpeg4"]),
        ("a.mp4", [*YUV, "-movflags", "+faststart"]),
        ("a piece at a time.mp4", [*YUV, "-movflags", "+frag_keyframe+empty_moov", "-g", "10"]),
    ],
)
def test_a_file_that_breaks_off_says_so_at_any_interval(tmp_path, name, options):
    data = film(tmp_path / name, *options, seconds=20).read_bytes()
    torn = tmp_path / f"torn {name}"
    torn.write_bytes(data[: len(data) * 2 // 3])
    clip = open_clip(torn)
    for every in (0.0, 1.0):
        times = [frame.at_seconds for frame in clip.frames(every)]
        assert 3 < times[-1] < 19
        assert f"“torn {name}” breaks off after" in clip.problems[0]


def test_an_mp4_without_its_table_gets_a_sentence_that_says_why(tmp_path):
    data = film(tmp_path / "a.mp4", *YUV, seconds=5).read_bytes()
    (tmp_path / "torn.mp4").write_bytes(data[: len(data) // 2])
    with pytest.raises(UnreadableClip, match="keeps the table of its frames at its end"):
        open_clip(tmp_path / "torn.mp4")


def test_damage_inside_is_counted_and_the_rest_is_read(tmp_path):
    path = film(tmp_path / "a.mp4", *YUV, seconds=5, size="640x360")
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 3000] = bytes(3000)
    path.write_bytes(data)
    clip = open_clip(path)
    assert len(list(clip.frames())) >= 40
    assert "is damaged inside" in clip.problems[0]


def test_a_recording_that_does_not_tell_its_length_is_measured(tmp_path):
    film(tmp_path / "a.webm", "-c:v", "libvpx", "-live", "1", seconds=3)
    assert open_clip(tmp_path / "a.webm").seconds == pytest.approx(3, abs=0.2)


@pytest.mark.parametrize("claimed", [1e12, 3e15, -5000.0])
def test_a_length_that_can_t_be_is_not_believed(tmp_path, claimed):
    path = film(tmp_path / "a.mkv", *YUV, seconds=3)
    data = bytearray(path.read_bytes())
    at = data.index(b"\x44\x89\x88") + 3  # Matroska's Duration, milliseconds
    data[at : at + 8] = struct.pack(">d", claimed)
    path.write_bytes(data)
    clip = open_clip(path)
    assert clip.seconds == pytest.approx(3, abs=0.2)
    assert len(list(clip.frames())) == 30
    assert clip.problems == []


def test_a_cover_picture_is_no_video(tmp_path):
    film(tmp_path / "cover.png", "-frames:v", "1")
    ffmpeg(
        *("-f", "lavfi", "-i", "sine=d=1", "-i", tmp_path / "cover.png", "-map", "0", "-map", "1"),
        *("-c:v", "png", "-disposition:v:0", "attached_pic", tmp_path / "song.mp4"),
    )
    with pytest.raises(UnreadableClip, match="sound but no video"):
        open_clip(tmp_path / "song.mp4")


def test_a_video_of_0_seconds_is_refused(tmp_path):
    film(tmp_path / "a.mp4", "-t", "0", *YUV)
    with pytest.raises(UnreadableClip, match="no video"):
        open_clip(tmp_path / "a.mp4")


@pytest.mark.parametrize(
    "content",
    [
        b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{}\n#EXT-X-ENDLIST\n\0",
        b"ffconcat version 1.0\nfile '{}'\n\0",
    ],
)
def test_no_other_file_is_opened(tmp_path, content):
    film(tmp_path / "other.ts", *YUV)
    listing = tmp_path / "list.mp4"
    listing.write_bytes(content.replace(b"{}", str(tmp_path / "other.ts").encode()))
    with pytest.raises(UnreadableClip, match="no video"):
        open_clip(listing)


@pytest.mark.parametrize("name", ["concat:a.mp4|b.mp4", "http:__localhost:1_a.mp4", "%03d.mp4"])
def test_a_name_is_only_a_name(tmp_path, name):
    film(tmp_path / "a.mp4", *YUV).rename(tmp_path / name)
    assert len(list(open_clip(tmp_path / name).frames())) == 10


def test_pictures_larger_than_8k_are_refused_before_they_are_decoded(tmp_path):
    data = film(tmp_path / "a.avi", "-c:v", "mjpeg", size="64x64").read_bytes()
    in_header, in_frames = b"\x40\0\0\0" * 2, b"\x08\0\x40\0\x40"
    data = data.replace(in_header, b"\x20\x4e\0\0" * 2)
    (tmp_path / "a.avi").write_bytes(data.replace(in_frames, b"\x08\x4e\x20\x4e\x20"))
    with pytest.raises(UnreadableClip, match="larger than 8K"):
        open_clip(tmp_path / "a.avi")


@pytest.mark.slow
def test_8k_is_read_in_little_memory(tmp_path):
    path = film(tmp_path / "8k.mp4", *X264, "-preset", "ultrafast", size="7680x4320", rate=3)
    code = (
        "import sys, json\nfrom pathlib import Path\nfrom model.clips import open_clip\n"
        "shapes = [f.picture.shape for f in open_clip(sys.argv[1]).frames()]\n"
        "status = Path('/proc/self/status').read_text().split('VmHWM:')[1]\n"
        "print(json.dumps([shapes, int(status.split()[0]) / 1024]))"
    )
    told = subprocess.run([sys.executable, "-c", code, path], check=True, capture_output=True)
    shapes, megabytes = json.loads(told.stdout)
    assert shapes == [[1080, 1920, 3]] * 3
    assert megabytes < 550
