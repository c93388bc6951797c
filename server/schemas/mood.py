"""The class mood over time."""

from datetime import datetime

from pydantic import Field

from model.emotions import EMOTIONS, Emotion
from server.schemas.engagement import Engagement, EngagementProfile
from server.schemas.markers import Marker, OutlineEntry
from server.schemas.self_reports import SelfReportPoint
from server.schemas.sessions import Session
from server.schemas.wire import (
    ENOUGH_STUDENTS,
    BucketSeconds,
    Counts,
    NetworkVersion,
    Share,
    Wire,
)


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
        description="visible / expected_students; where none were expected, visible / present; "
        "null where neither is known.",
        examples=[0.875],
    )
    present: int = Field(
        description="Students who had joined and not left in this bucket.", examples=[23]
    )
    turned: Share | None = Field(
        description="Share of the visible students whose face is turned to the screen; null where "
        "not `enough` or not known.",
        examples=[{"share": 0.81, "low": 0.7, "high": 0.92}],
    )
    engagement: Engagement | None = Field(
        description="The session's engagement profile; null where a part of it is."
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
    self_report_now: SelfReportPoint | None = Field(
        description="What students say now, over this bucket and the one before; null in sessions "
        "that do not ask."
    )
    self_reports: list[SelfReportPoint] = Field(
        description="Oldest first; buckets in which nobody said anything are absent."
    )
    markers: list[Marker] = Field(description="By time.")
    outline: list[OutlineEntry] = Field(description="Slides and chapters, in order.")
    engagement_profile: EngagementProfile
    network_versions: list[NetworkVersion] = Field(
        description="All networks that read frames of it."
    )
