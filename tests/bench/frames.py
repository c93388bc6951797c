"""The frames to measure with: the real ones where they are, else made from a public portrait."""

import os
from dataclasses import dataclass
from pathlib import Path

from tests.pictures import gallery, jpeg

NAMES = ("webcam_640x360_1.jpg", "gallery_1280x720_25.jpg", "gallery_1920x1080_49.jpg")


@dataclass(frozen=True)
class BenchFrame:
    name: str
    data: bytes


def find_data() -> Path | None:
    """Return the folder of real data, if this machine has it."""
    told = os.environ.get("ROOMTONE_BENCH_DATA")
    folder = Path(told) if told else Path(__file__).parents[2].parent / "shared" / "data"
    return folder if (folder / "galleries").is_dir() else None


def load_frames() -> tuple[list[BenchFrame], str]:
    """Return one frame per size and what they are."""
    folder = find_data()
    if folder is not None:
        frames = [BenchFrame(n, (folder / "galleries" / n).read_bytes()) for n in NAMES]
        return frames, "the three galleries frames"
    made = [
        BenchFrame("made 640x360, 1 face", jpeg(gallery(1, 1, width=640, height=360), 80)),
        BenchFrame("made 1280x720, 30 faces", jpeg(gallery(5, 6, width=1280, height=720), 80)),
        BenchFrame("made 1920x1080, 60 faces", jpeg(gallery(6, 10, width=1920, height=1080), 80)),
    ]
    return made, "made frames: ROOMTONE_BENCH_DATA names no real ones"
