"""What one run measures, as it stands in its JSON. Pure.

Milliseconds end in `_ms`, seconds in `_s`, megabytes (of 1,048,576 bytes) in `_mb`; rates are
frames a second. What could not be known on a machine is null.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict


class Figures(BaseModel):
    """Every part of the JSON: nothing in it may change, nor be of another name."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Machine(Figures):
    """Where it was measured. `cores` are those that the process may use."""

    processor: str
    cores: int
    system: str
    python: str


class StageTimes(Figures):
    """One reading on one thread, from bytes to committed tally, by stage.

    bare_ms: the networks on what they were given in these readings, and nothing else.
    ratio: total over bare.
    """

    stages_ms: dict[str, float]
    total_ms: float
    bare_ms: float
    ratio: float


class FrameCost(Figures):
    """One frame: as a source's first (median), and as one of a stream of its like (mean)."""

    name: str
    width: int
    height: int
    faces: int
    steady_faces: int
    first: StageTimes
    steady: StageTimes


class FacesPoint(Figures):
    """A picture with so many faces: how many were found, and how long it took."""

    placed: int
    found: int
    total_ms: float


class FacesCost(Figures):
    """Cost over faces, all in pictures of one size, and the line through it."""

    width: int
    height: int
    points: list[FacesPoint]
    fixed_ms: float
    face_ms: float
    r2: float


class Limit(Figures):
    """What the networks alone would allow for a stream of the webcam frame.

    frames_per_second: cores over the mean seconds of the networks alone on a stream's frames.
    side_by_side: measured with one thread a core at once, where cores share caches and clocks.
    """

    bare_ms: float
    frames_per_second: float
    side_by_side: float


class Latency(Figures):
    """Milliseconds from the planned moment of sending to the answer; null without answers."""

    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    most_ms: float | None


class LoadStep(Figures):
    """One load: what was offered, what became of it, and how long answers took.

    offered, accepted: frames a second, over the seconds in which frames were planned.
    late_ms: p99 of how late the load generator itself sent what was due and had a free connection.
    generator_cores, server_cores: processor seconds a second of each process.
    """

    offered: float
    seconds: float
    sources: int
    planned: int
    accepted: int
    duplicate: int
    busy: int
    skipped: int
    refused: dict[str, int]
    errors: int
    accepted_per_second: float
    accepted_latency: Latency
    busy_latency: Latency
    busy_without_retry_after: int
    fewest_of_a_source: int
    most_of_a_source: int
    fairness: float | None
    late_ms: float | None
    generator_cores: float
    server_cores: float | None
    share_of_capacity: float | None = None


class Overload(Figures):
    """Several times the capacity for a while, and the time after it."""

    times: float
    step: LoadStep
    goodput_share: float
    memory_before_mb: float | None
    memory_after_mb: float | None
    recovery_s: float
    recovery_step: LoadStep


class Books(Figures):
    """The same frames as told by four: who sent, the ledger, the commits, the database.

    unknown: frames whose answer never came; they may be counted or not.
    """

    answered: int
    unknown: int
    ledger: int
    committed: int
    database: int
    refused_by_answers: int
    refused_by_ledger: int
    left_open: int
    agree: bool


class ServiceFigures(Figures):
    """One server process with the load generator beside it; `source_frames_per_second` opened."""

    frame: str
    frame_bytes: int
    start_s: float
    capacity: LoadStep
    ladder: list[LoadStep]
    students: LoadStep
    overload: Overload
    memory_first_mb: float | None
    memory_first_frames: int
    memory_last_mb: float | None
    memory_frames_between: int
    books: Books


class Run(Figures):
    """A whole run. `more` holds what other benches of `make bench` told."""

    command: str
    made_at: str
    seconds: float
    roomtone: str
    network: str
    machine: Machine
    frames: str
    stages: list[FrameCost]
    classifier_face_ms: float
    faces: FacesCost
    limit: Limit
    service: ServiceFigures
    more: dict[str, Any] = {}
