"""The frames that are measured with: one's own, real ones, made ones."""

from itertools import pairwise

import numpy as np
import pytest

from bench.frames import MOST_OWN, NoFrames, find_data, load_own, load_real, make_frames
from bench.pictures import crowd, encode_jpeg, vary
from bench.reading import COLUMNS, HEIGHT, ROWS, WIDTH
from model.frames import decode_picture
from model.pipeline import FramePipeline
from tests.pictures import grey, jpeg, png


@pytest.fixture(scope="module")
def pipeline():
    return FramePipeline.load()


def test_made_frames_have_the_faces_they_are_made_of(pipeline):
    found = [len(pipeline.read(frame.data).faces) for frame in make_frames().frames]
    assert found == [1, 30, 60]
    assert make_frames().webcam.width == 640


@pytest.mark.parametrize("faces", [0, 25, 100])
def test_a_crowd_has_as_many_faces_as_were_asked_for(pipeline, faces):
    picture = crowd(faces, rows=ROWS, columns=COLUMNS, width=WIDTH, height=HEIGHT)
    assert len(pipeline.read(encode_jpeg(picture)).faces) == faces


def test_a_stream_is_nearly_the_same_picture_again_and_again(pipeline):
    frame = make_frames().frames[1]
    pictures = [decode_picture(data).astype(int) for data in frame.stream()]
    for one, other in pairwise(pictures):
        assert 0 < np.abs(one - other).mean() < 20
    assert {len(pipeline.read(data).faces) for data in frame.stream()} == {30}


def test_the_same_moment_is_the_same_picture():
    picture = grey()
    assert (vary(picture, 3) == vary(picture, 3)).all()
    assert (vary(picture, 3) != vary(picture, 4)).any()


def test_own_pictures_are_read_by_name_and_the_smallest_is_what_students_send(tmp_path):
    (tmp_path / "b.png").write_bytes(png(grey(320, 240)))
    (tmp_path / "a.JPG").write_bytes(jpeg(grey(640, 480)))
    (tmp_path / "notes.txt").write_text("no picture")
    own = load_own(tmp_path)
    assert [(f.name, f.width, f.height) for f in own.frames] == [("a", 640, 480), ("b", 320, 240)]
    assert own.webcam.name == "b"
    assert tmp_path.name in own.what


def test_of_many_own_pictures_the_first_are_taken_and_that_is_said(tmp_path):
    for number in range(MOST_OWN + 2):
        (tmp_path / f"{number}.jpg").write_bytes(jpeg(grey()))
    own = load_own(tmp_path)
    assert len(own.frames) == MOST_OWN
    assert f"the first {MOST_OWN} of {MOST_OWN + 2}" in own.what


def test_a_folder_that_gives_nothing_is_told_in_a_sentence(tmp_path):
    with pytest.raises(NoFrames, match="There is no folder"):
        load_own(tmp_path / "none")
    with pytest.raises(NoFrames, match="no JPEG, PNG or WebP"):
        load_own(tmp_path)
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    with pytest.raises(NoFrames, match=r"“broken.jpg” can't be used"):
        load_own(tmp_path)


def test_without_real_data_frames_are_made_and_that_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("ROOMTONE_BENCH_DATA", str(tmp_path))
    assert find_data() is None
    assert load_real().what.startswith("made frames")
    galleries = tmp_path / "galleries"
    galleries.mkdir()
    with pytest.raises(NoFrames, match="can't be read"):
        load_real()
