"""The wire contract, version 1: what goes over HTTP, for the server and every client of it.

Imports `model.emotions` only, so that dashboard and client can share it. Output schemas have no
defaults: what the server answers is always written out.
"""

from server.schemas.engagement import Engagement, EngagementProfile, NewEngagementProfile
from server.schemas.frames import (
    Analysis,
    Face,
    FrameAnswer,
    Outcome,
    PoseAngles,
    SimulatedReading,
)
from server.schemas.joining import Invitation, Joined, JoinRequest, SourceView, Withdrawal
from server.schemas.markers import (
    MOST_OUTLINE_ENTRIES,
    Marker,
    MarkerChange,
    MarkerKind,
    NewMarker,
    NewOutlineEntry,
    OutlineEntry,
)
from server.schemas.mood import EstimatedShare, Mood, MoodPoint
from server.schemas.problems import Problem
from server.schemas.self_reports import (
    SELF_REPORT_SECONDS,
    SelfReport,
    SelfReportAnswer,
    SelfReportPoint,
    SelfReportReceipt,
)
from server.schemas.sessions import NewSession, Session
from server.schemas.wire import ENOUGH_STUDENTS, Share, Wire, zero_counts

__all__ = [
    "ENOUGH_STUDENTS", "MOST_OUTLINE_ENTRIES", "SELF_REPORT_SECONDS",
    "Analysis", "Engagement", "EngagementProfile", "EstimatedShare", "Face", "FrameAnswer",
    "Invitation", "JoinRequest", "Joined", "Marker", "MarkerChange", "MarkerKind", "Mood",
    "MoodPoint", "NewEngagementProfile", "NewMarker", "NewOutlineEntry", "NewSession", "Outcome",
    "OutlineEntry",
    "PoseAngles", "Problem", "SelfReport", "SelfReportAnswer", "SelfReportPoint",
    "SelfReportReceipt", "Session", "Share", "SimulatedReading", "SourceView", "Wire",
    "Withdrawal", "zero_counts",
]  # fmt: skip
