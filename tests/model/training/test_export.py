"""From a checkpoint to a network file, as a user types it: figures, refusals, bytes."""

import subprocess
import sys

import numpy as np
import onnx
import pytest

torch = pytest.importorskip("torch", reason="needs torch: pip install torch==2.13.0")

import export_onnx  # noqa: E402
from model.classifier import EmotionClassifier  # noqa: E402
from model.emotions import LABEL_SETS, LabelSet  # noqa: E402
from model.training.checkpoint import Checkpoint  # noqa: E402
from model.training.exporting import export, graph  # noqa: E402
from model.training.exporting.eight_bit import Verdict  # noqa: E402
from tests.model.training.invented_faces import write_zip  # noqa: E402
from tests.model.training.small_runs import QUIET, start  # noqa: E402

pytestmark = pytest.mark.training


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_zip(tmp_path_factory.mktemp("export") / "faces.zip", votes=True)


@pytest.fixture(scope="module")
def checkpoint(faces, tmp_path_factory):
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("export") / "run"
    start(faces, folder).run(QUIET)
    return folder / "last.pt"


def write(checkpoint, data, output, *more):
    asked = [checkpoint, "--data", data, "--version", "9", "-o", output, *more]
    return export_onnx.main([str(each) for each in asked])


def test_both_heads_are_calibrated_measured_and_served(checkpoint, data, tmp_path, capsys):
    assert write(checkpoint, data, tmp_path / "out.onnx") == 0
    network = EmotionClassifier.load(tmp_path / "out.onnx")
    assert network.label_sets == LABEL_SETS
    assert [one.labels for one in network.card.measured] == list(LABEL_SETS)
    assert set(network.card.calibration) == set(LABEL_SETS)
    assert str(tmp_path) not in network.card.model_dump_json()
    told = capsys.readouterr().out
    for said in (
        "before calibration: crowd",
        "after calibration: crowd",
        "parity",
        "under the 5 MB",
    ):
        assert said in told


def test_where_no_file_can_be_written_is_said_before_anything_is_read(tmp_path, capsys):
    (tmp_path / "file").touch()
    for output, said in (
        (tmp_path, "is a folder; give the name of a file in it"),
        (tmp_path / "file" / "out.onnx", "file is a file"),
    ):
        assert write(tmp_path / "none.pt", tmp_path / "none.zip", output) == 1
        assert said in capsys.readouterr().err


@pytest.mark.parametrize("more", [["--version", " "], ["--int8", "out.onnx"]])
def test_an_empty_version_and_one_file_for_two_networks_are_refused(more):
    with pytest.raises(SystemExit):
        write("none.pt", "none.zip", "out.onnx", *more)


def test_the_file_tells_what_torch_tells(checkpoint, data, faces, tmp_path):
    write(checkpoint, data, tmp_path / "out.onnx")
    network = EmotionClassifier.load(tmp_path / "out.onnx")
    stored = Checkpoint.load(checkpoint)
    crops = network.prepare(faces.valid.crops.numpy())
    with torch.no_grad():
        logits = stored.build_averaged_network()(torch.from_numpy(crops)).numpy()
    for head, labels in enumerate(LABEL_SETS):
        scaling = network.card.calibration[labels]
        scaled = logits[:, head] * scaling.scale + np.array(scaling.bias)
        moved = np.exp(scaled - scaled.max(1, keepdims=True))
        expected = moved / moved.sum(1, keepdims=True)
        assert network.classify(crops, labels) == pytest.approx(expected, abs=1e-4)


def test_the_graph_is_plain_and_its_batch_free(checkpoint, data, tmp_path):
    write(checkpoint, data, tmp_path / "out.onnx")
    proto = onnx.load(tmp_path / "out.onnx")
    assert [opset.version for opset in proto.opset_import] == [graph.OPSET]
    assert not {"BatchNormalization", "Identity", "Dropout"} & {n.op_type for n in proto.graph.node}
    assert not proto.graph.input[0].type.tensor_type.shape.dim[0].HasField("dim_value")
    assert [entry.key for entry in proto.metadata_props] == ["roomtone_card"]


