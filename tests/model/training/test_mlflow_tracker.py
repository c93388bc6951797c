"""A run told to MLflow: local by default, one run across breaks, and a store that is away."""

import json
import os
import shutil
import socket
import subprocess
import sys

import pytest

from model.training.mlflow_tracker import MlflowMissing, MlflowTracker, UnusableTracking, flatten

CONFIG = {"network": "tiny", "epochs": 3, "data": "/somewhere/faces.zip", "limit": None}
SUMMARY = {"state": "finished", "epochs": 3, "best_epoch": 2, "best_accuracy": 0.6}


def epoch(number):
    told = {"accuracy": 0.2 * number, "recall": {"happy": 0.5}}
    return {"epoch": number, "loss": 1 / number, "crowd": told}


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory):
    """An MLflow database without runs, because making its tables takes seconds."""
    mlflow = pytest.importorskip("mlflow", reason="needs mlflow, of the training extra")
    path = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    mlflow.MlflowClient(f"sqlite:///{path}").search_experiments()
    return path


@pytest.fixture
def folder(tmp_path, empty_store):
    shutil.copy(empty_store, tmp_path / "mlflow.db")
    (tmp_path / "first").mkdir()
    return tmp_path / "first"


def record(folder, tracker, number):
    with (folder / "metrics.jsonl").open("a") as log:
        log.write(json.dumps(epoch(number)) + "\n")
    tracker.epoch(epoch(number))


def stored_runs(folder):
    mlflow = pytest.importorskip("mlflow")
    client = mlflow.MlflowClient(f"sqlite:///{folder.parent / 'mlflow.db'}")
    found = client.get_experiment_by_name("roomtone")
    return client, client.search_runs([found.experiment_id])


def test_a_run_that_goes_on_is_one_mlflow_run(folder):
    first = MlflowTracker(folder)
    first.start(CONFIG)
    record(folder, first, 1)
    with (folder / "metrics.jsonl").open("a") as log:
        log.write(json.dumps(epoch(2)) + "\n")  # killed before MLflow was told
    second = MlflowTracker(folder)
    second.start(CONFIG)
    record(folder, second, 3)
    second.finish(SUMMARY)
    client, (run,) = stored_runs(folder)
    losses = client.get_metric_history(run.info.run_id, "loss")
    assert sorted((m.step, m.value) for m in losses) == [(1, 1), (2, 1 / 2), (3, 1 / 3)]
    assert (run.info.run_name, run.info.status) == ("first", "FINISHED")
    assert run.data.params["network"] == "tiny"
    assert run.data.metrics["crowd.recall.happy"] == 0.5
    assert run.data.metrics["best_accuracy"] == 0.6
    assert "not what people feel" in run.data.tags["mlflow.note.content"]
    files = {item.path for item in client.list_artifacts(run.info.run_id)}
    assert files == {"config.json", "metrics.jsonl"}
    assert (folder.parent / "mlflow-artifacts").is_dir()


def test_where_files_lie_on_this_machine_is_not_told(folder):
    tracker = MlflowTracker(folder)
    tracker.start(CONFIG)
    _, (run,) = stored_runs(folder)
    assert run.data.params["data"] == "faces.zip"


def test_a_server_that_is_away_is_said_once_and_costs_no_training(folder):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    said = []
    tracker = MlflowTracker(folder, f"http://somebody:secret@127.0.0.1:{port}", said.append)
    tracker.start(CONFIG)
    record(folder, tracker, 1)
    tracker.finish(SUMMARY)
    assert len(said) == 1
    assert "does not answer" in said[0]
    assert "The training goes on" in said[0]
    assert "secret" not in said[0]


def test_an_mlflow_asked_for_later_is_told_what_was_before(folder):
    (folder / "metrics.jsonl").write_text(json.dumps(epoch(1)) + "\n")
    MlflowTracker(folder).start(CONFIG)
    client, (run,) = stored_runs(folder)
    assert [m.step for m in client.get_metric_history(run.info.run_id, "loss")] == [1]


def test_a_folder_named_by_the_user_is_a_store_as_well(folder, tmp_path):
    tracker = MlflowTracker(folder, str(tmp_path / "mlruns"))
    tracker.start(CONFIG)
    assert list((tmp_path / "mlruns").glob("*/*/params/network"))


@pytest.mark.parametrize("uri", ["ftp://host/store", "gopher:x"])
def test_an_address_that_mlflow_does_not_know_is_refused(tmp_path, uri):
    with pytest.raises(UnusableTracking, match="sqlite:///PATH"):
        MlflowTracker(tmp_path, uri)


def test_a_store_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("not a database, but long enough to be read as one" * 20)
    with pytest.raises(UnusableTracking, match="not an SQLite database"):
        MlflowTracker(tmp_path, f"sqlite:///{tmp_path / 'notes.txt'}")


def test_without_mlflow_it_says_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(MlflowMissing, match="pip install"):
        MlflowTracker(tmp_path)


def test_nested_figures_are_named_with_dots():
    assert flatten({"a": 1, "b": {"c": {"d": 0.5}}, "e": "x"}) == {"a": 1.0, "b.c.d": 0.5}


def test_mlflow_reports_nothing_to_its_maker(tmp_path):
    pytest.importorskip("mlflow", reason="needs mlflow, of the training extra")
    code = (
        "from pathlib import Path\n"
        "from model.training.mlflow_tracker import MlflowTracker\n"
        f"MlflowTracker(Path({str(tmp_path / 'run')!r}))\n"
        "from mlflow.telemetry import get_telemetry_client\n"
        "from mlflow.telemetry.utils import is_telemetry_disabled\n"
        "print(is_telemetry_disabled(), get_telemetry_client())\n"
    )
    kept = {"PATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV"}  # MLflow is silent in CI anyway
    clean = {k: v for k, v in os.environ.items() if k in kept} | {"HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=clean, check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == ["True", "None"]
    assert not list(tmp_path.rglob("*mlflow*id*"))
