"""`roomtone ensemble` and `roomtone distill` as a user types them."""

import numpy as np
import pytest
from typer.testing import CliRunner

torch = pytest.importorskip("torch", reason="needs torch: pip install torch==2.13.0")

import roomtone  # noqa: E402
from model import distilling_commands, ensemble_commands  # noqa: E402
from model.classifier import EmotionClassifier  # noqa: E402
from model.emotions import LABEL_SETS, LabelSet  # noqa: E402
from model.mistakes import Mistake  # noqa: E402
from model.training.checkpoint import Checkpoint  # noqa: E402
from model.training.ensemble import fit_weights  # noqa: E402
from model.training.members import Member, scale_pixels  # noqa: E402
from model.training.teaching import join_words  # noqa: E402
from model.training_commands import TorchMissing  # noqa: E402
from tests.model.training.invented_faces import write_zip  # noqa: E402
from tests.model.training.small_runs import QUIET, start  # noqa: E402
from tests.tiny_network import tiny_card, write_tiny_network  # noqa: E402

pytestmark = pytest.mark.training


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_zip(tmp_path_factory.mktemp("ensemble") / "faces.zip", votes=True)


@pytest.fixture(scope="module")
def checkpoint(faces, tmp_path_factory):
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("ensemble") / "run"
    start(faces, folder).run(QUIET)
    return folder / "last.pt"


def call(*asked):
    done = CliRunner().invoke(roomtone.app, [str(each) for each in asked])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output.replace("\n", " ")


def test_members_of_every_kind_become_one_network(checkpoint, data, faces, tmp_path):
    other = tiny_card(name="other", mean=0.3, std=0.5)
    members = [
        checkpoint,
        write_tiny_network(tmp_path / "two.onnx", tiny_card()),
        write_tiny_network(tmp_path / "single.onnx", other, heads=(LabelSet.FER2013,)),
    ]
    code, told = call("ensemble", *members, "--data", data, "-o", tmp_path / "all.onnx")
    assert code == 0
    for said in ("plain mean", "weighted mean", "no head", "parity with its members", "MB"):
        assert said in told
    network = EmotionClassifier.load(tmp_path / "all.onnx")
    assert network.label_sets == LABEL_SETS
    assert [one.labels for one in network.card.measured] == list(LABEL_SETS)
    alone = Member.read(checkpoint, faces.valid).tell(scale_pixels(faces.valid.crops))
    true = faces.valid.truth()[:, 1].numpy()
    joined = network.classify(network.prepare(faces.valid.crops.numpy()), LabelSet.FER2013)
    assert (joined.argmax(1) == true).mean() >= (alone[LabelSet.FER2013].argmax(1) == true).mean()


def test_networks_of_one_head_stay_a_network_of_that_head(data, tmp_path):
    single = (LabelSet.FER2013,)
    members = [
        write_tiny_network(tmp_path / f"{n}.onnx", tiny_card(mean=n / 10), heads=single)
        for n in (4, 5)
    ]
    assert call("ensemble", *members, "--data", data, "-o", tmp_path / "all.onnx")[0] == 0
    assert EmotionClassifier.load(tmp_path / "all.onnx").label_sets == single


def test_an_ensemble_may_be_a_member(data, tmp_path):
    members = [write_tiny_network(tmp_path / f"{n}.onnx", tiny_card()) for n in (1, 2)]
    call("ensemble", *members, "--data", data, "-o", tmp_path / "first.onnx")
    asked = (tmp_path / "first.onnx", members[0], "--data", data, "-o", tmp_path / "all.onnx")
    assert call("ensemble", *asked)[0] == 0


def test_weights_follow_who_explains_the_faces():
    good, bad = np.full(50, 0.9), np.full(50, 0.1)
    assert fit_weights(np.stack([good, bad])) == pytest.approx([1, 0], abs=0.01)
    halves = np.r_[np.full(25, 0.9), np.full(25, 0.1)]
    assert fit_weights(np.stack([halves, 1 - halves])) == pytest.approx([0.5, 0.5], abs=1e-3)


