"""Recordings: uploaded, read, and turned into a session like any other."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints, field_validator

from server.schemas.frames import Face
from server.schemas.sessions import CourseName
from server.schemas.wire import BucketSeconds, Counts, SessionTitle, Title, Wire

MOST_VIDEO_BYTES = 2 * 1024**3
"""Largest recording, bytes: 2 GiB."""


VideoId = Annotated[str, Field(examples=["8c1f5b0e7a2d4c3f9e6b1a20"])]


class VideoState(StrEnum):
    """What is being done with a recording."""

    UPLOADING = "uploading"
    WAITING = "waiting"
    ANALYZING = "analyzing"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class NewVideo(Wire):
    """A recording about to be uploaded."""

    title: Title = Field(examples=["Biology 9b, 3rd lesson"])
    size_bytes: int = Field(ge=1, description="Of the whole file.", examples=[734_003_200])
    course: CourseName = None
    started_at: AwareDatetime | None = Field(
        None,
        description="When the lesson began; else it ended when the upload did.",
        examples=["2026-03-02T10:15:00Z"],
    )
    expected_students: int | None = Field(None, ge=1, le=10_000, examples=[24])
    bucket_seconds: BucketSeconds = Field(5, ge=1, le=300)
    frames_per_second: float = Field(
        1, ge=0, le=60, description="Frames read a second; 0: every frame.", examples=[1]
    )
    show_frames: bool = Field(
        default=False,
        description="Hold the analysed frames for the uploader to look at, until the visit ends.",
        examples=[False],
    )
    upload_key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")] | None = Field(
        None,
        description="The caller's own name of this upload: the same call again is the same upload.",
        examples=["3f9c2b1e-lesson-3"],
    )

    @field_validator("frames_per_second")
    @classmethod
    def _is_every_or_one_a_minute(cls, given: float) -> float:
        if 0 < given < 1 / 60:
            raise ValueError("read one frame a minute at least (0.017), or 0 for every frame")
        return given

    @field_validator("started_at")
    @classmethod
    def _is_of_these_times(cls, given: datetime | None) -> datetime | None:
        if given is not None and not 1971 <= given.year <= 2199:
            raise ValueError("no lesson was recorded then; give its date, or leave it out")
        return given


class Video(Wire):
    """How far a recording is."""

    video_id: VideoId
    title: SessionTitle
    state: VideoState
    size_bytes: int = Field(examples=[734_003_200])
    received_bytes: int = Field(description="Send the rest from here.", examples=[8_388_608])
    frames_per_second: float = Field(examples=[1])
    seconds_total: float | None = Field(
        description="Length of the recording as the file says; null until known.", examples=[3600]
    )
    seconds_read: float = Field(examples=[1260])
    frames_read: int = Field(examples=[1260])
    seconds_left: float | None = Field(
        description="Until it is done, as far as can be told now.", examples=[180]
    )
    ahead: int | None = Field(
        description="Recordings that are read before this one; null unless it waits.", examples=[1]
    )
    session_id: str | None = Field(
        description="The session it becomes; null until it begins.",
        examples=["856346686a065467ec029f16"],
    )
    fault: str | None = Field(
        description="Why it failed: a sentence that says what to do.", examples=[None]
    )
    problems: list[str] = Field(
        description="What could not be read, and where it breaks off.",
        examples=[
            ["The recording breaks off after 61.0 s (1525 frames); it should last 3600.0 s."]
        ],
    )


class NewVideoAnswer(Video):
    """The answer to the uploader alone."""

    view_key: str | None = Field(
        description="For `Video-Key`, to see the frames; null unless `show_frames`.",
        examples=["0c7b3f5de1a94b6c8e2f0d4a6b8c1e3f5a7d9b20"],
    )


class ShownFrame(Wire):
    """One analysed frame in the list of a frame view."""

    index: int = Field(description="From 0, in the order they were analysed.", examples=[12])
    at_seconds: float = Field(examples=[12.0])
    faces: int = Field(examples=[24])
    counts: Counts


class FrameView(Wire):
    """The frames of a recording, for whoever uploads it and as long as the visit lasts."""

    video_id: VideoId
    frames: list[ShownFrame] = Field(description="By time, from `first` on.")
    changes: list[float] = Field(
        description="Seconds into the recording at which the mood changed; once it is done.",
        examples=[[612.5]],
    )
    counts: Counts = Field(description="Faces of all frames shown, by likeliest emotion.")
    shown_every: int = Field(
        description="One of so many analysed frames is shown; more than 1 where they would take "
        "too much space.",
        examples=[1],
    )
    complete: bool = Field(description="No more frames will come after these.", examples=[False])


class ShownFaces(Wire):
    """What is seen on one frame."""

    index: int = Field(examples=[12])
    at_seconds: float = Field(examples=[12.0])
    width: int = Field(examples=[1280])
    height: int = Field(examples=[720])
    faces: list[Face]
