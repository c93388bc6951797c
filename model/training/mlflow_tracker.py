"""MLflow as a tracker: settings, metrics per epoch and curves, in a local store or on a server.

MLflow is imported only when a tracker is made. No torch. MLflow's file store (`./mlruns`) is
frozen since MLflow 3, so the local store is an SQLite file beside the runs' folders.
"""

import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from model.training.curves import read_rows
from model.training.sqlite_file import NotSqlite, check_sqlite

if TYPE_CHECKING:
    from mlflow import MlflowClient

EXPERIMENT = "roomtone"
NOTE = (
    "Training of Roomtone's network of visible expressions: what faces show, not what people feel, "
    "attend to or understand. Not for grading, attendance, discipline or appraisal."
)
STATES = {
    "finished": "FINISHED",
    "stopped_early": "FINISHED",
    "interrupted": "KILLED",
    "failed": "FAILED",
}
ARTIFACTS = ("metrics.jsonl", "curves.png", "curves.html")
_SCHEMES = (
    *("sqlite", "http", "https", "postgresql", "mysql", "mssql"),
    *("databricks", "databricks-uc", "file", ""),
)
_log = logging.getLogger(__name__)


class MlflowMissing(ImportError):
    """MLflow was asked for and is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "MLflow is not installed. Install it with “python -m pip install -e '.[training]'” in "
            "a clone, or “python -m pip install mlflow”, or train without --mlflow."
        )


class UnusableTracking(ValueError):
    """An address that no MLflow store can be at; the message says which can."""


def default_uri(folder: Path) -> str:
    """Return the local store of the run in `folder`: `mlflow.db` beside the run's folder."""
    return f"sqlite:///{folder.absolute().parent / 'mlflow.db'}"


class MlflowTracker:
    """Tells an MLflow store of the run in `folder`; a run that goes on stays the same MLflow run.

    A store that does not answer costs the training nothing: `say` gets one sentence, what was
    missed is sent as soon as the store answers again, and by the next start at the latest.
    Raises `MlflowMissing` and `UnusableTracking`.
    """

    def __init__(
        self, folder: Path, uri: str | None = None, say: Callable[[str], None] = _log.warning
    ) -> None:
        self._folder, self._uri, self._say = folder, uri or default_uri(folder), say
        _check_address(self._uri)
        self._client = _open_client(self._uri)
        self._config: Mapping[str, Any] = {}
        self._waiting: list[Mapping[str, Any]] = []
        self._run_id, self._away = "", False

    def start(self, config: Mapping[str, Any]) -> None:
        """Open the run's own MLflow run, or a new one, and send every epoch it lacks."""
        self._config = config
        self._waiting = list(read_rows(self._folder / "metrics.jsonl"))
        self._attempt(self._send_waiting)

    def epoch(self, metrics: Mapping[str, Any]) -> None:
        """Send the epoch's metrics, after those that could not be sent before."""
        self._waiting.append(metrics)
        self._attempt(self._send_waiting)

    def finish(self, summary: Mapping[str, Any]) -> None:
        """Send the files, the best epoch and the state the run ended in."""
        self._attempt(lambda: self._close_run(summary))

    def _attempt(self, send: Callable[[], None]) -> None:
        try:
            send()
        except Exception as error:  # noqa: BLE001 - whatever a store raises, hours of training go on
            if not self._away:
                told = str(error).replace(self._uri, _without_password(self._uri))
                reason = " ".join(told.split())[:200]
                self._say(
                    f"MLflow at {_without_password(self._uri)} does not answer ({reason}). The "
                    "training goes on; metrics.jsonl has everything, and what is missed is sent "
                    "when it answers, or when the command is given again."
                )
            self._away = True
        else:
            if self._away:
                self._say("MLflow answers again and has been told what it missed.")
            self._away = False

    def _send_waiting(self) -> None:
        if not self._run_id:
            self._open_run()
        while self._waiting:
            row = self._waiting[0]
            self._log_metrics(flatten(row), int(row["epoch"]))
            del self._waiting[0]

    def _open_run(self) -> None:
        known = self._recall_run()
        if known and self._client.get_run(known).info.lifecycle_stage == "active":
            self._client.update_run(known, status="RUNNING")
            told = {m.step for m in self._client.get_metric_history(known, "epoch")}
            self._waiting = [row for row in self._waiting if row["epoch"] not in told]
            self._run_id = known
            return
        tags = {"mlflow.note.content": NOTE}
        name = self._folder.absolute().name
        created = self._client.create_run(self._experiment(), tags=tags, run_name=name).info.run_id
        for key, value in self._config.items():
            self._client.log_param(created, key, _tell_param(key, value))
        self._client.log_dict(created, _tell_config(self._config), "config.json")
        link = json.dumps({"store": _without_password(self._uri), "run_id": created})
        (self._folder / "mlflow.json").write_text(link + "\n", "utf-8")
        self._run_id = created

    def _recall_run(self) -> str:
        """Return the id of this folder's run in this very store, or nothing."""
        path = self._folder / "mlflow.json"
        if not path.exists():
            return ""
        link = json.loads(path.read_text("utf-8"))
        return str(link["run_id"]) if link["store"] == _without_password(self._uri) else ""

    def _experiment(self) -> str:
        found = self._client.get_experiment_by_name(EXPERIMENT)
        if found is not None:
            return str(found.experiment_id)
        place = None
        if self._uri.startswith("sqlite:///"):
            database = Path(self._uri.removeprefix("sqlite:///")).absolute()
            place = database.with_name("mlflow-artifacts").as_uri()
        return str(self._client.create_experiment(EXPERIMENT, artifact_location=place))

    def _close_run(self, summary: Mapping[str, Any]) -> None:
        self._send_waiting()
        figures = {k: float(v) for k, v in summary.items() if isinstance(v, int | float)}
        self._log_metrics(figures, int(summary.get("epochs", 0)))
        for name in ARTIFACTS:
            if (self._folder / name).exists():
                self._client.log_artifact(self._run_id, str(self._folder / name))
        self._client.set_terminated(self._run_id, status=STATES[summary["state"]])

    def _log_metrics(self, metrics: Mapping[str, float], step: int) -> None:
        from mlflow.entities import Metric  # noqa: PLC0415 - only who asked for MLflow has it

        now = int(1000 * time.time())
        entries = [Metric(key, value, now, step) for key, value in metrics.items()]
        self._client.log_batch(self._run_id, metrics=entries)


