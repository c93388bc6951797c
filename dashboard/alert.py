"""What changed for half a minute beyond noise: moods in, changes out. Pure.

A change is told when every bucket of at least the last 30 s lies beyond the baseline, the three
to five minutes before, on the same side of it:

- the bucket's interval and the baseline's do not touch. The baseline's is the mean of its
  buckets' intervals, or its mean with two standard deviations over time if that is wider;
- all kinds of shares agree (plain, and corrected for what the network confuses);
- it is at least as large as the teacher asks, and than one and a half students are worth, so that
  no single student makes a change;
- no bucket of it is missing or has too few students.

docs/live_page.md has how often this is wrong and how late, with the command that measures it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from dashboard.coverage import class_size
from dashboard.timeline import stretch_of
from model.emotions import Emotion
from server.schemas import Mood, MoodPoint, SelfReportAnswer, SelfReportPoint, Session, Share

Doubles = NDArray[np.float64]

LASTS_S = 30.0
"""A change must have lasted so many seconds."""
LEAST_BASELINE_S, MOST_BASELINE_S = 180.0, 300.0
STUDENTS_WORTH = 1.5
DEVIATIONS = 2.0
FRESH_S = 15.0
"""Without a bucket for so many seconds there is nothing to say about now."""
LONGEST_BUCKET_S = 60.0


@dataclass(frozen=True)
class Change:
    """What changed: an emotion, an answer, `coverage` or `engagement`; up or down, since when.

    size: by how much of a share, over the whole time since.
    """

    what: str
    up: bool
    since: datetime
    size: float

    @property
    def name(self) -> str:
        """What a teacher has seen when they have seen it: `surprise+`."""
        return f"{self.what}{'+' if self.up else '-'}"


@dataclass(frozen=True)
class Track:
    """One quantity over time, bucket by bucket: seconds, shares, and the people behind them."""

    start: Doubles
    end: Doubles
    low: Doubles
    middle: Doubles
    high: Doubles
    people: Doubles


def find_changes(mood: Mood, points: int) -> list[Change]:
    """Return what changed by at least `points` hundredths beyond noise; the largest first.

    mood: of a live session, in its own buckets, with a few minutes before now.
    """
    if mood.session.ended_at is not None:
        return []
    now = stretch_of(mood.now).end.timestamp()
    tracks = [*_mood_tracks(mood, now), *_answer_tracks(mood.self_reports)]
    found = [_agree(what, kinds, now, points / 100) for what, kinds in tracks]
    return sorted((change for change in found if change), key=lambda c: -c.size)


def find_step(track: Track, now: float, least: float) -> tuple[float, float] | None:
    """Return since when (Unix seconds) a track is beyond its baseline, and by how much.

    least: the smallest change of a share. A change that began earlier wins over a later one.
    """
    count = len(track.start)
    if count < 3 or now - track.end[-1] > FRESH_S:
        return None
    gaps = np.flatnonzero(track.start[1:] - track.end[:-1] > 0.5)
    first = int(gaps[-1]) + 1 if len(gaps) else 0
    begins = np.arange(first + 1, count - 1)  # what begins after a gap may come of the gap
    begins = begins[track.end[-1] - track.start[begins] >= LASTS_S]
    froms = np.searchsorted(track.start, track.start[begins] - MOST_BASELINE_S)
    base = _Baseline(track, froms, begins)
    begins, base = begins[base.enough], base.only(base.enough)
    if not len(begins):
        return None
    mean, people = _tail_mean(track.middle)[begins], _tail(np.minimum, track.people)[begins]
    size = mean - base.mean
    worth = np.maximum(least, STUDENTS_WORTH / np.minimum(people, base.people))
    apart = np.where(
        size > 0,
        _tail(np.minimum, track.low)[begins] > base.high,
        _tail(np.maximum, track.high)[begins] < base.low,
    )
    held = np.flatnonzero(apart & (np.abs(size) >= worth))
    if not len(held):
        return None
    return float(track.start[begins[held[0]]]), float(size[held[0]])


class _Baseline:
    """The mean of a track over the buckets from `froms` up to `begins`, for each pair of them."""

    def __init__(self, track: Track, froms: NDArray[np.intp], begins: NDArray[np.intp]) -> None:
        def sums(values: Doubles) -> Doubles:
            run = np.concatenate([[0.0], np.cumsum(values)])
            return np.asarray(run[begins] - run[froms])

        buckets = np.maximum(begins - froms, 1)
        self.enough = sums(track.end - track.start) >= LEAST_BASELINE_S - 1e-6
        self.mean = sums(track.middle) / buckets
        spread = np.sqrt(np.maximum(sums(track.middle**2) / buckets - self.mean**2, 0))
        self.low = np.minimum(sums(track.low) / buckets, self.mean - DEVIATIONS * spread)
        self.high = np.maximum(sums(track.high) / buckets, self.mean + DEVIATIONS * spread)
        self.people = np.maximum(sums(track.people) / buckets, 1)

    def only(self, which: NDArray[np.bool_]) -> "_Baseline":
        for name, values in vars(self).items():
            setattr(self, name, values[which])
        return self


def _tail(worst: Callable[..., Doubles], values: Doubles) -> Doubles:
    """Return the smallest or largest value from each bucket to the last."""
    return np.asarray(worst.accumulate(values[::-1])[::-1])  # type: ignore[attr-defined]


def _tail_mean(values: Doubles) -> Doubles:
    return np.asarray(np.cumsum(values[::-1])[::-1] / np.arange(len(values), 0, -1))


def _agree(what: str, kinds: Sequence[Track], now: float, least: float) -> Change | None:
    """Return a change that all kinds of one quantity show, in the size of the first."""
    steps = [find_step(track, now, least) for track in kinds]
    found = [step for step in steps if step is not None]
    if len(found) < len(steps) or len({size > 0 for _, size in found}) > 1:
        return None
    since = datetime.fromtimestamp(max(at for at, _ in found), UTC)
    return Change(what, found[0][1] > 0, since, abs(found[0][1]))


def _mood_tracks(mood: Mood, now: float) -> Iterable[tuple[str, list[Track]]]:
    """Yield each quantity of the mood; the open bucket is not over and says nothing yet."""
    over = [p for p in mood.series if stretch_of(p).end.timestamp() < now]
    if not mood.session.camera or mood.session.bucket_seconds > LONGEST_BUCKET_S:
        return
    told = [p for p in over if p.enough]
    corrected = bool(told) and all(p.estimated_shares is not None for p in told)
    for emotion in Emotion:
        kinds = [_track(_rows(told, lambda p, e=emotion: p.shares and p.shares[e]))]  # type: ignore[misc]
        if corrected:
            estimated = _rows(told, lambda p, e=emotion: p.estimated_shares[e])  # type: ignore[misc]
            kinds.insert(0, _track(estimated))
        yield emotion, kinds
    engaged = [(p, p.engagement) for p in told if p.engagement is not None]
    yield (
        "engagement",
        [_track([(*_edges(p), e.low, e.engagement, e.high, p.visible) for p, e in engaged])],
    )
    yield "coverage", [_track([row for p in over for row in _cover(mood.session, p)])]


def _rows(
    points: Sequence[MoodPoint], pick: Callable[[MoodPoint], Share | None]
) -> list[tuple[float, ...]]:
    told = [(p, share) for p in points if (share := pick(p)) is not None]
    return [(*_edges(p), s.low, s.share, s.high, p.visible) for p, s in told]


def _cover(session: Session, point: MoodPoint) -> list[tuple[float, ...]]:
    """Return coverage as it was: nobody was sampled, so only its ups and downs are noise."""
    of = class_size(session, point)
    if of is None or point.coverage is None:
        return []
    return [(*_edges(point), point.coverage, point.coverage, point.coverage, of)]


def _answer_tracks(series: Sequence[SelfReportPoint]) -> Iterable[tuple[str, list[Track]]]:
    told = [(p, p.shares) for p in series if p.shares is not None]
    if not told:
        return
    for answer in SelfReportAnswer:
        rows = [(p, shares[answer]) for p, shares in told]
        yield answer, [_track([(*_edges(p), s.low, s.share, s.high, p.said) for p, s in rows])]


def _edges(point: MoodPoint | SelfReportPoint) -> tuple[float, float]:
    start = point.start.timestamp()
    return start, (point.start + timedelta(seconds=point.seconds)).timestamp()


def _track(rows: Sequence[tuple[float, ...]]) -> Track:
    columns = np.array(rows, dtype=float).reshape(-1, 6).T
    return Track(*columns)
