"""`python -m tests.bench.following`: what a source's last frame saves, and what it costs.

Reads webcams' frames, and a window's at one frame a second (`tests/lecture.py`), once as the server
does, with what the frame before showed, and once with a whole look at every frame. Then every
frame of the webcams, and photos of groups made as small, as a source's first one. Times are of this
thread's processor, in turns, so that other work on the machine counts less.
"""

import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import av
import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from model.classifier import EmotionClassifier
from model.faces import overlap
from model.finders import CenterFace
from model.frames import Picture, decode_picture, resize_picture
from model.last_seen import SAME_FACE, LastSeen, find_faces
from model.pose import estimate_poses
from tests.lecture import Lecture, find_webcams, make_lecture

SECONDS = 60
SMALL = 640, 480
"""Photos of groups are made as wide as this, and cut off below."""
WINDOWS = ((1280, 720, 25), (1920, 1080, 49))


@dataclass
class Following:
    """Sums over frames. `apart`: half the sum of absolute differences of two distributions."""

    finder: CenterFace
    classifier: EmotionClassifier
    each_is_first: bool = False
    frames: int = 0
    faces: int = 0
    whole_faces: int = 0
    missed: int = 0
    more: int = 0
    whole_looks: int = 0
    seconds: float = 0.0
    whole_seconds: float = 0.0
    apart: list[float] = field(default_factory=list)
    class_apart: list[float] = field(default_factory=list)
    turned: list[bool] = field(default_factory=list)

    def read(self, pictures: Iterable[Picture]) -> None:
        """Read one source's frames in order."""
        last: LastSeen | None = None
        for picture in pictures:
            began = time.thread_time()
            before = None if self.each_is_first else last
            faces, last = find_faces(self.finder, picture, before, more_follow=True)
            between = time.thread_time()
            whole = self.finder.find(picture)
            self.seconds += between - began
            self.whole_seconds += time.thread_time() - between
            self.frames += 1
            self.whole_looks += last.looks == 0
            self.faces, self.whole_faces = self.faces + len(faces), self.whole_faces + len(whole)
            if not (len(faces) and len(whole)):
                self.missed, self.more = self.missed + len(whole), self.more + len(faces)
                continue
            told = self.classifier.classify(self.classifier.crop(picture, faces))
            whole_told = self.classifier.classify(self.classifier.crop(picture, whole))
            same = overlap(whole.boxes, faces.boxes)
            found, nearest = same.max(1) > SAME_FACE, same.argmax(1)
            self.missed += int((~found).sum())
            self.more += int((same.max(0) <= SAME_FACE).sum())
            self.apart += list(np.abs(whole_told[found] - told[nearest[found]]).sum(1) / 2)
            self.class_apart.append(float(np.abs(whole_told.mean(0) - told.mean(0)).sum()) / 2)
            turned = [pose.is_turned_to_screen for pose in estimate_poses(faces.landmarks)]
            whole_turned = [pose.is_turned_to_screen for pose in estimate_poses(whole.landmarks)]
            pairs = zip(np.array(whole_turned)[found], nearest[found], strict=True)
            self.turned += [bool(one == turned[other]) for one, other in pairs]

    def row(self) -> list[str]:
        """Return the table's cells."""
        share = 1 / max(self.whole_faces, 1)
        return [
            f"{self.frames}",
            f"{self.whole_faces / self.frames:.1f}",
            f"{self.faces / self.frames:.1f}",
            f"{self.missed * share:.1%}, {self.more * share:.1%}",
            f"{np.mean(self.apart):.3f}, {np.mean(self.class_apart):.3f}",
            f"{np.mean(self.turned):.1%}",
            f"{self.whole_looks / self.frames:.0%}",
            f"{1e3 * self.whole_seconds / self.frames:.1f}",
            f"{1e3 * self.seconds / self.frames:.1f}",
        ]


def film_window(width: int, height: int, faces: int) -> Iterator[Picture]:
    """Film a lecture and yield one frame a second."""
    with tempfile.TemporaryDirectory() as folder:
        lecture = Lecture(SECONDS, width, height, faces, fps=10)
        film = make_lecture(Path(folder) / "window.mp4", lecture)
        with av.open(str(film)) as container:
            for number, frame in enumerate(container.decode(video=0)):
                if number % 10 == 0:
                    yield frame.to_ndarray(format="bgr24")


def read_groups(folder: Path) -> Iterator[Picture]:
    """Read photos of groups in the size of `SMALL`."""
    for name in ("mosaics", "boxed_photos"):
        for file in sorted((folder / name).glob("*.jpg")):
            picture = decode_picture(file.read_bytes())
            yield resize_picture(picture, SMALL[0] / picture.shape[1])[: SMALL[1]]


def main() -> None:
    cv2.setNumThreads(1)
    webcams = find_webcams()
    if webcams is None:
        sys.exit("Real webcam frames are wanted: set ROOMTONE_BENCH_DATA to their folder.")
    table = Table(
        "source",
        "frames",
        "faces, whole looks",
        "faces, followed",
        "missed, more",
        "face, class apart",
        "turned alike",
        "whole looks",
        "ms, whole",
        "ms, followed",
    )
    made = CenterFace(), EmotionClassifier.load()
    states = sorted(path for path in webcams.iterdir() if path.is_dir())
    for what, each_is_first in (("", False), (", each the first", True)):
        students = Following(*made, each_is_first)
        for state in states:
            students.read(decode_picture(file.read_bytes()) for file in sorted(state.glob("*.jpg")))
        table.add_row(f"webcams, 640 wide{what}", *students.row())
    groups = Following(*made, each_is_first=True)
    groups.read(read_groups(webcams.parent))
    table.add_row("groups, 640 wide, each the first", *groups.row())
    for width, height, faces in WINDOWS:
        window = Following(*made)
        window.read(film_window(width, height, faces))
        table.add_row(f"window {width}x{height}, {faces} tiles", *window.row())
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
