"""Self-report: what students say of themselves with one tap."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from server.schemas.frames import Outcome
from server.schemas.wire import ENOUGH_STUDENTS, Share, Wire

SELF_REPORT_SECONDS = 30
"""Length of a bucket of self-reports, seconds; in it each student's latest answer counts."""


class SelfReportAnswer(StrEnum):
    """The answers of the one tap, in the order they are shown."""

    FOLLOWING = "following"
    LOST = "lost"
    TOO_FAST = "too_fast"
    BORED = "bored"


class SelfReport(Wire):
    """One student's answer. The page repeats a standing answer once in every bucket."""

    answer: SelfReportAnswer


class SelfReportReceipt(Wire):
    """The answer to a self-report; it is sent only after it is committed."""

    outcome: Outcome
    seq: int = Field(examples=[18])


class SelfReportPoint(Wire):
    """What students said in one bucket. Counts and shares are null when not `enough`."""

    start: datetime = Field(examples=["2026-03-02T10:42:00Z"])
    seconds: int = Field(description="Length of the bucket.", examples=[30])
    said: int = Field(description="Students who said something.", examples=[18])
    counts: dict[SelfReportAnswer, int] | None = Field(
        description="Students per answer, each one's latest in the bucket.",
        examples=[{"following": 11, "lost": 4, "too_fast": 2, "bored": 1}],
    )
    shares: dict[SelfReportAnswer, Share] | None = Field(
        description="Shares of those who said something, with Wilson's 95 % interval.",
        examples=[
            {
                "following": {"share": 0.611, "low": 0.386, "high": 0.797},
                "lost": {"share": 0.222, "low": 0.09, "high": 0.452},
                "too_fast": {"share": 0.111, "low": 0.031, "high": 0.328},
                "bored": {"share": 0.056, "low": 0.01, "high": 0.258},
            }
        ],
    )
    enough: bool = Field(
        description=f"At least {ENOUGH_STUDENTS} students said something.", examples=[True]
    )
