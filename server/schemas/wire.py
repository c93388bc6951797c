"""What all wire types share: the base, and fields that mean the same everywhere."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from model.emotions import EMOTIONS, Emotion

ENOUGH_STUDENTS = 5
"""Below this many visible students no emotion is told to the teacher (k-threshold)."""

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Probability = Annotated[float, Field(ge=0, le=1)]

# The same field means the same everywhere, so its example for /docs stands here once.
SessionId = Annotated[str, Field(examples=["856346686a065467ec029f16"])]
SessionTitle = Annotated[str, Field(examples=["Biology 9b, 3rd lesson"])]
BucketSeconds = Annotated[int, Field(examples=[5])]
Simulated = Annotated[bool, Field(examples=[False])]
SendSeconds = Annotated[float, Field(examples=[2.0])]
Camera = Annotated[bool, Field(examples=[True])]
SelfReportWanted = Annotated[bool, Field(examples=[True])]
NetworkVersion = Annotated[str, Field(examples=["1.0"])]
Course = Annotated[
    str | None,
    Field(description="The course it belongs to; null for none.", examples=["Biology 9b"]),
]
Probabilities = Annotated[
    dict[Emotion, Probability],
    Field(examples=[dict(zip(EMOTIONS, (0.02, 0.01, 0.02, 0.71, 0.03, 0.09, 0.12), strict=True))]),
]
Counts = Annotated[
    dict[Emotion, int],
    Field(examples=[dict(zip(EMOTIONS, (0, 0, 0, 6, 2, 4, 10), strict=True))]),
]


class Wire(BaseModel):
    """Base of all that is sent: unknown fields are refused, nothing is changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Share(Wire):
    """The share of one emotion with its 95 % interval from differences between students."""

    share: Probability = Field(examples=[0.31])
    low: Probability = Field(examples=[0.22])
    high: Probability = Field(examples=[0.4])


def zero_counts() -> dict[Emotion, int]:
    """Return a count of 0 for every emotion."""
    return dict.fromkeys(EMOTIONS, 0)
