"""The one large sentence about now: a mood in, plain English out. Pure.

"Beyond noise" is said only where the 95 % intervals of now and of five minutes ago do not touch.
For two intervals of like width that is a two-sided test at about p < 0.006 (Cumming and Finch,
"Inference by eye", 2005), strict enough to look at seven emotions at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.palette import ADJECTIVES, NOUNS, TOP_TO_BOTTOM
from model.emotions import Emotion
from server.schemas import ENOUGH_STUDENTS, Mood, MoodPoint, Share

AGO = timedelta(minutes=5)
NEAR = timedelta(seconds=15)
"""How far from five minutes ago a bucket may lie and still be called so."""

NO_CHANGE = "No change from five minutes ago beyond noise."


@dataclass(frozen=True)
class Sentence:
    """What is said: about now, and about the change (empty where nothing can be claimed).

    emotion: the dominant one, for its colour; None where there is none.
    """

    now: str
    change: str = ""
    emotion: Emotion | None = None

    def __str__(self) -> str:
        """Return both parts as they are read aloud."""
        return f"{self.now} {self.change}".strip()


def describe_mood(mood: Mood) -> Sentence:
    """Say what the class looks like: now while it is live, as a whole once it has ended."""
    if mood.session.ended_at is not None:
        return _describe_lesson(mood.series)
    now = mood.now
    if not mood.session.frames:
        return Sentence("No pictures yet.", "Give your students the join code.")
    if not now.sources:
        return Sentence("Nobody is sending pictures just now.")
    if now.visible >= ENOUGH_STUDENTS and now.shares is None:
        return Sentence("Not enough faces at the same time to say.")
    if not now.enough or now.shares is None:
        return Sentence(
            f"Not enough faces to say: {now.visible} visible, {ENOUGH_STUDENTS} needed."
        )
    before = find_point(mood.series, now.start - AGO)
    change = compare_shares(now.shares, before.shares) if before and before.shares else ""
    return Sentence(_name_most(now.shares), change, find_dominant(now.shares))


def find_point(series: Sequence[MoodPoint], at: datetime) -> MoodPoint | None:
    """Return the bucket with enough faces nearest to `at`; None if none is within `NEAR`."""
    near = [p for p in series if p.enough and _distance(p, at) <= NEAR]
    return min(near, key=lambda p: (_distance(p, at), p.start), default=None)


def find_dominant(shares: Mapping[Emotion, Share]) -> Emotion:
    """Return the emotion with the largest share; on a tie the upper one on screen."""
    return max(TOP_TO_BOTTOM, key=lambda emotion: shares[emotion].share)


def compare_shares(now: Mapping[Emotion, Share], before: Mapping[Emotion, Share]) -> str:
    """Say which emotion changed most beyond noise, or that none did.

    What leaves neutral goes to something else, so neutral is named only when it is alone.
    """
    changed = [e for e in TOP_TO_BOTTOM if is_beyond_noise(now[e], before[e])]
    if not changed:
        return NO_CHANGE
    telling = [e for e in changed if e is not Emotion.NEUTRAL] or changed
    most = max(telling, key=lambda e: abs(now[e].share - before[e].share))
    direction = "More" if now[most].share > before[most].share else "Less"
    if direction == "Less" and NOUNS[most].endswith("s"):
        direction = "Fewer"
    return f"{direction} {NOUNS[most]} than five minutes ago, beyond noise."


def is_beyond_noise(one: Share, other: Share) -> bool:
    """Tell whether two intervals do not overlap; touching is overlapping."""
    return one.low > other.high or other.low > one.high


def average_shares(series: Sequence[MoodPoint]) -> dict[Emotion, float] | None:
    """Return the mean share of each emotion over all buckets with enough faces, by their length."""
    said = [(p.seconds, p.shares) for p in series if p.shares is not None]
    total = sum(seconds for seconds, _ in said)
    if not total:
        return None
    return {e: sum(s * shares[e].share for s, shares in said) / total for e in TOP_TO_BOTTOM}


def _describe_lesson(series: Sequence[MoodPoint]) -> Sentence:
    means = average_shares(series)
    if means is None:
        return Sentence(f"Never enough faces to say: {ENOUGH_STUDENTS} are needed at once.")
    most = max(TOP_TO_BOTTOM, key=lambda e: means[e])
    if means[most] >= 0.5:
        return Sentence(f"The lesson looked mostly {ADJECTIVES[most]}.", emotion=most)
    return Sentence(f"The lesson looked mixed, {ADJECTIVES[most]} most often.", emotion=most)


def _name_most(shares: Mapping[Emotion, Share]) -> str:
    first, second = sorted(TOP_TO_BOTTOM, key=lambda e: -shares[e].share)[:2]
    if shares[first].share >= 0.5:
        return f"Mostly {ADJECTIVES[first]}."
    if is_beyond_noise(shares[first], shares[second]):
        return f"Mixed, {ADJECTIVES[first]} most of all."
    return f"Mixed: {ADJECTIVES[first]} and {ADJECTIVES[second]}."


def _distance(point: MoodPoint, at: datetime) -> timedelta:
    end = point.start + timedelta(seconds=point.seconds)
    if point.start <= at < end:
        return timedelta(0)
    return max(point.start - at, at - end)
