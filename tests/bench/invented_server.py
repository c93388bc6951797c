"""A server whose pipeline invents what it reads: everything else of it is real."""

import hashlib
import re
import time

import numpy as np

from model.faces import Faces
from model.pipeline import FramePipeline, FrameReading
from model.pose import Pose
from server import frame_calls, keyring, known_sources
from server.app import create_app
from server.engine import group_commit
from server.logs import configure_logs
from server.running import run_app
from server.schemas import FrameAnswer, Outcome
from server.settings import read_settings
from server.store.database import migrate
from server.wire import faces_of_reading

TOKEN = "the-teachers-token"
PARTS = ("short way", "known sources", "read tokens", "answer by hand", "pause")
_ROUNDS = 20_000


def _work(rounds: int) -> None:
    """Take processor time in one piece and without the GIL, as a network does."""
    hashlib.pbkdf2_hmac("sha256", b"work", b"without the GIL", rounds)


def _seconds_per_round() -> float:
    times = []
    for _ in range(5):
        began = time.thread_time()
        _work(_ROUNDS)
        times.append(time.thread_time() - began)
    return min(times) / _ROUNDS


class InventingPipeline(FramePipeline):
    """Says of every picture that it shows one face; each takes so much processor time."""

    def __init__(self, work_ms: float) -> None:
        self.network_version, self.estimators = "invented", {}
        self._rounds = round(work_ms / 1e3 / _seconds_per_round())

    def thorough(self) -> "InventingPipeline":
        return self

    def read(self, data: bytes, *_: object, **__: object) -> FrameReading:  # type: ignore[override]
        began = time.perf_counter()
        if self._rounds:
            _work(self._rounds)
        box = np.array([[181.5, 58.0, 88.5, 119.9]], np.float32)
        faces = Faces(box, np.full((1, 5, 2), 200, np.float32), np.array([0.93], np.float32))
        told = np.array([[0.02, 0.01, 0.02, 0.71, 0.03, 0.09, 0.12]], np.float32)
        stages = {"find": time.perf_counter() - began}
        return FrameReading(640, 360, faces, told, [Pose(-1.1, 2.5, 4.0)], stages)


def leave_out(part: str) -> None:
    """Let a server do without one of the parts that make a frame cheap."""
    if part == "short way":
        frame_calls._FRAMES = re.compile("(never)")
    elif part == "known sources":
        known_sources.KnownSources.keep = lambda *_: None  # type: ignore[assignment]
    elif part == "read tokens":
        keyring.MOST_READ = 0
    elif part == "answer by hand":
        frame_calls.write_frame_answer = _write_by_model  # type: ignore[assignment]
    elif part == "pause":
        group_commit.PAUSE_SECONDS = 0
    elif part:
        raise SystemExit(f"There is no part “{part}”; the parts are {', '.join(PARTS)}.")


def _write_by_model(outcome: Outcome, seq: int, reading: FrameReading, version: str) -> bytes:
    faces = faces_of_reading(reading)
    answer = FrameAnswer(
        outcome=outcome, seq=seq, faces=faces, counts=reading.counts, network_version=version
    )
    return answer.model_dump_json().encode()


def serve(port: int, work_ms: float, queue_limit: int = 0, database_url: str = "") -> None:
    """Serve until SIGTERM."""
    settings = read_settings(
        port=port,
        teacher_token=TOKEN,
        source_frames_per_second=1000,
        queue_limit=queue_limit or None,
        database_url=database_url or None,
        dashboard="off",
    )
    configure_logs(settings.log_format)
    migrate(settings.resolved_database_url)
    app = create_app(settings, pipeline=InventingPipeline(work_ms))
    run_app(app, settings.host, settings.port, announce=lambda: None)
