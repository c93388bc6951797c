import av
import pytest

from model.annotating import UnusableOutput, annotating, choose_targets
from model.clips import open_clip
from model.clips.film import UnwritableFilm, filming
from tests.films import ffmpeg, film, is_like
from tests.pictures import grey, jpeg

YUV = ["-pix_fmt", "yuv420p"]


def copy(source, target):
    clip = open_clip(source)
    with annotating(clip, source, target) as annotator:
        for frame in clip.frames():
            annotator.add(frame, None)
    return annotator


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm", ".avi", ".flv"])
def test_a_copy_has_every_frame_at_its_time(tmp_path, suffix):
    source = film(tmp_path / "a.mp4", *YUV, seconds=2)
    copy(source, tmp_path / f"copy{suffix}")
    before, after = (
        list(open_clip(source).frames()),
        list(open_clip(tmp_path / f"copy{suffix}").frames()),
    )
    assert [f.at_seconds for f in after] == pytest.approx([f.at_seconds for f in before], abs=0.002)
    assert all(is_like(a.picture, b.picture) for a, b in zip(before, after, strict=True))


def test_a_copy_keeps_the_pace_of_its_frames(tmp_path):
    gap = ["-vf", "select='not(between(n,5,20))'", "-fps_mode", "vfr"]
    source = film(tmp_path / "a.mkv", *gap, *YUV, seconds=3)
    copy(source, tmp_path / "copy.mp4")
    times = [frame.at_seconds for frame in open_clip(tmp_path / "copy.mp4").frames()]
    assert times[3:7] == pytest.approx([0.3, 0.4, 2.1, 2.2], abs=0.002)


def with_sound(path, *, codec="aac"):
    film(path.with_name("silent.mp4"), *YUV, seconds=2)
    sound = ["-f", "lavfi", "-i", "sine=d=2", "-c:a", codec, "-c:v", "copy"]
    ffmpeg("-i", path.with_name("silent.mp4"), *sound, path)
    return path


def sound_of(path):
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


def test_the_sound_is_copied_as_it_is(tmp_path):
    source = with_sound(tmp_path / "a.mp4")
    copy(source, tmp_path / "copy.mkv")
    assert sound_of(tmp_path / "copy.mkv") == sound_of(source)


def test_sound_that_a_format_does_not_take_is_left_out_and_told(tmp_path):
    annotator = copy(with_sound(tmp_path / "a.mp4"), tmp_path / "copy.webm")
    assert annotator.notes == [
        "Its sound (aac) can't be in a file .webm and is left out; .mkv takes any."
    ]
    assert len(list(open_clip(tmp_path / "copy.webm").frames())) == 20


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_a_film_that_is_not_finished_leaves_nothing_and_what_was_there_before(tmp_path, error):
    (tmp_path / "copy.mp4").write_text("an older one")

    def begin():
        with filming(tmp_path / "copy.mp4", fps=10) as unfinished:
            unfinished.add(grey(64, 64), 0.0)
            raise error

    with pytest.raises(error):
        begin()
    assert [path.name for path in tmp_path.iterdir()] == ["copy.mp4"]
    assert (tmp_path / "copy.mp4").read_text() == "an older one"


def test_frames_of_another_size_take_the_first_ones(tmp_path):
    with filming(tmp_path / "a.mp4", fps=10) as made:
        made.add(grey(65, 49), 0.0)
        made.add(grey(200, 100), 0.1)
    shapes = {frame.picture.shape for frame in open_clip(tmp_path / "a.mp4").frames()}
    assert shapes == {(48, 64, 3)}


def test_a_suffix_that_is_no_video_is_refused(tmp_path):
    with pytest.raises(UnwritableFilm, match=r"ends in \.mp4"), filming(tmp_path / "a.jpg", fps=1):
        pass


def test_several_files_and_folders_go_into_a_folder(tmp_path):
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(jpeg(grey(8, 8)))
    a, b, out = tmp_path / "a.jpg", tmp_path / "b.jpg", tmp_path / "out"
    assert choose_targets([a, b], out) == [out / "a.jpg", out / "b.jpg"]
    assert choose_targets([tmp_path], out) == [out]
    assert choose_targets([a], tmp_path / "c.png") == [tmp_path / "c.png"]
    out.mkdir()
    assert choose_targets([a], out) == [out / "a.jpg"]


def test_nothing_is_written_over_what_it_is_made_from(tmp_path):
    (tmp_path / "a.jpg").write_bytes(jpeg(grey(8, 8)))
    (tmp_path / "link.jpg").symlink_to(tmp_path / "a.jpg")
    for out in (tmp_path / "a.jpg", tmp_path / "link.jpg", tmp_path):
        with pytest.raises(UnusableOutput, match="would be overwritten"):
            choose_targets([tmp_path / "a.jpg"], out)
    with pytest.raises(UnusableOutput, match="would be overwritten"):
        choose_targets([tmp_path], tmp_path)


def test_two_files_of_one_name_are_not_written_over_each_other(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.jpg").write_bytes(jpeg(grey(8, 8)))
    sources = [tmp_path / "one" / "a.jpg", tmp_path / "two" / "a.jpg"]
    with pytest.raises(UnusableOutput, match="same name"):
        choose_targets(sources, tmp_path / "out")
