"""What a clip's frames say, as plain dictionaries ready for JSON, and their total.

The names are those of the wire's `Analysis`, so that a script reads both alike.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from model.clip_reading import PictureReader, read_clip
from model.clips import Clip, ClipFrame
from model.emotions import EMOTIONS
from model.pipeline import FrameReading


def analyze_clip(
    clip: Clip,
    reader: PictureReader,
    *,
    every: float,
    workers: int = 1,
    on_frame: Callable[[ClipFrame], None] = lambda _: None,
) -> Iterator[dict[str, Any]]:
    """Read one frame in `every` seconds of a video, or every picture. Raises `UnreadableClip`."""
    for frame, reading in read_clip(clip, reader, every=every, workers=workers):
        on_frame(frame)
        yield {
            "index": frame.index,
            "at_seconds": round(frame.at_seconds, 3),
            "file": frame.path.name if frame.path else None,
            "width": reading.width,
            "height": reading.height,
            "faces": describe_faces(reading),
            "counts": {str(emotion): n for emotion, n in reading.counts.items()},
        }


def describe_faces(reading: FrameReading) -> list[dict[str, Any]]:
    """Tell each face: box x, y, width, height and landmarks in pixels, emotion, pose in degrees."""
    return [
        {
            "box": [round(float(x), 1) for x in reading.faces.boxes[at]],
            "landmarks": reading.faces.landmarks[at].round(1).tolist(),
            "score": round(float(reading.faces.scores[at]), 4),
            "emotion": str(emotion),
            "probabilities": {
                str(e): round(float(p), 4)
                for e, p in zip(EMOTIONS, reading.probabilities[at], strict=True)
            },
            "pose": {"yaw": pose.yaw, "pitch": pose.pitch, "roll": pose.roll},
        }
        for at, (emotion, pose) in enumerate(zip(reading.emotions, reading.poses, strict=True))
    ]


def add_up(frames: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Total the frames: how many, how many without a face, faces, and faces per emotion."""
    frames = list(frames)
    return {
        "frames": len(frames),
        "frames_without_faces": sum(not frame["faces"] for frame in frames),
        "faces": sum(len(frame["faces"]) for frame in frames),
        "counts": {str(e): sum(frame["counts"][str(e)] for frame in frames) for e in EMOTIONS},
    }
