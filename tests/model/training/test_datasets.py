"""Labelled faces in every form that is read, and what is said of a faulty one."""

import re
import zipfile

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch: pip install torch==2.13.0")

from model.classifier import EmotionClassifier  # noqa: E402
from model.training.config import TrainingConfig  # noqa: E402
from model.training.datasets import (  # noqa: E402
    CorruptPictures,
    UnreadableDataset,
    read_config_faces,
    read_faces,
    read_fer2013_zip,
)
from tests.model.training.invented_faces import (  # noqa: E402
    invent,
    png,
    write_folders,
    write_table,
    write_votes,
    write_zip,
)

pytestmark = pytest.mark.training

EACH_TWICE = [2] * 7


@pytest.mark.parametrize("header", ["emotion,pixels,Usage", "emotion, Usage, pixels"])
def test_the_public_table_under_both_of_its_headers(tmp_path, header):
    splits = read_faces(write_table(tmp_path / "fer2013.csv", header))
    assert splits.train.emotion_counts() == splits.valid.emotion_counts() == EACH_TWICE
    assert np.array_equal(splits.valid.crops[3], invent(14)[3][1])
    assert not splits.train.votes.any()
    assert not splits.notes


def test_the_table_of_votes_goes_with_it_line_by_line(tmp_path):
    table, votes = write_table(tmp_path / "fer2013.csv"), write_votes(tmp_path / "fer2013new.csv")
    valid = read_faces(table, votes=votes).valid
    assert torch.equal(valid.majority(), valid.emotions)
    assert valid.votes.sum(1).tolist() == [10] * 14


def test_votes_on_other_faces_are_refused(tmp_path):
    table = write_table(tmp_path / "fer2013.csv")
    with pytest.raises(UnreadableDataset, match=r"line 15 is for Training.*for PublicTest"):
        read_faces(table, votes=write_votes(tmp_path / "fewer.csv", faces=13))
    whole = write_votes(tmp_path / "whole.csv")
    whole.write_text("\n".join(whole.read_text().splitlines()[:-2]))
    with pytest.raises(UnreadableDataset, match=r"votes on 40 faces.*has 42"):
        read_faces(table, votes=whole)


def test_votes_beside_anything_but_the_table_are_refused(tmp_path):
    votes = write_votes(tmp_path / "fer2013new.csv")
    with pytest.raises(UnreadableDataset, match="--votes belongs to FER2013's table"):
        read_faces(write_zip(tmp_path / "faces.zip"), votes=votes)


@pytest.mark.parametrize("name", ["valid", "test", "validation"])
def test_folders_per_emotion_in_train_and_another(tmp_path, name):
    write_folders(tmp_path / "train", faces=28)
    write_folders(tmp_path / name, faces=14)
    splits = read_faces(tmp_path)
    assert splits.train.emotion_counts() == [4] * 7
    assert splits.valid.emotion_counts() == EACH_TWICE


def test_a_single_folder_is_split_by_its_seed_and_says_so(tmp_path):
    write_folders(tmp_path)
    first, again, other = (read_faces(tmp_path, valid_share=0.2, seed=s) for s in (1, 1, 2))
    assert first.valid.emotion_counts() == EACH_TWICE
    assert len(first.train) == 56
    assert torch.equal(first.valid.crops, again.valid.crops)
    assert not torch.equal(first.valid.crops, other.valid.crops)
    assert "14 of its 70 faces" in first.notes[0]
    assert "20 %" in first.notes[0]


def test_the_first_faces_of_folders_are_of_several_emotions(tmp_path):
    config = TrainingConfig(data=str(write_folders(tmp_path)), limit=20)
    assert sum(n > 0 for n in read_config_faces(config).train.emotion_counts()) > 4


def test_a_large_colour_picture_is_read_as_the_product_reads_it(tmp_path):
    picture = np.random.default_rng(1).integers(0, 256, (190, 140, 3)).astype(np.uint8)
    for split in ("train", "valid"):
        (tmp_path / split / "happy").mkdir(parents=True)
        cv2.imwrite(str(tmp_path / split / "happy" / "a.png"), picture)
    splits = read_faces(tmp_path)
    assert np.array_equal(splits.train.crops[0], EmotionClassifier.load().crop_whole(picture))
    assert "No face to learn angry, disgust" in splits.notes[0]


