"""Mood points and moods for tests, short to write."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from dashboard.palette import TOP_TO_BOTTOM
from model.emotions import Emotion
from server.engagement import SHIPPED
from server.schemas import (
    Engagement,
    Mood,
    MoodPoint,
    SelfReportAnswer,
    Session,
    SessionOrigin,
    Share,
)
from server.self_report import CountedAnswers, tell_series

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def share(middle, reach=0.03):
    return Share(share=middle, low=max(middle - reach, 0), high=min(middle + reach, 1))


def shares(*, reach=0.03, **told):
    rest = (1 - sum(told.values())) / (len(TOP_TO_BOTTOM) - len(told))
    return {e: share(told.get(e.value, rest), reach) for e in Emotion}


def point(second=0, told=None, *, seconds=5, visible=24, of=30):
    enough = visible >= 5
    return MoodPoint(
        start=NOON + timedelta(seconds=second),
        seconds=seconds,
        counts=dict.fromkeys(Emotion, 2) if enough else None,
        shares=(told or shares(neutral=0.7)) if enough else None,
        estimated_shares=None,
        frames=visible,
        faces=visible,
        sources=visible,
        visible=visible,
        coverage=visible / of if of else None,
        present=of or 0,
        turned=share(0.8) if enough else None,
        engagement=Engagement(engagement=0.6, low=0.55, high=0.65) if enough else None,
        enough=enough,
    )


def report(second=0, **told):
    """What students said in the half minute from `second`: `following=11, lost=4`."""
    start = int(NOON.timestamp()) + second
    counts = Counter({SelfReportAnswer(name): count for name, count in told.items()})
    [said] = tell_series([CountedAnswers(start, counts)], seconds=30)
    return said


def session(**changes):
    told = Session(
        session_id="a1b2",
        title="Biology 9b",
        course=None,
        origin=SessionOrigin.LIVE,
        join_code="K7MQ-2RXD",
        join_url="http://school.test/join/K7MQ-2RXD",
        expected_students=30,
        bucket_seconds=5,
        simulated=False,
        started_at=NOON,
        ended_at=None,
        send_seconds=2.0,
        camera=True,
        self_report=True,
        joined=28,
        present=28,
        frames=400,
        faces=380,
        network_version="fer-1",
    )
    return told.model_copy(update=changes)


def mood(now, series, **changes):
    return Mood(
        session=session(**changes),
        now=now,
        series=series,
        self_report_now=None,
        self_reports=[],
        markers=[],
        outline=[],
        engagement_profile=SHIPPED,
        network_versions=["fer-1"],
    )