def flatten(metrics: Mapping[str, Any], prefix: str = "") -> dict[str, float]:
    """Name nested figures with dots: `{"crowd": {"accuracy": 0.8}}` is `crowd.accuracy`."""
    told: dict[str, float] = {}
    for key, value in metrics.items():
        if isinstance(value, Mapping):
            told |= flatten(value, f"{prefix}{key}.")
        elif isinstance(value, int | float):
            told[prefix + key] = float(value)
    return told


def _open_client(uri: str) -> "MlflowClient":
    """Return an `MlflowClient`, not yet connected, that neither reports home nor waits for long."""
    for name, value in {
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
        "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
        "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    }.items():
        os.environ.setdefault(name, value)
    if urlsplit(uri).scheme in {"file", ""}:  # asked for by name, so allowed
        os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
    try:
        import mlflow  # noqa: PLC0415 - the settings above come first, and not everybody has it
    except ModuleNotFoundError as error:
        raise MlflowMissing from error
    logging.getLogger("mlflow.store.db.utils").setLevel(logging.WARNING)
    return mlflow.MlflowClient(tracking_uri=uri)


def _check_address(uri: str) -> None:
    scheme = urlsplit(uri).scheme.split("+")[0]
    if scheme not in _SCHEMES:
        raise UnusableTracking(
            f"“{uri}” is no address of an MLflow store. Use http://HOST:PORT of a server, "
            "sqlite:///PATH of a file, or a folder."
        )
    if scheme == "sqlite":
        try:
            check_sqlite(Path(uri.split(":///", 1)[-1]))
        except NotSqlite as error:
            raise UnusableTracking(f"--mlflow-uri: {error}") from error


def _tell_param(key: str, value: object) -> str:
    """Files are told by their name: where they lie on this machine is nobody's business."""
    return Path(str(value)).name if key in {"data", "votes"} else str(value)


def _tell_config(config: Mapping[str, Any]) -> dict[str, Any]:
    files = {"data", "votes"} & config.keys()
    return {**config, **{key: _tell_param(key, config[key]) for key in files}}


def _without_password(uri: str) -> str:
    """Return the address as it may be told: without what stands before its host."""
    parts = urlsplit(uri)
    return (
        uri.replace(f"{parts.netloc}", parts.netloc.rpartition("@")[2], 1) if parts.netloc else uri
    )
