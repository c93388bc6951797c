import json

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from model.evaluation.commands import evaluate
from tests.pictures import astronaut, jpeg, png
from tests.tiny_network import tiny_card, write_tiny_network

app = typer.Typer()
app.command("evaluate")(evaluate)
app.callback()(lambda: None)


def run(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.fixture
def network(tmp_path):
    return write_tiny_network(tmp_path / "tiny.onnx", tiny_card())


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


def test_a_network_that_can_not_be_used_gets_a_sentence(tmp_path):
    (tmp_path / "happy").mkdir()
    (tmp_path / "happy" / "1.jpg").write_bytes(jpeg(astronaut()))
    (tmp_path / "no.onnx").write_text("no network")
    result = run("evaluate", tmp_path, "--network", tmp_path / "no.onnx")
    assert result.exit_code == 1
    assert "no.onnx" in "".join(result.stderr.split())
    assert "Traceback" not in result.output


def test_help_teaches_by_example():
    assert "roomtone evaluate " in run("evaluate", "--help").stdout
    assert "valid" in run("evaluate", "--help").stdout
