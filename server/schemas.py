"""The wire contract, version 1: what goes over HTTP, for the server and every client of it.

Imports `model.emotions` only, so that the dashboard can share it. Output schemas have no
defaults: what the server answers is always written out.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from model.emotions import EMOTIONS, Emotion

ENOUGH_STUDENTS = 5
"""Below this many visible students no emotion is told to the teacher (k-threshold)."""

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Probability = Annotated[float, Field(ge=0, le=1)]


class Wire(BaseModel):
    """Base of all that is sent: unknown fields are refused, nothing is changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NewSession(Wire):
    """A teacher's wish for a session."""

    title: Title = Field(examples=["Biology 9b, 3rd lesson"])
    expected_students: int | None = Field(
        None, ge=1, le=10_000, description="Enrolled students; coverage is told against it."
    )
    bucket_seconds: int = Field(5, ge=1, le=300, description="Length of one tally, seconds.")
    simulated: bool = Field(
        default=False, description="Readings are invented; marked so everywhere."
    )


class Session(Wire):
    """One lesson as the teacher sees it."""

    session_id: str
    title: str
    join_code: str = Field(examples=["K7MQ-2RXD"])
    join_url: str
    expected_students: int | None
    bucket_seconds: int
    simulated: bool
    started_at: datetime
    ended_at: datetime | None
    joined: int = Field(description="Sources that ever joined.")
    frames: int = Field(description="Frames counted so far.")
    faces: int = Field(description="Faces counted so far.")
    network_version: str = Field(description="Network of the newest reading, or of the server.")


class JoinRequest(Wire):
    """What a source says to join."""

    join_code: str = Field(min_length=4, max_length=20, examples=["K7MQ-2RXD"])


class Joined(Wire):
    """A source's ticket. The token is bound to this session and source and expires."""

    session_id: str
    source_id: str
    token: str
    expires_at: datetime
    session_title: str
    simulated: bool


class Outcome(StrEnum):
    """What became of a frame."""

    COUNTED = "counted"
    DUPLICATE = "duplicate"


class PoseAngles(Wire):
    """Head pose in degrees; 0, 0, 0 looks straight into the camera.

    yaw: positive when the face turns to the right of the picture; pitch: positive when it looks
    up; roll: positive when it tilts clockwise in the picture.
    """

    yaw: float
    pitch: float
    roll: float


class Face(Wire):
    """One face of one frame, told only to whoever sent the frame."""

    box: tuple[float, float, float, float] = Field(
        description="x, y, width, height in pixels.", examples=[(334.9, 34.9, 100.7, 150.0)]
    )
    landmarks: list[tuple[float, float]] = Field(
        description="right eye, left eye, nose, right and left corner of the mouth, in pixels."
    )
    score: Probability
    emotion: Emotion
    probabilities: dict[Emotion, Probability]
    pose: PoseAngles


class FrameAnswer(Wire):
    """The answer to one frame; it is sent only after the frame is committed."""

    outcome: Outcome
    seq: int
    faces: list[Face] = Field(description="Empty for a duplicate: it is not read again.")
    counts: dict[Emotion, int]
    network_version: str


class SimulatedReading(Wire):
    """An invented reading, for sessions marked simulated only."""

    faces: list[dict[Emotion, Probability]] = Field(max_length=100)


class Share(Wire):
    """The share of one emotion with its 95 % interval from differences between students."""

    share: Probability
    low: Probability
    high: Probability


class MoodPoint(Wire):
    """The class mood in one bucket. `counts` and `shares` are null when not `enough`."""

    start: datetime
    seconds: int = Field(description="Length of the bucket.")
    counts: dict[Emotion, int] | None = Field(description="Faces per likeliest emotion.")
    shares: dict[Emotion, Share] | None = Field(
        description="Mean probability per emotion, every visible student weighing the same."
    )
    frames: int
    faces: int
    sources: int = Field(description="Sources that sent a frame.")
    visible: int = Field(description="Students visible: a single source is one, a window many.")
    coverage: float | None = Field(
        description="visible / expected_students, or / joined where none were expected."
    )
    enough: bool = Field(description=f"At least {ENOUGH_STUDENTS} students visible.")


class Mood(Wire):
    """The class mood of a session over time."""

    session: Session
    now: MoodPoint = Field(description="The last seconds up to this moment.")
    series: list[MoodPoint] = Field(description="Oldest first; buckets without frames are absent.")
    network_versions: list[str] = Field(description="All networks that read frames of it.")


class Analysis(Wire):
    """All faces of one picture. Nothing of it is stored."""

    width: int
    height: int
    faces: list[Face]
    counts: dict[Emotion, int]
    network_version: str


class Problem(BaseModel):
    """An error (RFC 9457): `detail` is a sentence that says what to do."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


def zero_counts() -> dict[Emotion, int]:
    """Return a count of 0 for every emotion."""
    return dict.fromkeys(EMOTIONS, 0)
