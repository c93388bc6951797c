"""Several sessions beside each other, and the courses they belong to."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from model.emotions import Emotion
from server.schemas.report import Difference, Segment, Statement, Stretch
from server.schemas.sessions import SessionOrigin
from server.schemas.wire import Course, SessionId, SessionTitle, Simulated, Wire

MOST_COMPARED = 100


class CourseSummary(Wire):
    """A course: all sessions of one name."""

    course: str = Field(examples=["Biology 9b"])
    sessions: int = Field(examples=[12])
    first_at: datetime = Field(examples=["2026-03-02T10:15:00Z"])
    last_at: datetime = Field(
        description="When the newest began.", examples=["2026-05-18T10:15:00Z"]
    )


class ComparedSession(Wire):
    """One of the sessions compared, from its report."""

    session_id: SessionId
    title: SessionTitle
    course: Course
    origin: SessionOrigin
    simulated: Simulated
    corrected: bool
    started_at: datetime
    ended_at: datetime
    whole: Stretch
    against_rest: dict[Emotion, Difference] | None = Field(
        description="This session less the mean of all the others; null where there is not enough."
    )
    series: list[Stretch] = Field(
        description="In steps of `step_s` from its start, merged where there is not enough."
    )
    segments: list[Segment]


class LeftOut(Wire):
    """A session that can't be compared."""

    session_id: SessionId
    reason: str = Field(examples=["It is still running."])


class Comparison(Wire):
    """Sessions side by side on one scale, oldest first."""

    course: Course = Field(description="The course asked for; null where sessions were named.")
    aligned_by: Literal["time", "segment"]
    step_s: float = Field(description="Length of the stretches of every series.", examples=[60])
    sessions: list[ComparedSession]
    segment_titles: list[str] = Field(
        description="Titles that at least two of the sessions share, in order; segments are "
        "aligned by title."
    )
    left_out: list[LeftOut]
    statements: list[Statement]
