"""Which shares the page shows: corrected for what the network confuses, wherever all have them.

A lesson is shown in one kind of shares, or a change of kind would look like a change of mood: a
mood with a stretch that is not corrected is shown plain throughout.
"""

from dashboard.sentence import Sentence, describe_mood
from server.languages import gettext
from server.schemas import Mood, MoodPoint, Share


def say_corrected() -> str:
    """Say beside the numbers what was done to them."""
    return gettext("Corrected for what the network mixes up; faces as counted.")


def is_corrected(mood: Mood) -> bool:
    """Tell whether everything that is told of emotions is also told corrected."""
    told = [point for point in (mood.now, *mood.series) if point.shares is not None]
    return bool(told) and all(point.estimated_shares is not None for point in told)


def show_corrected(mood: Mood) -> Mood:
    """Return the mood with the corrected shares in place of the plain ones, if it has them.

    Their intervals reach as far as the differences between students do, at least.
    """
    if not is_corrected(mood):
        return mood
    points = [_correct(point) for point in mood.series]
    return mood.model_copy(update={"now": _correct(mood.now), "series": points})


def describe_shown(mood: Mood) -> Sentence:
    """Say what the class looks like from the shares shown.

    Their own intervals know the network's errors, the plain ones the differences between students:
    a change is called one only when it is beyond both.
    """
    return describe_mood(show_corrected(mood), mood if is_corrected(mood) else None)


def _correct(point: MoodPoint) -> MoodPoint:
    if point.estimated_shares is None or point.shares is None:
        return point
    told = {e: _widen(share, point.shares[e]) for e, share in point.estimated_shares.items()}
    return point.model_copy(update={"shares": told})


def _widen(estimated: Share, plain: Share) -> Share:
    """Return the corrected share with an interval that reaches as far as the plain one's, at least.

    That of the correction alone is often the narrower, and would call a difference between
    students that chance makes a change.
    """
    low = min(estimated.low, estimated.share - (plain.share - plain.low))
    high = max(estimated.high, estimated.share + (plain.high - plain.share))
    return Share(share=estimated.share, low=max(low, 0.0), high=min(high, 1.0))
