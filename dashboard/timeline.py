"""Which stretch of a lesson a chart shows, and where in it something is known. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from server.schemas import Mood, MoodPoint, SelfReportPoint, Session

LIVE_SPAN = timedelta(minutes=5)
REACH_BACK = timedelta(minutes=8)
"""How much is asked for while live: the river's span, and what `dashboard.alert` compares with."""
QUIET_STEP_S = 15
"""Without frames the time axis moves in steps of this many seconds, not at every tick."""
MOST_BUCKETS = 150
"""At most so many buckets in a chart of a whole lesson."""


@dataclass(frozen=True)
class Stretch:
    """A stretch of time, from `start` up to but without `end`."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start

    @property
    def middle(self) -> datetime:
        """The moment half-way."""
        return self.start + self.length / 2


def stretch_of(point: MoodPoint) -> Stretch:
    """Return the stretch a bucket covers."""
    return Stretch(point.start, point.start + timedelta(seconds=point.seconds))


def complete_series(mood: Mood) -> list[MoodPoint]:
    """Return the series with its open bucket told by `now`.

    A bucket that began a second ago has heard from a few students only, and would dip in every
    chart before it fills. `now` has heard from all of them.
    """
    series, now = list(mood.series), mood.now
    if series and mood.session.ended_at is None:
        last = series[-1]
        if stretch_of(last).end == stretch_of(now).end and last.seconds <= now.seconds:
            series[-1] = now.model_copy(update={"start": last.start, "seconds": last.seconds})
    return series


def live_stretch(now: MoodPoint, series: Sequence[MoodPoint]) -> Stretch:
    """Return the last five minutes. Its end moves only as data do, or in slow steps without."""
    moment = stretch_of(now).end
    newest = stretch_of(series[-1]).end if series else moment - timedelta(days=1)
    if moment - newest < timedelta(seconds=QUIET_STEP_S):
        return Stretch(newest - LIVE_SPAN, newest)
    seconds = moment.timestamp() // QUIET_STEP_S * QUIET_STEP_S
    end = max(datetime.fromtimestamp(seconds, UTC), newest)
    return Stretch(end - LIVE_SPAN, end)


def lesson_stretch(
    session: Session, series: Sequence[MoodPoint], reports: Sequence[SelfReportPoint] = ()
) -> Stretch:
    """Return the lesson from its start to its end, or to its newest bucket; a minute at least."""
    newest = stretch_of(series[-1]).end if series else session.started_at
    if reports and session.ended_at is None:
        newest = max(newest, reports[-1].start)
    end = max(session.ended_at or newest, newest)
    return Stretch(session.started_at, max(end, session.started_at + timedelta(minutes=1)))


def lesson_bucket(session: Session, now: datetime) -> int:
    """Return the bucket length in seconds that shows a whole lesson in few enough buckets."""
    length = ((session.ended_at or now) - session.started_at).total_seconds()
    step = session.bucket_seconds
    return step * max(1, -(-int(length) // (step * MOST_BUCKETS)))


def inside(series: Sequence[MoodPoint], stretch: Stretch) -> list[MoodPoint]:
    """Return the buckets that touch a stretch, oldest first."""
    return [p for p in series if p.start < stretch.end and stretch_of(p).end > stretch.start]


def find_runs(series: Sequence[MoodPoint]) -> list[list[MoodPoint]]:
    """Group the buckets with enough faces into runs without a hole between them."""
    runs: list[list[MoodPoint]] = []
    for point in series:
        if not point.enough:
            continue
        if runs and stretch_of(runs[-1][-1]).end == point.start:
            runs[-1].append(point)
        else:
            runs.append([point])
    return runs


def find_gaps(series: Sequence[MoodPoint], whole: Stretch) -> list[Stretch]:
    """Return where in `whole` there were not enough faces, or no frames at all."""
    gaps, reached = [], whole.start
    for run in find_runs(inside(series, whole)):
        if run[0].start > reached:
            gaps.append(Stretch(reached, run[0].start))
        reached = stretch_of(run[-1]).end
    if reached < whole.end:
        gaps.append(Stretch(reached, whole.end))
    return gaps
