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

# The same field means the same everywhere, so its example for /docs stands here once.
SessionId = Annotated[str, Field(examples=["856346686a065467ec029f16"])]
SessionTitle = Annotated[str, Field(examples=["Biology 9b, 3rd lesson"])]
BucketSeconds = Annotated[int, Field(examples=[5])]
Simulated = Annotated[bool, Field(examples=[False])]
NetworkVersion = Annotated[str, Field(examples=["1.0"])]
Probabilities = Annotated[
    dict[Emotion, Probability],
    Field(examples=[dict(zip(EMOTIONS, (0.02, 0.01, 0.02, 0.71, 0.03, 0.09, 0.12), strict=True))]),
]
Counts = Annotated[
    dict[Emotion, int],
    Field(examples=[dict(zip(EMOTIONS, (0, 0, 0, 6, 2, 4, 10), strict=True))]),
]


class Wire(BaseModel):
    """Base of all that is sent: unknown fields are refused, nothing is changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NewSession(Wire):
    """A teacher's wish for a session."""

    title: Title = Field(examples=["Biology 9b, 3rd lesson"])
    expected_students: int | None = Field(
        None,
        ge=1,
        le=10_000,
        description="Enrolled students; coverage is told against it.",
        examples=[24],
    )
    bucket_seconds: BucketSeconds = Field(
        5, ge=1, le=300, description="Length of one tally, seconds."
    )
    simulated: Simulated = Field(
        default=False, description="Readings are invented; marked so everywhere."
    )


class Session(Wire):
    """One lesson as the teacher sees it."""

    session_id: SessionId
    title: SessionTitle
    join_code: str = Field(examples=["K7MQ-2RXD"])
    join_url: str = Field(examples=["http://127.0.0.1:8000/join/K7MQ-2RXD"])
    expected_students: int | None = Field(examples=[24])
    bucket_seconds: BucketSeconds
    simulated: Simulated
    started_at: datetime = Field(examples=["2026-03-02T10:15:00Z"])
    ended_at: datetime | None = Field(examples=["2026-03-02T11:00:00Z"])
    joined: int = Field(description="Students that ever joined.", examples=[23])
    frames: int = Field(description="Frames counted so far.", examples=[30_150])
    faces: int = Field(description="Faces counted so far.", examples=[28_902])
    network_version: NetworkVersion = Field(
        description="Network of the newest reading, or of the server."
    )


class JoinRequest(Wire):
    """What a source says to join."""

    join_code: str = Field(min_length=4, max_length=20, examples=["K7MQ-2RXD"])


class Joined(Wire):
    """A source's ticket. The token is bound to this session and source and expires."""

    session_id: SessionId
    source_id: str = Field(examples=["41857376dd7824d5e6f27d9a"])
    token: str = Field(examples=["eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.…"])
    expires_at: datetime = Field(examples=["2026-03-02T22:15:04Z"])
    session_title: SessionTitle
    simulated: Simulated


class Outcome(StrEnum):
    """What became of a frame."""

    COUNTED = "counted"
    DUPLICATE = "duplicate"


class PoseAngles(Wire):
    """Head pose in degrees; 0, 0, 0 looks straight into the camera.

    yaw: positive when the face turns to the right of the picture; pitch: positive when it looks
    up; roll: positive when it tilts clockwise in the picture.
    """

    yaw: float = Field(examples=[-1.1])
    pitch: float = Field(examples=[2.5])
    roll: float = Field(examples=[4.0])


class Face(Wire):
    """One face of one frame, told only to whoever sent the frame."""

    box: tuple[float, float, float, float] = Field(
        description="x, y, width, height in pixels.", examples=[(181.5, 58.0, 88.5, 119.9)]
    )
    landmarks: list[tuple[float, float]] = Field(
        description="right eye, left eye, nose, right and left corner of the mouth, in pixels.",
        examples=[[(203.1, 101.5), (247.1, 104.5), (223.2, 125.2), (203.3, 142.5), (241.2, 144.8)]],
    )
    score: Probability = Field(examples=[0.9293])
    emotion: Emotion
    probabilities: Probabilities
    pose: PoseAngles


