import re
import zipfile

import numpy as np
import pytest

from model.clips.clip import UnreadableClip
from model.emotions import Emotion, LabelSet
from model.evaluation import UnusableDataset, open_dataset
from tests.pictures import png

HEAD = (
    "file,emotion,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,not_a_face"
)
ROWS = (
    "valid/1.png,sad,0,9,0,0,1,0,0,0,0,0",  # nine of ten say happy
    "valid/2.png,angry,5,5,0,0,0,0,0,0,0,0",  # half is no majority
    "valid/3.png,fear,0,0,0,0,0,0,6,0,4,0",
    "valid/4.png,fear,,,,,,,,,,",  # nobody voted
    "train/5.png,happy,0,10,0,0,0,0,0,0,0,0",
)


def write_zip(path, *rows, head=HEAD):
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(1, 6):
            split = "train" if number == 5 else "valid"
            archive.writestr(f"{split}/{number}.png", png(np.full((48, 48), 50, np.uint8)))
        archive.writestr("labels.csv", "\n".join([head, *(rows or ROWS)]))
    return path


def test_the_crowds_truth_is_what_more_than_half_of_all_votes_say(tmp_path):
    dataset = open_dataset(write_zip(tmp_path / "faces.zip"), LabelSet.CROWD)
    assert [one.emotion for one in dataset.pictures] == [Emotion.HAPPY, Emotion.FEAR]
    assert dataset.undecided == 2
    assert "2 of 4 faces are undecided" in dataset.notes[0]
    assert dataset.pictures[0].read().shape[:2] == (48, 48)


def test_fer2013s_truth_is_its_own_column(tmp_path):
    dataset = open_dataset(write_zip(tmp_path / "faces.zip"), LabelSet.FER2013)
    assert [one.emotion for one in dataset.pictures] == ["sad", "angry", "fear", "fear"]
    assert (dataset.undecided, dataset.notes) == (0, [])
    told = dataset.agreement.tell()
    assert (told["faces"], told["decided"], told["agree"], told["share"]) == (4, 2, 1, 0.25)


def test_another_split_and_an_unpacked_zip_are_read_as_well(tmp_path):
    with zipfile.ZipFile(write_zip(tmp_path / "faces.zip")) as archive:
        archive.extractall(tmp_path / "faces")
    dataset = open_dataset(tmp_path / "faces", LabelSet.CROWD, "train")
    assert (len(dataset.pictures), dataset.name) == (1, "faces train")
    assert dataset.pictures[0].read().mean() == 50


def test_a_picture_that_is_missing_or_damaged_is_named(tmp_path):
    path = write_zip(tmp_path / "faces.zip", "valid/9.png,sad" + "," * 10)
    (picture,) = open_dataset(path, LabelSet.FER2013).pictures
    with pytest.raises(UnreadableClip, match=r"9\.png"):
        picture.read()


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (["valid/1.png,bored" + "," * 10], "line 2: column emotion: “bored”"),
        (["valid/1.png,sad,many" + "," * 9], "line 2: “many” in column neutral"),
        (["1.png,sad" + "," * 10], "line 2: “1.png” is in no split"),
        ([f"valid/{'1' * 200_000}.png,sad" + "," * 10], "line 2: field larger than"),
        (["train/5.png,sad" + "," * 10], "no picture under valid/. Its splits are: train"),
    ],
)
def test_a_wrong_line_is_named_with_its_number(tmp_path, rows, says):
    labels = LabelSet.CROWD if "many" in rows[0] else LabelSet.FER2013
    with pytest.raises(UnusableDataset) as refused:
        open_dataset(write_zip(tmp_path / "faces.zip", *rows), labels)
    assert says in str(refused.value)


def test_a_zip_with_a_password_is_a_sentence(tmp_path):
    path = write_zip(tmp_path / "faces.zip", "valid/1.png,sad" + "," * 10)
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for found in re.finditer(mark, bytes(data)):
            data[found.start() + offset] |= 1
    path.write_bytes(data)
    with pytest.raises(UnusableDataset, match="password"):
        open_dataset(path, LabelSet.FER2013)


def test_without_votes_the_flag_to_give_is_told(tmp_path):
    path = write_zip(tmp_path / "faces.zip", "valid/1.png,sad", head="file,emotion")
    assert len(open_dataset(path, LabelSet.FER2013).pictures) == 1
    with pytest.raises(UnusableDataset, match="Give --labels fer2013"):
        open_dataset(path, LabelSet.CROWD)


def test_what_is_no_dataset_is_refused_with_what_it_lacks(tmp_path):
    with zipfile.ZipFile(tmp_path / "bare.zip", "w") as archive:
        archive.writestr("happy/1.png", b"")
    (tmp_path / "letter.txt").write_text("Dear teacher,")
    (tmp_path / "faces").mkdir()
    for name, says in (
        ("bare.zip", r"no labels\.csv inside"),
        ("letter.txt", "neither a folder nor a zip"),
        ("nothing", "There is no folder and no zip"),
    ):
        with pytest.raises(UnusableDataset, match=says):
            open_dataset(tmp_path / name, LabelSet.CROWD)
    with pytest.raises(UnusableDataset, match="which has no splits"):
        open_dataset(tmp_path / "faces", LabelSet.CROWD, "valid")


def test_a_collection_with_folders_of_splits_is_read_at_the_split(tmp_path):
    for split, count in (("train", 3), ("validation", 2), ("test", 1)):
        folder = tmp_path / split / "happy"
        folder.mkdir(parents=True)
        for number in range(count):
            (folder / f"{number}.png").write_bytes(png(np.full((48, 48), 50, np.uint8)))
    assert len(open_dataset(tmp_path, LabelSet.FER2013).pictures) == 2
    assert len(open_dataset(tmp_path, LabelSet.FER2013, "test").pictures) == 1
    with pytest.raises(UnusableDataset, match="no holdout/, but validation/, test/, train/"):
        open_dataset(tmp_path, LabelSet.FER2013, "holdout")


def test_a_table_is_told_to_be_for_training(tmp_path):
    (tmp_path / "fer2013.csv").write_text("emotion,pixels,Usage\n")
    with pytest.raises(UnusableDataset, match="only training reads those"):
        open_dataset(tmp_path / "fer2013.csv", LabelSet.FER2013)
