import json

import cv2
import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from model.evaluation.commands import evaluate
from server.analyze_command import analyze
from tests.pictures import astronaut, gallery, grey, jpeg, png
from tests.tiny_network import tiny_card, write_tiny_network

app = typer.Typer()
app.command("analyze")(analyze)
app.command("evaluate")(evaluate)


def run(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.fixture
def network(tmp_path):
    return write_tiny_network(tmp_path / "tiny.onnx", tiny_card())


@pytest.fixture
def portrait(tmp_path):
    (tmp_path / "portrait.jpg").write_bytes(jpeg(astronaut()))
    return tmp_path / "portrait.jpg"


@pytest.fixture
def video(tmp_path):
    """Two seconds, ten frames a second: a face in the first one, none in the second."""
    path = tmp_path / "video.avi"
    film = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 10, (512, 512))
    for number in range(20):
        film.write(astronaut() if number < 10 else grey(512, 512))
    film.release()
    return path


def test_a_table_shows_each_face_with_its_confidences(portrait):
    result = run("analyze", portrait)
    assert result.exit_code == 0
    assert "portrait.jpg" in result.stdout
    assert "1 picture, 1 face: happy 1." in result.stdout
    assert all(word in result.stdout for word in ("disgust", "surprise", "yaw", "roll"))


def test_json_tells_box_emotion_probabilities_and_pose(portrait, network):
    told = json.loads(run("analyze", portrait, "--json", "--network", network).stdout)
    assert told["network_version"] == "test-1"
    (face,) = told["files"][0]["frames"][0]["faces"]
    x, y, width, height = face["box"]
    assert x < 225 < x + width
    assert y < 118 < y + height
    assert sum(face["probabilities"].values()) == pytest.approx(1, abs=1e-3)
    assert face["probabilities"][face["emotion"]] == max(face["probabilities"].values())
    assert set(face["pose"]) == {"yaw", "pitch", "roll"}
    assert told["total"]["faces"] == 1


def test_a_video_is_read_at_intervals_and_says_where_no_face_is(video):
    told = json.loads(run("analyze", video, "--json", "--every", "0.5").stdout)
    frames = told["files"][0]["frames"]
    assert [frame["at_seconds"] for frame in frames] == [0, 0.5, 1, 1.5]
    assert [len(frame["faces"]) for frame in frames] == [1, 1, 0, 0]
    assert told["total"]["frames_without_faces"] == 2
    assert "no face found" in run("analyze", video).stdout


def test_a_folder_is_read_picture_by_picture(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "1.png").write_bytes(png(grey()))
    (tmp_path / "photos" / "2.jpg").write_bytes(jpeg(gallery(2, 3)))
    frames = json.loads(run("analyze", tmp_path / "photos", "--json").stdout)["files"][0]["frames"]
    assert [(f["file"], len(f["faces"])) for f in frames] == [("1.png", 0), ("2.jpg", 6)]


def test_a_bad_file_gets_a_sentence_and_the_others_are_still_read(portrait, tmp_path):
    (tmp_path / "letter.mp4").write_text("Dear teacher,")
    result = run("analyze", tmp_path / "letter.mp4", "nothing.jpg", portrait)
    assert result.exit_code == 1
    said = " ".join(result.stderr.split())
    assert "it is a text file" in said
    assert "There is no “" in said
    assert "1 face: happy 1." in result.stdout
    assert "Traceback" not in result.output


def test_a_bad_file_stands_in_the_json_too(tmp_path):
    (tmp_path / "empty.jpg").write_bytes(b"")
    result = run("analyze", tmp_path / "empty.jpg", "--json")
    assert result.exit_code == 1
    assert "empty" in json.loads(result.stdout)["files"][0]["problems"][0]


def test_evaluate_prints_the_measures_as_json(tmp_path, network):
    (tmp_path / "faces" / "happy").mkdir(parents=True)
    (tmp_path / "faces" / "happy" / "1.png").write_bytes(png(np.full((48, 48), 250, np.uint8)))
    result = run("evaluate", tmp_path / "faces", "--network", network)
    told = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (told["n"], told["accuracy"], told["network_version"]) == (1, 1.0, "test-1")
    assert len(told["confusion"]) == len(told["emotions"]) == 7


def test_evaluate_can_find_the_face_first(tmp_path):
    (tmp_path / "faces" / "happy").mkdir(parents=True)
    (tmp_path / "faces" / "happy" / "1.jpg").write_bytes(jpeg(astronaut()))
    told = json.loads(run("evaluate", tmp_path / "faces", "--find", "--labels", "fer2013").stdout)
    assert (told["n"], told["recall"]["happy"]) == (1, 1.0)


def test_evaluate_ends_with_1_when_a_picture_can_not_be_read(tmp_path, network):
    (tmp_path / "faces" / "sad").mkdir(parents=True)
    (tmp_path / "faces" / "sad" / "bad.jpg").write_text("no picture")
    result = run("evaluate", tmp_path / "faces", "--network", network)
    assert result.exit_code == 1
    assert "bad.jpg" in "".join(result.stderr.split())
    assert json.loads(result.stdout)["skipped"] == 1


@pytest.mark.parametrize("command", ["analyze", "evaluate"])
def test_a_network_that_can_not_be_used_gets_a_sentence(command, tmp_path, portrait):
    (tmp_path / "happy").mkdir()
    (tmp_path / "happy" / "1.jpg").write_bytes(portrait.read_bytes())
    portrait.unlink()
    (tmp_path / "no.onnx").write_text("no network")
    where = tmp_path / "happy" / "1.jpg" if command == "analyze" else tmp_path
    result = run(command, where, "--network", tmp_path / "no.onnx")
    assert result.exit_code == 1
    assert "no.onnx" in "".join(result.stderr.split())
    assert "Traceback" not in result.output


@pytest.mark.parametrize(("command", "example"), [("analyze", "lesson.mp4"), ("evaluate", "valid")])
def test_help_teaches_by_example(command, example):
    assert f"roomtone {command} " in run(command, "--help").stdout
    assert example in run(command, "--help").stdout
