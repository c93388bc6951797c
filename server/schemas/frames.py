"""Frames, their answers, and single pictures."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from model.emotions import Emotion
from server.schemas.wire import Counts, NetworkVersion, Probabilities, Probability, Wire


class Outcome(StrEnum):
    """What became of a frame."""

    COUNTED = "counted"
    DUPLICATE = "duplicate"


class PoseAngles(Wire):
    """Head pose in degrees; 0, 0, 0 looks straight into the camera.

    yaw: positive when the face turns to the right of the picture; pitch: positive when it looks
    up; roll: positive when it tilts clockwise in the picture.
    """

    yaw: float = Field(examples=[-1.1])
    pitch: float = Field(examples=[2.5])
    roll: float = Field(examples=[4.0])


class Face(Wire):
    """One face of one frame, told only to whoever sent the frame."""

    box: tuple[float, float, float, float] = Field(
        description="x, y, width, height in pixels.", examples=[(181.5, 58.0, 88.5, 119.9)]
    )
    landmarks: list[tuple[float, float]] = Field(
        description="right eye, left eye, nose, right and left corner of the mouth, in pixels.",
        examples=[[(203.1, 101.5), (247.1, 104.5), (223.2, 125.2), (203.3, 142.5), (241.2, 144.8)]],
    )
    score: Probability = Field(examples=[0.9293])
    emotion: Emotion
    probabilities: Probabilities
    pose: PoseAngles


class FrameAnswer(Wire):
    """The answer to one frame; it is sent only after the frame is committed."""

    outcome: Outcome
    seq: int = Field(examples=[1])
    faces: list[Face] = Field(description="Empty for a duplicate: it is not read again.")
    counts: Counts
    network_version: NetworkVersion


class SimulatedReading(Wire):
    """An invented reading, for sessions marked simulated only."""

    faces: list[Probabilities] = Field(max_length=100)
    turned: int | None = Field(
        None,
        ge=0,
        description="How many of these faces are turned to the screen; all unless told.",
        examples=[1],
    )

    @model_validator(mode="after")
    def _turned_faces_are_there(self) -> Self:
        if self.turned is not None and self.turned > len(self.faces):
            raise ValueError("more faces are turned to the screen than there are")
        return self


class Analysis(Wire):
    """All faces of one picture. Nothing of it is stored."""

    width: int = Field(examples=[1280])
    height: int = Field(examples=[720])
    faces: list[Face]
    counts: Counts
    network_version: NetworkVersion
