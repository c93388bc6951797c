"""The engagement profile: what is shipped, how a session's own is kept, and what it says.

Pure: no SQL, no web. docs/engagement.md has the formula in full.
"""

from model.emotions import EMOTIONS, Emotion
from server.schemas import Engagement, EngagementProfile, MoodPoint, NewEngagementProfile, Share
from server.spread import within

SHIPPED = EngagementProfile(
    title="Visible and turned",
    screen_weight=0.7,
    emotion_weights={
        Emotion.ANGRY: -1.0,
        Emotion.DISGUST: -1.0,
        Emotion.FEAR: -0.5,
        Emotion.HAPPY: 1.0,
        Emotion.SAD: -0.5,
        Emotion.SURPRISE: 0.5,
        Emotion.NEUTRAL: 0.0,
    },
    version=1,
    ours=True,
)
"""The profile that every session starts with; docs/engagement.md says why it looks so."""


def read_profile(stored: str | None) -> EngagementProfile:
    """Return a session's profile from its JSON; the shipped one where it has none of its own."""
    return SHIPPED if stored is None else EngagementProfile.model_validate_json(stored)


def revise(profile: EngagementProfile, wish: NewEngagementProfile) -> EngagementProfile:
    """Return the profile that was wished for, one version further than the one in force.

    The same one asked for again is no change, so a request may be repeated. Emotions left out of
    the wish weigh 0.
    """
    weights = {emotion: wish.emotion_weights.get(emotion, 0.0) for emotion in EMOTIONS}
    if (wish.title, wish.screen_weight, weights) == _formula(profile):
        return profile
    return EngagementProfile(
        title=wish.title,
        screen_weight=wish.screen_weight,
        emotion_weights=weights,
        version=profile.version + 1,
        ours=(wish.title, wish.screen_weight, weights) == _formula(SHIPPED),
    )


def restore(profile: EngagementProfile) -> EngagementProfile:
    """Return the shipped profile: a version of its own, so that no number has two formulas."""
    return revise(profile, SHIPPED)


def tell_engagement(point: MoodPoint, profile: EngagementProfile) -> Engagement | None:
    """Tell what the profile says of a stretch; None where something that it weighs is not known.

    The plain shares are used, which are told wherever anything is. Where coverage is not known,
    it is of those visible. Low and high put all parts at their ends together: that is never
    narrower than the interval of their sum.
    """
    screen = profile.screen_weight
    turned, shares = point.turned, point.shares
    if (screen > 0 and turned is None) or (screen < 1 and shares is None):
        return None
    covered = 1.0 if point.coverage is None else point.coverage

    def put_together(of_screen: float, of_emotions: float) -> float:
        return within(screen * of_screen * covered + (1 - screen) * (1 + of_emotions) / 2)

    low, middle, high = _balance(shares, profile) if shares else (0.0, 0.0, 0.0)
    seen = turned or Share(share=0, low=0, high=0)
    return Engagement(
        engagement=put_together(seen.share, middle),
        low=put_together(seen.low, low),
        high=put_together(seen.high, high),
    )


def _balance(
    shares: dict[Emotion, Share], profile: EngagementProfile
) -> tuple[float, float, float]:
    """Return the sum of weight times share, -1 to 1, with every share at its worse and better."""
    weights = [(profile.emotion_weights.get(emotion, 0.0), shares[emotion]) for emotion in EMOTIONS]
    return (
        max(sum(weight * (told.low if weight > 0 else told.high) for weight, told in weights), -1),
        sum(weight * told.share for weight, told in weights),
        min(sum(weight * (told.high if weight > 0 else told.low) for weight, told in weights), 1),
    )


def _formula(profile: NewEngagementProfile) -> tuple[str, float, dict[Emotion, float]]:
    return profile.title, profile.screen_weight, profile.emotion_weights
