import json
import os

import cv2
import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from model.clips import open_clip
from server.analyze_command import analyze
from server.schemas import Report
from tests.films import is_like
from tests.pictures import astronaut, gallery, grey, jpeg, png
from tests.tiny_network import tiny_card, write_tiny_network

app = typer.Typer()
app.command("analyze")(analyze)
app.callback()(lambda: None)


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


def test_a_network_that_can_not_be_used_gets_a_sentence(tmp_path, portrait):
    (tmp_path / "no.onnx").write_text("no network")
    result = run("analyze", portrait, "--network", tmp_path / "no.onnx")
    assert result.exit_code == 1
    assert "no.onnx" in "".join(result.stderr.split())
    assert "Traceback" not in result.output


def test_help_teaches_by_example():
    assert "roomtone analyze lesson.mp4" in run("analyze", "--help").stdout


def test_a_folder_has_a_row_for_each_picture_and_bad_ones_are_named(tmp_path):
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "1.png").write_bytes(png(grey()))
    (photos / "2.jpg").write_bytes(jpeg(gallery(2, 3)))
    (photos / "3.jpg").write_text("no picture")
    result = run("analyze", photos)
    rows = [line.split() for line in result.stdout.splitlines()]
    assert rows[1][:3] == ["picture", "faces", "angry"]
    assert rows[2] == ["1.png", "0", *"·······", "no", "face", "found"]
    assert rows[3][:2] == ["2.jpg", "6"]
    assert rows[3][-1] == "happy"
    assert "Most frequent: happy (100 %)." in result.stdout
    assert "3.jpg” can't be read" in " ".join(result.stderr.split())
    assert result.exit_code == 1


def test_a_video_has_a_row_for_each_frame_read(video):
    lines = run("analyze", video, "--fps", "2").stdout.splitlines()
    rows = [line.split() for line in lines]
    first = next(at for at, row in enumerate(rows) if row[:1] == ["second"]) + 1
    assert [row[:2] for row in rows[first : first + 4]] == [
        ["0.0", "1"],
        ["0.5", "1"],
        ["1.0", "0"],
        ["1.5", "0"],
    ]
    assert lines[first + 4].startswith("4 frames, 2 without a face, 2 faces: happy 2.")


@pytest.mark.parametrize("form", ["html", "pdf", "csv", "parquet"])
def test_a_recording_becomes_a_report(tmp_path, video, form):
    result = run("analyze", video, "--report", tmp_path / f"report.{form}")
    assert result.exit_code == 0, result.output
    assert (tmp_path / f"report.{form}").stat().st_size > 1000


def test_a_report_tells_what_was_asked_for_and_no_single_face(tmp_path, video):
    out = tmp_path / "report.json"
    wishes = ["--title", "Cells", "--students", "24", "--started-at", "2026-03-02T10:15:00+0100"]
    run("analyze", video, "--report", out, *wishes)
    report = Report.model_validate_json(out.read_bytes())
    assert (report.session.title, report.session.expected_students) == ("Cells", 24)
    assert report.session.origin == "recording"
    assert report.session.started_at.isoformat() == "2026-03-02T09:15:00+00:00"
    assert report.whole.visible == 1
    assert report.whole.shares is None
    assert any("not feelings" in statement.text for statement in report.statements)


def test_a_report_of_enough_faces_tells_their_shares(tmp_path, network):
    film = cv2.VideoWriter(
        str(tmp_path / "class.avi"), cv2.VideoWriter_fourcc(*"MJPG"), 1, (1280, 720)
    )
    for _ in range(12):
        film.write(gallery(3, 4))
    film.release()
    out = tmp_path / "report.json"
    run("analyze", tmp_path / "class.avi", "--report", out)
    report = Report.model_validate_json(out.read_bytes())
    assert report.whole.visible == 12
    assert report.whole.shares is not None
    assert report.whole.shares["happy"].share > 0.9


def test_without_being_told_a_recording_ended_when_its_file_was_last_changed(tmp_path, video):
    os.utime(video, (1_800_000_000, 1_800_000_000))
    run("analyze", video, "--report", tmp_path / "report.json")
    report = Report.model_validate_json((tmp_path / "report.json").read_bytes())
    assert report.session.started_at.timestamp() == 1_800_000_000 - 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["video.avi", "--report", "a.doc"], "a report ends in"),
        (["video.avi", "--report", "nowhere/a.html"], "There is no folder"),
        (["video.avi", "portrait.jpg", "--report", "a.html"], "A report is of one recording"),
        (["portrait.jpg", "--report", "a.html"], "is no recording"),
        (["letter.mp4", "--report", "a.html"], "it is a text file"),
        (
            ["video.avi", "--started-at", "0001-01-01T00:00", "--report", "a.html"],
            "No lesson was recorded then",
        ),
        (
            ["video.avi", "--started-at", "9999-12-31T23:59:59", "--report", "a.html"],
            "No lesson was recorded then",
        ),
        (["film.html", "--report", "film.html"], "would be overwritten"),
        (["video.avi", "--annotate", "a.jpg"], "can't be written from a video"),
        (["portrait.jpg", "--annotate", "a.mp4"], "can't be written from a picture"),
        (["video.avi", "--annotate", "video.avi"], "would be overwritten"),
        (["letter.mp4", "--annotate", "a.mp4"], "it is a text file"),
        (["video.avi", "--every", "1", "--fps", "2"], "either --every or --fps"),
    ],
)
@pytest.mark.usefixtures("video", "portrait")
def test_what_can_not_be_done_gets_a_sentence_and_leaves_nothing(
    tmp_path, monkeypatch, arguments, sentence
):
    (tmp_path / "letter.mp4").write_text("Dear teacher,")
    (tmp_path / "film.html").write_bytes((tmp_path / "video.avi").read_bytes())
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    monkeypatch.chdir(tmp_path)
    result = run("analyze", *arguments)
    assert result.exit_code == 1
    assert sentence in " ".join(result.stderr.split())
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_video_is_annotated_frame_by_frame(tmp_path, video):
    result = run("analyze", video, "--annotate", tmp_path / "seen.mp4", "--every", "0.5")
    assert result.exit_code == 0, result.output
    before, after = list(open_clip(video).frames()), list(open_clip(tmp_path / "seen.mp4").frames())
    assert len(after) == len(before) == 20
    changed = [
        not is_like(a.picture[58:178, 182:270], b.picture[58:178, 182:270], within=9)
        for a, b in zip(before, after, strict=True)
    ]
    assert changed == [True] * 10 + [False] * 10


def test_a_picture_and_a_folder_are_annotated(tmp_path, portrait):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "1.png").write_bytes(png(astronaut()))
    (tmp_path / "photos" / "2.jpg").write_text("no picture")
    assert run("analyze", portrait, "--annotate", tmp_path / "seen.png").exit_code == 0
    assert not np.array_equal(cv2.imread(str(tmp_path / "seen.png")), astronaut())
    run("analyze", tmp_path / "photos", "--annotate", tmp_path / "seen")
    assert [path.name for path in (tmp_path / "seen").iterdir()] == ["1.png"]
