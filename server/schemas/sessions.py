"""Sessions as the teacher starts and sees them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from server.schemas.wire import (
    BucketSeconds,
    Camera,
    Course,
    NetworkVersion,
    SelfReportWanted,
    SendSeconds,
    SessionId,
    SessionTitle,
    Simulated,
    Title,
    Wire,
)


class SessionOrigin(StrEnum):
    """Where a session's frames come from."""

    LIVE = "live"
    RECORDING = "recording"


CourseName = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] | None,
    BeforeValidator(lambda given: (given.strip() or None) if isinstance(given, str) else given),
    Field(description="The course it belongs to; none where empty.", examples=["Biology 9b"]),
]


class NewSession(Wire):
    """A teacher's wish for a session."""

    title: Title = Field(examples=["Biology 9b, 3rd lesson"])
    course: CourseName = None
    expected_students: int | None = Field(
        None,
        ge=1,
        le=10_000,
        description="Enrolled students; coverage is told against it.",
        examples=[24],
    )
    bucket_seconds: BucketSeconds = Field(
        5,
        ge=1,
        le=300,
        description="Length of one tally, seconds. One that is too short for every student's "
        "frame to fall into it, less than 1.2 times send_seconds, is made as long as that.",
    )
    simulated: Simulated = Field(
        default=False, description="Readings are invented; marked so everywhere."
    )
    send_seconds: SendSeconds = Field(
        2.0, ge=0.5, le=60, description="How often a student's page sends a frame, seconds."
    )
    camera: Camera = Field(default=True, description="Students are asked for their camera.")
    self_report: SelfReportWanted = Field(
        default=True, description="Students are asked how they follow."
    )

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if not (self.camera or self.self_report):
            raise ValueError("a session without camera and without self-report asks for nothing")
        return self


class SessionChange(Wire):
    """What is to be another one of a session; what is left out stays as it is."""

    title: Title | None = Field(None, examples=["Biology 9b, 3rd lesson"])
    course: CourseName = None


class Session(Wire):
    """One lesson as the teacher sees it."""

    session_id: SessionId
    title: SessionTitle
    course: Course
    origin: SessionOrigin
    join_code: str = Field(examples=["K7MQ-2RXD"])
    join_url: str = Field(examples=["http://127.0.0.1:8000/join/K7MQ-2RXD"])
    expected_students: int | None = Field(examples=[24])
    bucket_seconds: BucketSeconds
    simulated: Simulated
    send_seconds: SendSeconds
    camera: Camera
    self_report: SelfReportWanted
    started_at: datetime = Field(examples=["2026-03-02T10:15:00Z"])
    ended_at: datetime | None = Field(examples=["2026-03-02T11:00:00Z"])
    joined: int = Field(description="Students that ever joined.", examples=[23])
    present: int = Field(
        description="Of these, students that have not left; of an ended session those at its end.",
        examples=[22],
    )
    frames: int = Field(description="Frames counted so far.", examples=[30_150])
    faces: int = Field(description="Faces counted so far.", examples=[28_902])
    network_version: NetworkVersion = Field(
        description="Network of the newest reading, or of the server."
    )
