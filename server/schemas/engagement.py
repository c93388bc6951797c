"""The engagement profile: a named, versioned formula, and what it says. Never attention."""

from typing import Annotated

from pydantic import Field, StringConstraints

from model.emotions import EMOTIONS, Emotion
from server.schemas.wire import Wire

Weight = Annotated[float, Field(ge=-1, le=1)]
ProfileTitle = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
    Field(examples=["Visible and turned"]),
]


class NewEngagementProfile(Wire):
    """A formula of the teacher's own: engagement = s·turned share of the class + (1 - s)·balance.

    screen_weight: s, 0 to 1. emotion_weights: each emotion's part of the balance, -1 to 1; one
    left out is 0. docs/engagement.md has the formula in full.
    """

    title: ProfileTitle
    screen_weight: float = Field(ge=0, le=1, examples=[0.7])
    emotion_weights: dict[Emotion, Weight] = Field(
        examples=[dict(zip(EMOTIONS, (-1.0, -1.0, -0.5, 1.0, -0.5, 0.5, 0.0), strict=True))]
    )


class EngagementProfile(NewEngagementProfile):
    """The formula a session is told by. Version 1 is ours; every change counts one up."""

    version: int = Field(ge=1, examples=[1])
    ours: bool = Field(description="The shipped profile, unchanged.", examples=[True])


class Engagement(Wire):
    """What the profile says, 0 to 1, with a 95 % interval that is rather too wide than too narrow.

    Visible expressions and where faces turn; not attention, not understanding.
    """

    engagement: float = Field(ge=0, le=1, examples=[0.62])
    low: float = Field(ge=0, le=1, examples=[0.55])
    high: float = Field(ge=0, le=1, examples=[0.69])
