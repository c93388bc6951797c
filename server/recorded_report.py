"""The report of a recording that no server has seen: its readings, folded as a session's are.

`RecordedReport` is pure; `ReportMaker` knows of files and options. Imports the report, its forms
and the arithmetic of buckets; opens no database.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from model.analyzing import Observer
from model.clips import Clip, ClipFrame
from model.clips.videos import VideoClip
from model.pipeline import FrameReading
from model.unfinished import finishing
from server.attendance import Attendance
from server.correction import Estimators
from server.publishing import write_report
from server.report.assembly import assemble
from server.report.material import Material
from server.report.words import word_report
from server.schemas import Report, ReportFormat, SessionOrigin
from server.store.sessions import StoredSession
from server.tally import Tally
from server.videos.buckets import BucketFolder
from server.videos.walk import WalkedFrame

BUCKET_SECONDS = 5
MOST_TITLE = 200
YEARS = range(1971, 2200)
"""In which a lesson may have been recorded, as for uploaded ones."""
FORMATS = {f".{form}": form for form in ReportFormat} | {".htm": ReportFormat.HTML}


class WrongReport(Exception):
    """A report can't be made or written so; the message is a sentence."""


@dataclass
class RecordedReport:
    """Counts the readings of one recording and makes its report.

    started_at: when the lesson began, aware; every: seconds between frames; students: enrolled,
    None where nobody said; estimators: by network version, for what the network confuses.
    """

    title: str
    started_at: datetime
    every: float
    network_version: str
    students: int | None = None
    estimators: Estimators = field(default_factory=dict)
    _tallies: list[Tally] = field(default_factory=list)
    _frames: int = 0
    _faces: int = 0
    _read_until: float = 0.0

    def __post_init__(self) -> None:
        """Begin the first bucket."""
        self._bucket_seconds = max(BUCKET_SECONDS, math.ceil(self.every - 1e-6))
        self._folder = BucketFolder(
            "recording", self.started_at.timestamp(), self._bucket_seconds, self.network_version
        )

    def add(self, frame: ClipFrame, reading: FrameReading) -> None:
        """Count one frame; they come in order."""
        self._frames += 1
        self._faces += len(reading.probabilities)
        self._read_until = frame.at_seconds
        whole = self._folder.add(WalkedFrame(frame.index, frame.at_seconds, reading, None))
        if whole is not None:
            self._tallies.append(whole)

    def make(self, now: datetime) -> Report:
        """Return the report of all that was added, its sentences worded."""
        last = self._folder.close()
        tallies = [*self._tallies, *([last] if last else [])]
        material = Material(
            session=self._describe_session(),
            tallies=tallies,
            attendance=Attendance(self.students, step=self._bucket_seconds),
            estimators=self.estimators,
        )
        return word_report(assemble(material, now=now))

    def _describe_session(self) -> StoredSession:
        lasted = max(self._read_until + min(self.every, self._bucket_seconds), 1.0)
        return StoredSession(
            id="recording",
            title=self.title,
            join_code="",
            expected_students=self.students,
            bucket_seconds=self._bucket_seconds,
            simulated=False,
            started_at=self.started_at.astimezone(UTC),
            ended_at=self.started_at.astimezone(UTC) + timedelta(seconds=lasted),
            send_seconds=max(self.every, 1.0),
            camera=True,
            self_report=False,
            engagement_profile=None,
            course=None,
            origin=SessionOrigin.RECORDING,
            report_revision=0,
            network_version=self.network_version,
            joined=0,
            present=0,
            frames=self._frames,
            faces=self._faces,
        )


class ReportMaker:
    """Makes the report that was asked for of one recording.

    started_at: when the lesson began; one without zone is of this machine's, None: the recording
    ended when its file was last changed.
    """

    def __init__(
        self,
        path: Path,
        title: str | None,
        started_at: datetime | None,
        students: int | None,
        every: float,
    ) -> None:
        self._path, self._title, self._started_at = path, title, started_at
        self._students, self._every = students, every
        self._report: RecordedReport | None = None

    def check(self, files: Sequence[str]) -> None:
        """Find out before anything is read what would keep it from being written."""
        if self._path.suffix.lower() not in FORMATS:
            told = ", ".join(f".{form}" for form in ReportFormat)
            raise WrongReport(f"“{self._path.name}” can't be written: a report ends in {told}.")
        if len(files) != 1:
            raise WrongReport("A report is of one recording; name one file, or leave --report.")
        if self._started_at and self._started_at.year not in YEARS:
            raise WrongReport("No lesson was recorded then; give its date, or leave --started-at.")
        if self._path.resolve() == Path(files[0]).resolve():
            raise WrongReport(
                f"“{self._path}” would be overwritten by its own report; name another place."
            )
        if not self._path.parent.is_dir() or self._path.is_dir():
            raise WrongReport(
                f"There is no folder “{self._path.parent}” to write “{self._path.name}” into."
            )

    def observe_with(self, version: str, estimators: Estimators) -> Callable[[Clip], Observer]:
        """Return what is called with the recording once it is open, and then its readings.

        version: of the network that reads it. Raises `WrongReport` for what is no recording.
        """

        def begin(clip: Clip) -> Observer:
            if not isinstance(clip, VideoClip):
                raise WrongReport(f"“{clip.name}” is no recording, so there is no report of it.")
            self._report = RecordedReport(
                (self._title or clip.path.stem)[:MOST_TITLE],
                self._started_at.astimezone() if self._started_at else guess_start(clip),
                self._every,
                version,
                self._students,
                estimators,
            )
            return self._report.add

        return begin

    def write(self, now: datetime) -> Path:
        """Write the report, whole or not at all; return where. Raises `WrongReport`."""
        assert self._report is not None  # noqa: S101 - readings came, so it has begun
        data = write_report(self._report.make(now), FORMATS[self._path.suffix.lower()])
        try:
            with finishing(self._path) as unfinished:
                unfinished.write_bytes(data)
        except OSError as error:
            raise WrongReport(f"“{self._path}” can't be written: {error.strerror}.") from error
        return self._path


def guess_start(clip: VideoClip) -> datetime:
    """Return when a recording began that ended when its file was last changed."""
    ended = datetime.fromtimestamp(clip.path.stat().st_mtime, UTC).replace(microsecond=0)
    return ended - timedelta(seconds=round(clip.seconds or 0))
