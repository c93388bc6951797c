"""The engagement profile: what is shipped, and how a session's own is kept."""

from model.emotions import Emotion
from server.schemas import EngagementProfile, NewEngagementProfile

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
    """Return the teacher's own profile, one version further."""
    return EngagementProfile(**dict(wish), version=profile.version + 1, ours=False)
