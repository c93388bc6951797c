"""`roomtone tune`: a search that goes on after a crash and ends in a command."""

import fcntl
import re
import shlex
import sqlite3
import subprocess
import sys

import pytest
from typer.testing import CliRunner

import roomtone
from tests.model.training.invented_faces import write_zip

torch = pytest.importorskip("torch", reason="needs torch, of the training extra")
optuna = pytest.importorskip("optuna", reason="needs optuna, of the training extra")

from model.training.config import TrainingConfig  # noqa: E402
from model.training.tuning import TrialTracker, suggest_config  # noqa: E402

pytestmark = pytest.mark.training


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return write_zip(tmp_path_factory.mktemp("faces") / "faces.zip", faces=70)


def tune(dataset, study, *more):
    return CliRunner().invoke(
        roomtone.app,
        ["tune", "--data", str(dataset), "--network", "tiny", "--epochs", "1", "--threads", "1",
         "--average-decay", "0.5", "--study", str(study), *more],
    )  # fmt: skip


def open_stored(study):
    return optuna.load_study(study_name="roomtone", storage=f"sqlite:///{study}")


def test_it_searches_goes_on_and_ends_in_a_command(dataset, tmp_path):
    study = tmp_path / "new" / "tune.db"
    first = tune(dataset, study, "--trials", "1")
    assert first.exit_code == 0, first.output
    left = open_stored(study)
    left.ask()  # a trial that a crash cut off
    again = tune(dataset, study, "--trials", "3")
    assert "1 of 3 trials are done" in again.output
    assert "1 of the study's trials were cut off" in again.output
    states = [trial.state.name for trial in open_stored(study).trials]
    assert states == ["COMPLETE", "FAIL", "COMPLETE", "COMPLETE"]
    command = shlex.split(re.findall(r"roomtone train .+", again.output)[-1])
    assert command[:4] == ["roomtone", "train", "--data", str(dataset)]
    best = max(open_stored(study).trials, key=lambda trial: trial.value or 0)
    rate = command[command.index("--learning-rate") + 1]
    assert float(rate) == best.user_attrs["settings"]["learning_rate"]
    page = study.with_suffix(".html").read_text("utf-8")
    assert "--learning-rate" in page
    assert 'src="http' not in page
    assert {path.name for path in study.parent.iterdir()} == {
        "tune.db", "tune.db.lock", "tune.html"
    }  # fmt: skip
    assert "3 of 3 trials are done" in tune(dataset, study, "--trials", "3").output


def test_the_command_it_ends_in_is_one_that_train_takes(dataset, tmp_path):
    told = tune(dataset, tmp_path / "tune.db", "--trials", "1").output
    command = shlex.split(re.findall(r"roomtone train .+", told)[-1])
    more = ["--epochs", "1", "--threads", "1", "--run", str(tmp_path / "run")]
    assert CliRunner().invoke(roomtone.app, [*command[1:], *more]).exit_code == 0


def test_a_study_of_something_else_is_named(dataset, tmp_path):
    study = tmp_path / "tune.db"
    tune(dataset, study, "--trials", "1")
    other = write_zip(tmp_path / "other.zip", faces=71)
    for faces, more, said in [
        (other, (), "the faces of --data"),
        (dataset, ("--network", "simple_cnn"), "--network (there tiny, here simple_cnn)"),
        (dataset, ("--epochs", "2"), "--epochs (there 1, here 2)"),
    ]:
        answer = tune(faces, study, "--trials", "2", *more)
        assert answer.exit_code == 1
        assert "a study of something else" in answer.output
        assert said in answer.output


def test_a_file_that_is_no_study_is_refused(dataset, tmp_path):
    (tmp_path / "notes.db").write_text("no database, but as long as the header of one is" * 20)
    answer = tune(dataset, tmp_path / "notes.db")
    assert (answer.exit_code, "not an SQLite database" in answer.output) == (1, True)
    with sqlite3.connect(tmp_path / "other.db") as db:
        db.execute("CREATE TABLE version_info (mine TEXT)")
    answer = tune(dataset, tmp_path / "other.db")
    assert (answer.exit_code, "cannot be used as a study" in answer.output) == (1, True)


def test_a_study_that_is_being_worked_on_is_left_alone(dataset, tmp_path):
    with (tmp_path / "tune.db.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        answer = tune(dataset, tmp_path / "tune.db")
    assert answer.exit_code == 1
    assert "Another roomtone tune" in answer.output


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--data", "none.zip"), "none.zip"),
        (("--network", "enormous"), "enormous"),
        (("--average-decay", "1.5"), "--average-decay must be"),
    ],
)
def test_wrong_input_is_a_sentence(dataset, tmp_path, more, said):
    answer = tune(dataset, tmp_path / "tune.db", *more)
    assert answer.exit_code == 1
    assert said in answer.output


def test_no_trials_are_refused(dataset, tmp_path):
    assert tune(dataset, tmp_path / "tune.db", "--trials", "0").exit_code == 2


def test_a_trial_that_lags_behind_is_ended():
    study = optuna.create_study(
        direction="maximize", pruner=optuna.pruners.MedianPruner(n_startup_trials=1)
    )
    good, bad = study.ask(), study.ask()
    TrialTracker(good, lambda metrics: metrics["score"]).epoch({"epoch": 1, "score": 0.9})
    study.tell(good, 0.9)
    with pytest.raises(optuna.TrialPruned):
        TrialTracker(bad, lambda metrics: metrics["score"]).epoch({"epoch": 1, "score": 0.1})


def test_the_crowds_share_is_searched_only_where_there_are_votes():
    study = optuna.create_study()
    for votes in (True, False):
        trial = study.ask()
        suggest_config(trial, TrainingConfig(), votes=votes).check()
        assert ("crowd_share" in trial.params) is votes


def test_the_command_line_knows_tune_without_loading_torch():
    code = "import sys, roomtone; print({'torch', 'optuna', 'mlflow'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "set()"


def test_a_training_draws_its_curves_and_tells_mlflow_where_asked(dataset, tmp_path):
    pytest.importorskip("mlflow", reason="needs mlflow, of the training extra")
    command = ["train", "--data", str(dataset), "--network", "tiny", "--epochs", "1", "--threads"]
    command += ["1", "--run", str(tmp_path / "run"), "--mlflow-uri"]
    wrong = CliRunner().invoke(roomtone.app, [*command, "ftp://host"])
    assert (wrong.exit_code, "no address of an MLflow store" in wrong.output) == (1, True)
    right = CliRunner().invoke(roomtone.app, [*command, str(tmp_path / "mlruns")])
    assert right.exit_code == 0, right.output
    assert (tmp_path / "run" / "curves.png").exists()
    assert list((tmp_path / "mlruns").glob("*/*/artifacts/curves.html"))