def test_bad_members_are_named_and_nothing_is_written(checkpoint, data, tmp_path):
    good = write_tiny_network(tmp_path / "good.onnx", tiny_card())
    (tmp_path / "text.pt").write_text("no checkpoint")
    (tmp_path / "text.onnx").write_text("no network")
    stored = Checkpoint.load(checkpoint)
    stored.average.popitem()
    stored.save(tmp_path / "other.pt")
    cases = {
        "text.pt": "not a checkpoint of ours",
        "text.onnx": "not an ONNX file",
        "none.pt": "no network at",
        "other.pt": "another version of the architecture",
        write_tiny_network(tmp_path / "bare.onnx", None).name: "no model card",
        write_tiny_network(tmp_path / "wide.onnx", tiny_card(crop_side=1.5)).name: "1.5 times",
    }
    for name, said in cases.items():
        out = tmp_path / "out.onnx"
        code, told = call("ensemble", good, tmp_path / name, "--data", data, "-o", out)
        assert (code, said in told) == (1, True), told
        assert not out.exists()
    assert "at least two" in call("ensemble", good, "--data", data, "-o", out)[1]


def test_a_student_learns_from_teachers_and_asks_them_once(checkpoint, data, tmp_path):
    other = write_tiny_network(tmp_path / "other.onnx", tiny_card())
    run = tmp_path / "student"
    asked = ["distill", checkpoint, other, "--data", data, "--run", run, "--network", "tiny",
             "--epochs", "2", "--batch", "20", "--teacher-views", "2"]  # fmt: skip
    assert call(*asked)[0] == 0
    config = Checkpoint.load(run / "last.pt").config
    assert config.teachers.startswith("last.pt (")
    kept = {path: path.stat().st_mtime_ns for path in (run / "teachers").iterdir()}
    assert len(kept) == 2
    code, told = call(*asked)
    assert (code, "Going on" in told) == (0, True)
    assert kept == {path: path.stat().st_mtime_ns for path in (run / "teachers").iterdir()}
    code, told = call(*asked[:1], other, *asked[3:])
    assert (code, "--teachers" in told, "other settings" in told) == (1, True, True)


def test_a_broken_word_is_asked_for_again(data, tmp_path):
    teacher = write_tiny_network(tmp_path / "teacher.onnx", tiny_card())
    asked = ["distill", teacher, "--data", data, "--run", tmp_path / "run", "--network", "tiny",
             "--epochs", "1", "--batch", "20", "--teacher-views", "1"]  # fmt: skip
    call(*asked)
    (word,) = (tmp_path / "run" / "teachers").iterdir()
    word.write_bytes(b"cut off")
    assert "asked again" in call(*asked)[1]


def test_a_missing_or_broken_teacher_is_a_sentence(data, tmp_path):
    (tmp_path / "text.onnx").write_text("no network")
    for name, said in {"none.pt": "no teacher at", "text.onnx": "not an ONNX file"}.items():
        asked = ("--data", data, "--run", tmp_path / "run", "--network", "tiny")
        code, told = call("distill", tmp_path / name, *asked)
        assert (code, said in told) == (1, True), told


def test_a_head_is_told_by_those_who_have_it_and_by_the_labels_where_none_does():
    labels = torch.eye(7)[None, 3].repeat(4, 2, 1)
    knows, lacks = torch.full((4, 2, 7), 1 / 7), torch.zeros(4, 2, 7)
    lacks[:, 1] = torch.eye(7)[0]
    assert torch.allclose(join_words([knows, lacks], labels)[:, 0], knows[:, 0])
    assert torch.equal(join_words([lacks], labels)[:, 0], labels[:, 0])


@pytest.mark.parametrize("name", ["ensemble", "distill"])
def test_without_torch_they_say_how_to_install_it(name, data, monkeypatch):
    module = {"ensemble": ensemble_commands, "distill": distilling_commands}[name]

    def missing(command):
        raise TorchMissing(command)

    monkeypatch.setattr(module, "require_torch", missing)
    done = CliRunner().invoke(roomtone.app, [name, "a.onnx", "--data", str(data)])
    assert f"roomtone {name}” needs torch" in str(done.exception)
    assert issubclass(TorchMissing, Mistake)


def test_the_card_names_the_members(data, tmp_path):
    members = [
        write_tiny_network(tmp_path / f"{name}.onnx", tiny_card(name=name)) for name in ("a", "b")
    ]
    call("ensemble", *members, "--data", data, "-o", tmp_path / "all.onnx", "--version", "7")
    network = EmotionClassifier.load(tmp_path / "all.onnx")
    assert network.card.version == "7"
    assert "a test-1 (crowd" in network.card.description