def test_our_zip_and_the_same_zip_unpacked(tmp_path):
    path = write_zip(tmp_path / "faces.zip", faces=14, votes=True)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "unpacked")
    packed, unpacked = read_faces(path), read_faces(tmp_path / "unpacked")
    assert torch.equal(packed.train.crops, unpacked.train.crops)
    assert torch.equal(packed.train.majority(), packed.train.emotions)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("file,emotion\ntrain/00000.png,grumpy\n", "line 2.*grumpy"),
        ("file,emotion\ntrain/00000.png,happy\ntrain/none.png,sad\n", r"none\.png"),
        ("file,emotion,fear\ntrain/00000.png,happy,many\n", "line 2.*many.*fear"),
        ("picture,feeling\na,b\n", "line 2"),
        ("file,emotion\n", "no picture under train"),
        ("emotion,file\nhappy\n", "line 2: it names no file"),
        ("file,emotion\ntrain/\0.png,happy\n", "1 picture cannot be read"),
        (f"file,emotion\n{'x' * 200_000},happy\n", "line 2: field larger"),
    ],
)
def test_a_wrong_zip_names_file_and_line(tmp_path, rows, said):
    with pytest.raises(UnreadableDataset, match=said):
        read_fer2013_zip(write_zip(tmp_path / "faces.zip", rows), "train")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("9,0 0,Training", "line 2: “9” is not an emotion"),
        ("3,0 0,Practice", "line 2: “Practice” is no Usage"),
        ("3,0 0,Training", "line 2: 2 pixels, not 2304"),
        ("3," + "0 " * 2303 + "x,Training", "line 2: .*x"),
        ("3," + "0 " * 2303 + "256,Training", "line 2: a pixel is not from 0 to 255"),
    ],
)
def test_a_wrong_table_names_the_line(tmp_path, line, said):
    table = write_table(tmp_path / "fer2013.csv")
    head, _, *rest = table.read_text().splitlines()
    table.write_text("\n".join([head, line, *rest]))
    with pytest.raises(UnreadableDataset, match=said):
        read_faces(table)


def test_a_table_without_its_columns_is_refused(tmp_path):
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(UnreadableDataset, match="line 1: the column emotion, pixels is missing"):
        read_faces(tmp_path / "other.csv")


def test_empty_and_unknown_folders_are_all_named(tmp_path):
    write_folders(tmp_path)
    for name in ("contempt", "bored"):
        (tmp_path / name).mkdir()
    for path in (tmp_path / "sad").iterdir():
        path.unlink()
    with pytest.raises(UnreadableDataset) as refused:
        read_faces(tmp_path)
    said = str(refused.value)
    assert f"{tmp_path / 'bored'} names no emotion" in said
    assert f"{tmp_path / 'contempt'} names no emotion" in said
    assert f"{tmp_path / 'sad'} holds no picture" in said


def test_corrupt_pictures_are_all_named_and_counted_or_skipped(tmp_path):
    write_folders(tmp_path)
    for name in ("happy/3.png", "sad/4.png"):
        (tmp_path / name).write_bytes(png(invent(1)[0][1])[:60])
    (tmp_path / "fear" / "empty.jpg").touch()
    with pytest.raises(CorruptPictures) as refused:
        read_faces(tmp_path)
    for name in ("happy/3.png", "sad/4.png", "fear/empty.jpg"):
        assert str(tmp_path / name) in str(refused.value)
    assert "3 pictures cannot be read" in str(refused.value)
    assert "--skip-bad" in str(refused.value)
    splits = read_faces(tmp_path, skip_bad=True)
    assert len(splits.train) + len(splits.valid) == 68
    assert "cannot be read: 3" in splits.notes[0]
    assert str(tmp_path / "sad" / "4.png") in splits.notes[0]


def test_a_skipped_line_leaves_votes_in_step(tmp_path):
    table, votes = write_table(tmp_path / "fer2013.csv"), write_votes(tmp_path / "fer2013new.csv")
    lines = table.read_text().splitlines()
    lines[2] = "1,0 0 0,Training"
    table.write_text("\n".join(lines))
    train = read_faces(table, votes=votes, skip_bad=True).train
    assert len(train) == 13
    assert torch.equal(train.majority(), train.emotions)


@pytest.mark.parametrize(("at", "value"), [((6, 8), 1), ((8, 10), 99)])
def test_a_zip_with_a_password_or_packed_otherwise_is_a_sentence(tmp_path, at, value):
    path = write_zip(tmp_path / "faces.zip", faces=7)
    data = bytearray(path.read_bytes())
    for mark, offset in zip((b"PK\x03\x04", b"PK\x01\x02"), at, strict=True):
        for found in re.finditer(mark, bytes(data)):
            data[found.start() + offset] = value
    path.write_bytes(data)
    with pytest.raises(UnreadableDataset, match=r"labels\.csv cannot be read"):
        read_faces(path)


@pytest.mark.parametrize("kind", ["missing", "text", "empty folder", "broken zip"])
def test_what_is_no_dataset_is_a_sentence(tmp_path, kind):
    path = tmp_path / "faces.zip"
    if kind == "text":
        path.write_text("not a zip")
    elif kind == "empty folder":
        path.mkdir()
    elif kind == "broken zip":
        write_zip(path)
        path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(UnreadableDataset, match=r"faces\.zip"):
        read_faces(path)