class FrameAnswer(Wire):
    """The answer to one frame; it is sent only after the frame is committed."""

    outcome: Outcome
    seq: int = Field(examples=[1])
    faces: list[Face] = Field(description="Empty for a duplicate: it is not read again.")
    counts: Counts
    network_version: NetworkVersion


class SimulatedReading(Wire):
    """An invented reading, for sessions marked simulated only."""

    faces: list[Probabilities] = Field(max_length=100)


class Share(Wire):
    """The share of one emotion with its 95 % interval from differences between students."""

    share: Probability = Field(examples=[0.31])
    low: Probability = Field(examples=[0.22])
    high: Probability = Field(examples=[0.4])


class EstimatedShare(Share):
    """The share of one emotion among the students who were visible, with its 95 % interval.

    Corrected for what the network confuses. The interval says how sure the correction is of these
    students; it says nothing of others or of another day.
    """


class MoodPoint(Wire):
    """The class mood in one bucket. Everything of emotions is null when not `enough`."""

    start: datetime = Field(examples=["2026-03-02T10:42:05Z"])
    seconds: BucketSeconds = Field(description="Length of the bucket.")
    counts: Counts | None = Field(description="Faces per likeliest emotion.")
    shares: dict[Emotion, Share] | None = Field(
        description="Mean probability per emotion, every visible student weighing the same.",
        examples=[
            {
                emotion: {
                    "share": share,
                    "low": round(0.8 * share, 3),
                    "high": round(1.2 * share, 3),
                }
                for emotion, share in zip(
                    EMOTIONS, (0.06, 0.02, 0.06, 0.25, 0.11, 0.17, 0.33), strict=True
                )
            }
        ],
    )
    estimated_shares: dict[Emotion, EstimatedShare] | None = Field(
        description="Shares of the visible students, corrected for what the network confuses; "
        "null where one network that knows its confusions did not read all of it.",
        examples=[
            {
                emotion: {"share": share, "low": max(share - 0.095, 0), "high": share + 0.095}
                for emotion, share in zip(
                    EMOTIONS, (0.048, 0.0, 0.048, 0.286, 0.095, 0.19, 0.333), strict=True
                )
            }
        ],
    )
    frames: int = Field(examples=[25])
    faces: int = Field(examples=[22])
    sources: int = Field(description="Sources that sent a frame.", examples=[23])
    visible: int = Field(
        description="Students visible: a single source is one, a window many.", examples=[21]
    )
    coverage: float | None = Field(
        description="visible / expected_students, or / joined where none were expected.",
        examples=[0.875],
    )
    enough: bool = Field(
        description=f"At least {ENOUGH_STUDENTS} at once of those joined, or in the window.",
        examples=[True],
    )


class Mood(Wire):
    """The class mood of a session over time."""

    session: Session
    now: MoodPoint = Field(description="The last seconds up to this moment.")
    series: list[MoodPoint] = Field(description="Oldest first; buckets without frames are absent.")
    network_versions: list[NetworkVersion] = Field(
        description="All networks that read frames of it."
    )


class Analysis(Wire):
    """All faces of one picture. Nothing of it is stored."""

    width: int = Field(examples=[1280])
    height: int = Field(examples=[720])
    faces: list[Face]
    counts: Counts
    network_version: NetworkVersion


class Problem(BaseModel):
    """An error (RFC 9457): `detail` is a sentence that says what to do."""

    type: str = "about:blank"
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(
        examples=["There is no such session. It may have been deleted; list the sessions."]
    )


def zero_counts() -> dict[Emotion, int]:
    """Return a count of 0 for every emotion."""
    return dict.fromkeys(EMOTIONS, 0)
