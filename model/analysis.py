"""What a clip's frames say, as plain dictionaries ready for JSON, and their total.

The names are those of the wire's `Analysis`, so that a script reads both alike.
"""

from dataclasses import dataclass, field
from typing import Any

from model.clips import ClipFrame
from model.emotions import EMOTIONS, Emotion
from model.pipeline import FrameReading


def describe_frame(frame: ClipFrame, reading: FrameReading) -> dict[str, Any]:
    """Tell one frame: when or which file it is, its size in pixels, its faces and their counts."""
    return {
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


@dataclass
class Total:
    """Frames added up: how many, how many without a face, and faces per emotion."""

    frames: int = 0
    frames_without_faces: int = 0
    counts: dict[Emotion, int] = field(default_factory=lambda: dict.fromkeys(EMOTIONS, 0))

    @property
    def faces(self) -> int:
        """All faces."""
        return sum(self.counts.values())

    def add(self, counts: dict[Emotion, int]) -> None:
        """Add one frame."""
        self.frames += 1
        self.frames_without_faces += not any(counts.values())
        for emotion, n in counts.items():
            self.counts[emotion] += n

    def join(self, other: "Total") -> None:
        """Add what another total holds."""
        self.frames += other.frames
        self.frames_without_faces += other.frames_without_faces
        for emotion, n in other.counts.items():
            self.counts[emotion] += n

    def describe(self) -> dict[str, Any]:
        """Tell it as JSON does."""
        return {
            "frames": self.frames,
            "frames_without_faces": self.frames_without_faces,
            "faces": self.faces,
            "counts": {str(emotion): n for emotion, n in self.counts.items()},
        }


def find_most_frequent(counts: dict[Emotion, int]) -> list[Emotion]:
    """Return the emotions that most faces show, several where they tie, none without faces."""
    most = max(counts.values())
    return [emotion for emotion, n in counts.items() if n == most and most]