def test_the_same_checkpoint_gives_the_same_bytes(checkpoint, data, tmp_path):
    for name in ("one", "two"):
        write(checkpoint, data, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_labels_without_votes_leave_the_crowds_head_uncalibrated_and_say_so(
    checkpoint, tmp_path, capsys
):
    data = write_zip(tmp_path / "silent.zip")
    assert write(checkpoint, data, tmp_path / "out.onnx") == 0
    assert "crowd: no face of valid" in capsys.readouterr().out
    card = EmotionClassifier.load(tmp_path / "out.onnx").card
    assert set(card.calibration) == {LabelSet.FER2013}
    assert [one.labels for one in card.measured] == [LabelSet.FER2013]


def test_a_recall_floor_is_on_the_card(checkpoint, data, tmp_path, capsys):
    assert write(checkpoint, data, tmp_path / "out.onnx", "--recall-floor", "0.05") == 0
    card = EmotionClassifier.load(tmp_path / "out.onnx").card
    assert card.calibration[LabelSet.FER2013].recall_floor == 0.05
    assert "5%" in card.description
    assert "with the recall floor" in capsys.readouterr().out


@pytest.mark.parametrize("share", ["0", "1", "45", "much"])
def test_a_floor_that_is_no_share_is_refused(checkpoint, data, tmp_path, share, capsys):
    with pytest.raises(SystemExit):
        write(checkpoint, data, tmp_path / "out.onnx", "--recall-floor", share)
    assert "share between 0 and 1" in capsys.readouterr().err


def test_a_difference_from_torch_writes_nothing(checkpoint, data, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(graph, "PARITY", -1.0)
    assert write(checkpoint, data, tmp_path / "out" / "out.onnx") == 1
    assert "nothing was written" in capsys.readouterr().err
    assert not (tmp_path / "out" / "out.onnx").exists()


def test_eight_bits_are_judged_and_told(checkpoint, data, tmp_path, capsys):
    assert write(checkpoint, data, tmp_path / "out.onnx", "--int8", tmp_path / "small.onnx") == 0
    told = capsys.readouterr().out
    assert "times the float network's time on this machine" in told
    assert (tmp_path / "small.onnx").exists() == ("int8 written" in told)


@pytest.mark.parametrize(
    ("ratio", "loss", "said"),
    [
        (0.5, 0.002, "int8 written as"),
        (1.1, 0.0, "int8 NOT written: it takes 1.10 times"),
        (0.5, 0.004, "accuracy crowd -0.40, fer2013 +0.00 points"),
    ],
)
def test_eight_bits_need_speed_and_accuracy(ratio, loss, said, tmp_path):
    verdict = Verdict(ratio, {"crowd": loss, "fer2013": 0.0})
    assert said in verdict.describe(tmp_path / "small.onnx")
    assert verdict.keep == (ratio < 1 and loss <= 0.003)


def test_a_worse_copy_is_not_written(checkpoint, data, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(export, "judge", lambda *_: Verdict(2.0, {"crowd": 0.0}))
    write(checkpoint, data, tmp_path / "out.onnx", "--int8", tmp_path / "small.onnx")
    assert "int8 NOT written" in capsys.readouterr().out
    assert not (tmp_path / "small.onnx").exists()


def test_mistakes_are_sentences(checkpoint, data, tmp_path, capsys):
    (tmp_path / "text.pt").write_text("not a checkpoint")
    assert write(tmp_path / "text.pt", data, tmp_path / "out.onnx") == 1
    assert write(tmp_path / "none.pt", data, tmp_path / "out.onnx") == 1
    assert write(checkpoint, tmp_path / "none.zip", tmp_path / "out.onnx") == 1
    told = capsys.readouterr().err
    assert [name in told for name in ("text.pt", "none.pt", "none.zip")] == [True] * 3


def test_without_torch_it_says_how_to_install_it():
    code = "import sys; sys.modules['torch'] = None; import export_onnx"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "pip install -e '.[training]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_mirrored_file_tells_a_face_and_its_mirror_image_the_same(
    checkpoint, data, faces, tmp_path
):
    assert write(checkpoint, data, tmp_path / "out.onnx", "--mirror") == 0
    network = EmotionClassifier.load(tmp_path / "out.onnx")
    crops = faces.valid.crops[:9].numpy()
    told = network.classify(network.prepare(crops))
    turned = network.classify(network.prepare(np.ascontiguousarray(crops[:, :, ::-1])))
    assert np.allclose(told, turned, atol=1e-5)
    assert "mirror image" in network.card.description
    write(checkpoint, data, tmp_path / "plain.onnx")
    plain = EmotionClassifier.load(tmp_path / "plain.onnx")
    assert not np.allclose(told, plain.classify(plain.prepare(crops)), atol=1e-5)


def test_the_card_tells_the_command_without_the_trainers_folders(checkpoint, data, tmp_path):
    write(checkpoint, data, tmp_path / "out.onnx")
    recipe = EmotionClassifier.load(tmp_path / "out.onnx").card.recipe
    assert recipe.startswith("roomtone train ")
    assert "--network tiny" in recipe
    assert "--epochs 4" in recipe
    assert "/" not in recipe
