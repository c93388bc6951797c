"""Recordings and their frames turned into the wire contract. Pure."""

from collections.abc import Sequence

import numpy as np

from model.emotions import EMOTIONS, Emotion
from server.schemas import ShownFaces, ShownFrame, Video
from server.store.videos import StoredVideo
from server.videos.frame_view import HeldFrame
from server.videos.progress import Progress
from server.wire import faces_of_reading


def tell_video(
    stored: StoredVideo, *, received_bytes: int, ahead: int | None, progress: Progress | None
) -> Video:
    """Tell how far a recording is; progress: of its reading just now."""
    return Video(
        video_id=stored.id,
        title=stored.wish.title,
        state=stored.state,
        size_bytes=stored.wish.size_bytes,
        received_bytes=received_bytes,
        frames_per_second=stored.wish.frames_per_second,
        seconds_total=progress.seconds_total if progress else stored.seconds_total,
        seconds_read=round(progress.seconds_read if progress else stored.seconds_read, 3),
        frames_read=progress.frames_read if progress else stored.frames_read,
        seconds_left=progress.seconds_left if progress else None,
        ahead=ahead,
        session_id=stored.session_id,
        fault=stored.fault,
        problems=stored.problems,
    )


def tell_frame(held: HeldFrame) -> ShownFrame:
    """Tell one frame of the list."""
    return ShownFrame(
        index=held.index,
        at_seconds=round(held.at_seconds, 3),
        faces=len(held.faces),
        counts=_name_counts(held.counts),
    )


def tell_faces(held: HeldFrame) -> ShownFaces:
    """Tell every face of one frame, in pixels of the frame as it was read."""
    return ShownFaces(
        index=held.index,
        at_seconds=round(held.at_seconds, 3),
        width=held.width,
        height=held.height,
        faces=faces_of_reading(held.reading),
    )


def add_counts(frames: Sequence[HeldFrame]) -> dict[Emotion, int]:
    """Return the faces of all frames together, by likeliest emotion."""
    total = np.sum([held.counts for held in frames], axis=0, dtype=int) if frames else [0] * 7
    return _name_counts(list(total))


def _name_counts(counts: Sequence[int]) -> dict[Emotion, int]:
    return {emotion: int(n) for emotion, n in zip(EMOTIONS, counts, strict=True)}
