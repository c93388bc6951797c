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
from datetime import UTC, datetime

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
    begins = np.arange(max(first, 1), count - 1)
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
    if not mood.session.camera or mood.session.bucket_seconds > LONGEST_BUCKET_S:
        return
    over = [p for p in mood.series if p.start.timestamp() + p.seconds < now]
    told = [(p, p.shares) for p in over if p.shares is not None]
    kinds = [[shares for _, shares in told]]
    estimated = [p.estimated_shares for p, _ in told if p.estimated_shares is not None]
    if len(estimated) == len(told):
        kinds.insert(0, [dict(shares) for shares in estimated])
    edges = _edges([p for p, _ in told])
    people = np.array([p.visible for p, _ in told], dtype=float)
    for emotion in Emotion:
        yield emotion, [_track(edges, [s[emotion] for s in kind], people) for kind in kinds]
    engaged = [(p, p.engagement) for p in over if p.engagement is not None]
    visible = np.array([p.visible for p, _ in engaged], dtype=float)
    values = [Share(share=e.engagement, low=e.low, high=e.high) for _, e in engaged]
    yield "engagement", [_track(_edges([p for p, _ in engaged]), values, visible)]
    yield "coverage", [_cover(mood.session, over)]


def _cover(session: Session, points: Sequence[MoodPoint]) -> Track:
    """Return coverage with the noise of students who come and go, each for themselves.

    Two such intervals part where the difference of two binomial shares is beyond its 95 %.
    """
    known = [(p, p.coverage, class_size(session, p)) for p in points if p.coverage is not None]
    share = np.array([coverage for _, coverage, _ in known], dtype=float)
    people = np.array([of or 1 for _, _, of in known], dtype=float)
    reach = 1.96 * np.sqrt(np.maximum(share * (1 - share), 1 / people) / people / 2)
    return Track(*_edges([p for p, _, _ in known]), share - reach, share, share + reach, people)


def _answer_tracks(series: Sequence[SelfReportPoint]) -> Iterable[tuple[str, list[Track]]]:
    told = [(p, p.shares) for p in series if p.shares is not None]
    edges = _edges([p for p, _ in told])
    people = np.array([p.said for p, _ in told], dtype=float)
    for answer in SelfReportAnswer:
        yield answer, [_track(edges, [shares[answer] for _, shares in told], people)]


def _edges(points: Sequence[MoodPoint | SelfReportPoint]) -> tuple[Doubles, Doubles]:
    start = np.array([p.start.timestamp() for p in points], dtype=float)
    return start, start + np.array([p.seconds for p in points], dtype=float)


def _track(edges: tuple[Doubles, Doubles], values: Sequence[Share], people: Doubles) -> Track:
    low, middle, high = (
        np.array([getattr(value, name) for value in values], dtype=float)
        for name in ("low", "share", "high")
    )
    return Track(*edges, low, middle, high, people)
