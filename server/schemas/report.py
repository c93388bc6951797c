"""The report of a session: what it was like, when it changed, where it differed. Figures first.

Every share here respects the threshold of exports (`EXPORT_STUDENTS`) and is told in steps no
finer than one student, so that one student's coming or going can't be read off by subtraction.
"""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from model.emotions import EMOTIONS, Emotion
from server.schemas.engagement import Engagement, EngagementProfile
from server.schemas.markers import Marker, OutlineEntry
from server.schemas.self_reports import SelfReportAnswer
from server.schemas.sessions import SessionOrigin
from server.schemas.wire import (
    Camera,
    Course,
    NetworkVersion,
    SelfReportWanted,
    SessionId,
    SessionTitle,
    Share,
    Simulated,
    Wire,
)

EXPORT_STUDENTS = 10
"""Behind every told stretch of an export are at least so many observations of a student in a
bucket, beside at least `ENOUGH_STUDENTS` visible at once; neighbours are merged until it holds."""

MOST_CUES = 20_000


class ReportFormat(StrEnum):
    """What a report can be written as; the same numbers in each."""

    JSON = "json"
    HTML = "html"
    PDF = "pdf"
    CSV = "csv"
    PARQUET = "parquet"


class TranscriptCue(Wire):
    """One thing said, with its time. Who said it is not kept."""

    begins_s: float = Field(ge=0, description="Seconds after the session's start.", examples=[61.5])
    ends_s: float = Field(ge=0, examples=[64.0])
    words: str = Field(examples=["Water moves towards the salt."])


class ReportSession(Wire):
    """The session a report is of."""

    session_id: SessionId
    title: SessionTitle
    course: Course
    origin: SessionOrigin
    simulated: Simulated
    camera: Camera
    self_report: SelfReportWanted
    expected_students: int | None = Field(examples=[24])
    started_at: datetime = Field(examples=["2026-03-02T10:15:00Z"])
    ended_at: datetime = Field(examples=["2026-03-02T11:00:00Z"])
    joined: int = Field(description="Students that ever joined.", examples=[23])
    network_versions: list[NetworkVersion]


class Difference(Wire):
    """How much more, or less, of a share: after less before, or one less another.

    The interval is from differences between students, as if those of both sides were different
    students: rather too wide than too narrow.
    """

    size: float = Field(ge=-1, le=1, examples=[0.125])
    low: float = Field(ge=-1, le=1, examples=[0.04])
    high: float = Field(ge=-1, le=1, examples=[0.21])
    beyond_noise: bool = Field(description="The interval leaves out 0.", examples=[True])


DIFFERENCES = {
    key: {"size": 0.125, "low": 0.04, "high": 0.21, "beyond_noise": True} for key in EMOTIONS
}
"""Of each emotion, for examples in /docs."""


class Stretch(Wire):
    """What can be told of a stretch of time. All shares are null when not `enough`."""

    start: datetime = Field(examples=["2026-03-02T10:42:00Z"])
    seconds: float = Field(gt=0, examples=[30])
    enough: bool = Field(examples=[True])
    visible: int = Field(description="Students visible, of the fullest bucket.", examples=[21])
    present: int = Field(description="Most students joined and not left.", examples=[23])
    coverage: float | None = Field(description="As in the mood.", examples=[0.875])
    shares: dict[Emotion, Share] | None = Field(
        description="Corrected for what the network confuses where the report's `corrected`.",
        examples=[{key: {"share": 0.125, "low": 0.04, "high": 0.21} for key in EMOTIONS}],
    )
    turned: Share | None
    engagement: Engagement | None
    said: int = Field(description="Most students who answered within 30 s.", examples=[18])
    answers: dict[SelfReportAnswer, Share] | None = Field(
        description="Null where fewer than enough said something.",
        examples=[{key: {"share": 0.25, "low": 0.1, "high": 0.48} for key in SelfReportAnswer}],
    )


class Segment(Stretch):
    """A slide, a chapter, or the time between two markers."""

    kind: Literal["slide", "chapter", "marker"]
    title: str = Field(examples=["Cell membranes"])
    against_rest: dict[Emotion, Difference] | None = Field(
        description="This segment less all the others; null where one of both is not enough.",
        examples=[DIFFERENCES],
    )


class AlsoChanged(Wire):
    """What else changed at a moment."""

    what: str = Field(examples=["neutral"])
    change: Difference


class ChangePoint(Wire):
    """A moment at which the mood changed beyond noise."""

    at: datetime = Field(examples=["2026-03-02T10:42:00Z"])
    what: str = Field(
        description="What changed most: an emotion, `coverage`, `turned` or an answer.",
        examples=["surprise"],
    )
    change: Difference
    also: list[AlsoChanged] = Field(description="What else changed beyond noise then.")
    before_s: float = Field(description="Seconds compared before it.", examples=[300])
    after_s: float = Field(examples=[240])
    near: str | None = Field(
        description="The marker, slide or chapter nearest to it, at most a minute away.",
        examples=["Cell membranes"],
    )
    near_s: float | None = Field(
        description="Seconds from that to the change; negative where it came after.", examples=[4]
    )


class Gap(Wire):
    """A stretch of which no emotion can be told."""

    start: datetime = Field(examples=["2026-03-02T10:50:00Z"])
    seconds: float = Field(examples=[90])
    visible: int = Field(description="Most students visible at once in it.", examples=[3])


class Figure(StrEnum):
    """What the figures of a statement are of."""

    WHAT = "what"
    SHARE = "share"
    SIZE = "size"
    LOW = "low"
    HIGH = "high"
    AT = "at"
    SECONDS = "seconds"
    STUDENTS = "students"
    VISIBLE = "visible"
    PRESENT = "present"
    COVERAGE = "coverage"
    NUMBER = "number"
    TITLE = "title"
    NEAR = "near"
    NEEDED = "needed"


class Statement(Wire):
    """One sentence of the report and the figures it is made from.

    `text` is in the language asked for. A statement that the figures do not support is absent.
    """

    section: Literal["whole", "changes", "segments", "visible", "said", "limits"]
    key: str = Field(description="Which sentence it is, in every language.", examples=["mostly"])
    figures: dict[Figure, str | float | int | None] = Field(
        examples=[{"what": "neutral", "share": 0.625, "visible": 21}]
    )
    text: str = Field(examples=["Mostly neutral, 63 % of 21 students."])


class Report(Wire):
    """Everything a report tells; HTML, PDF, CSV and Parquet are written from this."""

    version: Literal[1] = Field(description="Of this form.", examples=[1])
    made_at: datetime = Field(examples=["2026-03-02T11:00:01Z"])
    session: ReportSession
    corrected: bool = Field(
        description="Shares are corrected for what the network confuses.", examples=[True]
    )
    whole: Stretch = Field(description="The lesson as a whole.")
    series: list[Stretch] = Field(description="Oldest first, without gaps between.")
    changes: list[ChangePoint] = Field(description="By time.")
    segments: list[Segment] = Field(description="By time; empty where nothing divides the lesson.")
    gaps: list[Gap]
    markers: list[Marker] = Field(description="Without notes.")
    notes: list[Marker]
    outline: list[OutlineEntry]
    transcript: list[TranscriptCue]
    engagement_profile: EngagementProfile
    statements: list[Statement] = Field(description="In the order they are read.")
