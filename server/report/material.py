"""What a report is made from. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from server.attendance import Attendance
from server.correction import Estimators
from server.engagement import SHIPPED
from server.schemas import EngagementProfile, Marker, OutlineEntry, TranscriptCue
from server.self_report import CountedAnswers
from server.store.sessions import StoredSession
from server.tally import Tally


@dataclass(frozen=True)
class Material:
    """Everything that is stored of one ended session.

    tallies, answers: folded, of any order; markers: notes among them, by time; transcript: by
    time; estimators: by network version, of the networks that know what they confuse.
    """

    session: StoredSession
    tallies: Sequence[Tally] = ()
    answers: Sequence[CountedAnswers] = ()
    attendance: Attendance = field(default_factory=Attendance)
    markers: Sequence[Marker] = ()
    outline: Sequence[OutlineEntry] = ()
    transcript: Sequence[TranscriptCue] = ()
    profile: EngagementProfile = SHIPPED
    estimators: Estimators = field(default_factory=dict)

    @property
    def started_at(self) -> datetime:
        """Return when it began."""
        return self.session.started_at

    @property
    def ended_at(self) -> datetime:
        """Return when it ended, never before it began; a clock may have been set back."""
        if self.session.ended_at is None:
            raise ValueError("a report is of a session that has ended")
        return max(self.session.ended_at, self.session.started_at)
