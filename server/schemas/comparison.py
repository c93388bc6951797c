"""Several sessions beside each other, and the courses they belong to."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from model.emotions import Emotion
from server.schemas.report import DIFFERENCES, Difference, Statement, Stretch
from server.schemas.sessions import SessionOrigin
from server.schemas.wire import (
    Course,
    NetworkVersion,
    SessionId,
    SessionTitle,
    Simulated,
    Wire,
)

MOST_COMPARED = 100


class CourseSummary(Wire):
    """A course: all sessions of one name."""

    course: str = Field(examples=["Biology 9b"])
    sessions: int = Field(examples=[12])
    first_at: datetime = Field(examples=["2026-03-02T10:15:00Z"])
    last_at: datetime = Field(
        description="When the newest began.", examples=["2026-05-18T10:15:00Z"]
    )


class ComparedSegment(Stretch):
    """What one session shows under a title that others have too; several of it are one."""

    title: str = Field(description="As in `segment_titles`.", examples=["Cell membranes"])
    against_rest: dict[Emotion, Difference] | None = Field(
        description="This session's less the mean of the others' under the same title; null where "
        "there is none to compare it with.",
        examples=[DIFFERENCES],
    )


class ComparedSession(Wire):
    """One of the sessions compared, from its report."""

    session_id: SessionId
    number: int = Field(description="From 1, oldest first; the statements use it.", examples=[3])
    title: SessionTitle
    course: Course
    origin: SessionOrigin
    simulated: Simulated
    corrected: bool = Field(description="As in its report.", examples=[True])
    network_versions: list[NetworkVersion]
    started_at: datetime = Field(examples=["2026-03-02T10:15:00Z"])
    ended_at: datetime = Field(examples=["2026-03-02T11:00:00Z"])
    whole: Stretch
    against_rest: dict[Emotion, Difference] | None = Field(
        description="This session less the mean of all the others that were read as it was; null "
        "where there is none.",
        examples=[DIFFERENCES],
    )
    series: list[Stretch] = Field(
        description="In steps of `step_s` from its start, longer where its report's are, of "
        "expressions only; empty unless aligned by time."
    )
    segments: list[ComparedSegment] = Field(
        description="Of `segment_titles`, in their order; empty unless aligned by segment."
    )


class LeftOut(Wire):
    """A session that can't be compared."""

    session_id: SessionId
    title: SessionTitle
    started_at: datetime = Field(examples=["2026-03-02T10:15:00Z"])
    reason: str = Field(examples=["It is still running."])


class Comparison(Wire):
    """Sessions side by side on one scale, oldest first. Of lessons, never of people.

    Every interval is wider than a single one would be, by as many differences as are told beside
    each other: in nineteen of twenty comparisons of lessons that are alike, none is beyond noise.
    """

    course: Course = Field(description="The course asked for; null where sessions were named.")
    aligned_by: Literal["time", "segment"]
    step_s: float = Field(description="Length of the stretches of every series.", examples=[60])
    sessions: list[ComparedSession]
    trend: dict[Emotion, Difference] | None = Field(
        description="From the first session to the last, by regression over the moments they "
        "began; null with fewer than 4 that were read alike, or less than a week.",
        examples=[DIFFERENCES],
    )
    segment_titles: list[str] = Field(
        description="Titles that at least two of the sessions share, in order; segments are "
        "aligned by title.",
        examples=[["Introduction", "Cell membranes"]],
    )
    left_out: list[LeftOut]
    statements: list[Statement] = Field(
        description="In the order they are read, in the language asked for."
    )
