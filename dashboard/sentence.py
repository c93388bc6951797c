"""The one large sentence about now: a mood in, plain words out. Pure.

"Beyond noise" is said only where the 95 % intervals of now and of five minutes ago do not touch.
For two intervals of like width that is a two-sided test at about p < 0.006 (Cumming and Finch,
"Inference by eye", 2005), strict enough to look at seven emotions at once. A difference that the
eye can see in the chart and that is not beyond noise is said to be within it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from dashboard.palette import TOP_TO_BOTTOM
from dashboard.vocabulary import emotion_adjectives, less_than_before, more_than_before
from model.emotions import Emotion
from server.languages import gettext
from server.schemas import ENOUGH_STUDENTS, Mood, MoodPoint, Share

AGO = timedelta(minutes=5)
NEAR = timedelta(seconds=15)
"""How far from five minutes ago a bucket may lie and still be called so."""
LEAST_SEEN = 0.05
"""Differences of at least so much show in the chart, and are worth a word when they are noise."""

LEAST_CLAIMED = 0.03
"""Smaller changes are true and of no use to anybody who teaches."""

Shares = Mapping[Emotion, Share]
Said = TypeVar("Said", bound=StrEnum)


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


def describe_mood(mood: Mood, plain: Mood | None = None) -> Sentence:
    """Say what the class looks like: now while it is live, as a whole once it has ended.

    plain: the same mood in another kind of shares; a change must be beyond noise in both.
    """
    if mood.session.ended_at is not None:
        return _describe_lesson(mood.series)
    if mood.now.shares is None or not mood.now.enough:
        return _describe_nothing(mood)
    change = _describe_change([mood, plain] if plain else [mood])
    return Sentence(_name_most(mood.now.shares), change, find_dominant(mood.now.shares))


def find_point(series: Sequence[MoodPoint], at: datetime) -> MoodPoint | None:
    """Return the bucket with enough faces nearest to `at`; None if none is within `NEAR`."""
    near = [p for p in series if p.enough and _distance(p, at) <= NEAR]
    return min(near, key=lambda p: (_distance(p, at), p.start), default=None)


def find_dominant(shares: Shares) -> Emotion:
    """Return the emotion with the largest share; on a tie the upper one on screen."""
    return max(TOP_TO_BOTTOM, key=lambda emotion: shares[emotion].share)


def compare_shares(now: Sequence[Shares], before: Sequence[Shares]) -> str:
    """Say which emotion changed most, and whether beyond noise; or that none did.

    now, before: the shares shown first, then the same in other kinds. What leaves neutral goes to
    something else, so neutral is named only when it is alone.
    """
    both = list(zip(now, before, strict=True))
    differences = {e: now[0][e].share - before[0][e].share for e in TOP_TO_BOTTOM}
    changed = [
        e
        for e in TOP_TO_BOTTOM
        if abs(differences[e]) >= LEAST_CLAIMED
        and all(is_beyond_noise(n[e], b[e]) for n, b in both)
    ]
    telling = [e for e in changed if e is not Emotion.NEUTRAL] or changed
    more, less = more_than_before(), less_than_before()
    return say_change(
        telling, differences, {e: more[e] if differences[e] > 0 else less[e] for e in more}
    )


def say_change(
    changed: Sequence[Said], differences: Mapping[Said, float], clauses: Mapping[Said, str]
) -> str:
    """Say the largest difference of those `changed` beyond noise; else that it is within noise."""
    most = max(changed or differences, key=lambda each: abs(differences[each]))
    if changed:
        return gettext("{change}, beyond noise.").format(change=clauses[most])
    if abs(differences[most]) >= LEAST_SEEN:
        return gettext("{change}, but within noise.").format(change=clauses[most])
    return gettext("No change from five minutes ago beyond noise.")


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


def _describe_nothing(mood: Mood) -> Sentence:
    if not mood.session.frames:
        return Sentence(gettext("No pictures yet."), gettext("Give your students the join code."))
    if not mood.now.sources:
        return Sentence(gettext("Nobody is sending pictures just now."))
    if mood.now.visible >= ENOUGH_STUDENTS:
        return Sentence(gettext("Not enough faces at the same time to say."))
    said = gettext("Not enough faces to say: {visible} visible, {needed} needed.")
    return Sentence(said.format(visible=mood.now.visible, needed=ENOUGH_STUDENTS))


def _describe_change(kinds: Sequence[Mood]) -> str:
    found = [(m.now.shares, find_point(m.series, m.now.start - AGO)) for m in kinds]
    pairs = [(now, then.shares) for now, then in found if now and then and then.shares]
    if len(pairs) < len(kinds):
        return ""
    return compare_shares([now for now, _ in pairs], [then for _, then in pairs])


def _describe_lesson(series: Sequence[MoodPoint]) -> Sentence:
    means = average_shares(series)
    if means is None:
        said = gettext("Never enough faces to say: {needed} are needed at once.")
        return Sentence(said.format(needed=ENOUGH_STUDENTS))
    most = max(TOP_TO_BOTTOM, key=lambda e: means[e])
    if means[most] >= 0.5:
        said = gettext("The lesson looked mostly {expression}.")
    else:
        said = gettext("The lesson looked mixed, {expression} most often.")
    return Sentence(said.format(expression=emotion_adjectives()[most]), emotion=most)


def _name_most(shares: Shares) -> str:
    first, second = sorted(TOP_TO_BOTTOM, key=lambda e: -shares[e].share)[:2]
    looks = emotion_adjectives()
    if shares[first].share >= 0.5:
        return gettext("Mostly {expression}.").format(expression=looks[first])
    if is_beyond_noise(shares[first], shares[second]):
        return gettext("Mixed, {expression} most of all.").format(expression=looks[first])
    return gettext("Mixed: {first} and {second}.").format(first=looks[first], second=looks[second])


def _distance(point: MoodPoint, at: datetime) -> timedelta:
    end = point.start + timedelta(seconds=point.seconds)
    if point.start <= at < end:
        return timedelta(0)
    return max(point.start - at, at - end)
