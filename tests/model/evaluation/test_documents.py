"""The page, the picture, the model card, the README's table: written, never typed."""

import json
import re
import shutil

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from model.classifier import SHIPPED_NETWORK
from model.emotions import EMOTIONS, LABEL_SETS, LabelSet
from model.evaluation.commands import evaluate
from model.evaluation.document_commands import card, trade, write_documents
from model.evaluation.readme_table import BEGIN, END
from tests.documents import ROOT
from tests.pictures import png
from tests.tiny_network import tiny_card, write_tiny_network

app = typer.Typer()
for command in (evaluate, card, trade):
    app.command()(command)


def run(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.fixture
def faces(tmp_path):
    for name, grey in (("happy", 250), ("sad", 5), ("fear", 240)):
        (tmp_path / "faces" / name).mkdir(parents=True)
        (tmp_path / "faces" / name / "1.png").write_bytes(png(np.full((48, 48), grey, np.uint8)))
    return tmp_path / "faces"


@pytest.fixture
def network(tmp_path):
    return write_tiny_network(tmp_path / "tiny.onnx", tiny_card(limits="Only <tests>."))


def measure(faces, network, labels, *more):
    path = network.with_name(f"evaluation_{labels}.json")
    result = run("evaluate", faces, "--network", network, "--labels", labels, "--json", path,
                 "--resamples", 100, *more)  # fmt: skip
    assert result.exit_code == 0, result.output
    return result


def test_the_page_needs_nothing_else_and_has_every_chart_as_a_table(faces, network, tmp_path):
    measure(faces, network, "crowd", "--html", tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text("utf-8")
    own = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert not re.findall(r"(?:src|href)=", own)
    charts = re.findall(r'class="chart" role="img" aria-label="([^"]+)"', own)
    assert len(charts) == 3 + 8
    assert own.count("<details") == len(charts)
    assert "Only &lt;tests&gt;." in own
    assert all(f">{emotion}<" in own for emotion in EMOTIONS)
    assert "prefers-color-scheme: dark" in own


def test_the_confusion_matrix_is_drawn_as_a_png(faces, network, tmp_path):
    measure(faces, network, "crowd", "--confusion", tmp_path / "confusion.png")
    assert (tmp_path / "confusion.png").read_bytes().startswith(b"\x89PNG")


def test_flip_and_robustness_are_told_when_asked_for(faces, network):
    told = json.loads(measure(faces, network, "crowd", "--flip").stdout)
    assert "robustness" not in told
    assert told["flip"]["accuracy"] == told["accuracy"]


def test_the_card_and_the_table_say_what_the_evaluations_say(faces, network, tmp_path):
    for labels in LABEL_SETS:
        measure(faces, network, labels, "--robustness", "--flip")
    (tmp_path / "mood.json").write_text(json.dumps({"natural": {"counting": 2.5}}))
    readme = tmp_path / "README.md"
    readme.write_text(f"# Ours\n\n{BEGIN}\nold\n{END}\n\nThe rest\n")
    assert run("card", "--network", network, "--readme", readme).exit_code == 0
    text, page = (tmp_path / "MODEL_CARD.md").read_text("utf-8"), readme.read_text("utf-8")
    assert "| fear | 1 | 0.0 % |" in text
    assert "mistaken for happy" in text
    assert "| natural, counting | 2.5 |" in text
    assert "Figures by the fer2013 labels" in text
    assert "old" not in page
    assert page.startswith("# Ours")
    assert page.endswith("The rest\n")
    assert page.count("**Roomtone test-1**") == 2
    assert "fer 25.10.3" in page
    assert run("card", "--network", network, "--readme", readme, "--check").exit_code == 0


def test_a_hand_written_figure_is_noticed(faces, network, tmp_path):
    for labels in LABEL_SETS:
        measure(faces, network, labels)
    run("card", "--network", network)
    path = tmp_path / "MODEL_CARD.md"
    path.write_text(path.read_text("utf-8").replace("66.7 %", "96.7 %"))
    result = run("card", "--network", network, "--check")
    assert result.exit_code == 1
    assert "disagrees" in result.stderr


def test_an_evaluation_of_another_file_is_refused(faces, network, tmp_path):
    measure(faces, network, "crowd")
    write_tiny_network(network, tiny_card(version="test-2"))
    result = run("card", "--network", network)
    assert result.exit_code == 1
    assert "of another network" in " ".join(result.stderr.split())


def test_a_head_without_an_evaluation_is_named(faces, network):
    measure(faces, network, "crowd")
    assert "“fer2013” labels, but has no evaluation" in " ".join(
        run("card", "--network", network).stderr.split()
    )


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_the_trade_is_drawn_from_several_evaluations(faces, network, tmp_path, kind):
    measure(faces, network, "crowd")
    one = tmp_path / "evaluation_crowd.json"
    shutil.copy(one, tmp_path / "other.json")
    assert run("trade", one, tmp_path / "other.json", "-o", tmp_path / f"t.{kind}").exit_code == 0
    assert (tmp_path / f"t.{kind}").stat().st_size > 1000


def test_a_trade_of_different_labels_or_of_no_evaluation_is_refused(faces, network, tmp_path):
    for labels in LABEL_SETS:
        measure(faces, network, labels)
    both = [network.with_name(f"evaluation_{labels}.json") for labels in LABEL_SETS]
    assert "different labels" in run("trade", *both, "-o", tmp_path / "t.svg").stderr
    (tmp_path / "no.json").write_text("{}")
    assert "lacks" in run("trade", tmp_path / "no.json", "-o", tmp_path / "t.svg").stderr
    assert "must end in" in run("trade", both[0], "-o", tmp_path / "t.gif").stderr


def test_a_network_with_the_other_head_only_says_which_flag_to_give(faces, tmp_path):
    network = write_tiny_network(tmp_path / "old.onnx", tiny_card(), heads=(LabelSet.FER2013,))
    result = run("evaluate", faces, "--network", network)
    assert result.exit_code == 1
    assert "Give --labels fer2013" in " ".join(result.stderr.split())


def test_a_bad_picture_fails_unless_it_may_be_skipped(faces, network):
    (faces / "sad" / "bad.png").write_text("no picture")
    (faces / "angry").mkdir()
    result = run("evaluate", faces, "--network", network, "--resamples", 100)
    assert result.exit_code == 1
    said = " ".join(result.stderr.split())
    assert "bad.png" in "".join(result.stderr.split())
    assert "nothing is measured for angry" in said
    measured = run("evaluate", faces, "--network", network, "--resamples", 100, "--skip-bad")
    assert measured.exit_code == 0
    assert json.loads(measured.stdout)["unreadable"] == 1


def test_a_file_that_can_not_be_written_is_said_before_the_work(faces, network, tmp_path):
    result = run("evaluate", faces, "--network", network, "--html", tmp_path / "no" / "page.html")
    assert result.exit_code == 1
    assert "There is no folder" in result.stderr
    assert not result.stdout


def test_the_shipped_network_its_card_its_evaluations_and_the_readme_agree():
    for path, text in write_documents(SHIPPED_NETWORK, ROOT / "README.md").items():
        assert path.read_text("utf-8") == text, f"{path}: run `roomtone card --readme README.md`"


@pytest.mark.parametrize("content", ["3", "[]", '{"accuracy": 0.5, "intervals": {}}', "nonsense"])
def test_other_json_is_refused_as_no_evaluation(tmp_path, content):
    (tmp_path / "other.json").write_text(content)
    result = run("trade", tmp_path / "other.json", "-o", tmp_path / "trade.svg")
    assert result.exit_code == 1
    assert "other.json" in result.output
    assert "roomtone evaluate DIR --json FILE" in result.output


def test_pictures_without_a_face_are_a_failure(faces, network):
    result = run("evaluate", faces, "--network", network, "--find", "--resamples", 100)
    assert result.exit_code == 1
    assert "No face is left to measure" in result.output
