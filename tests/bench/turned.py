"""`python -m tests.bench.turned FOLDER`: how many faces of real frames are turned to the screen.

FOLDER holds a folder of frames for each state of the students in them, such as `engaged` and
`looking_away`. What the limits of `model.pose` were chosen beside; few people, so no accuracy.
"""

import sys
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from model.finders import CenterFace
from model.frames import decode_picture
from model.pose import TURNED_PITCH, TURNED_YAW, Pose, estimate_poses


def read_poses(folder: Path) -> tuple[int, list[Pose]]:
    """Return the number of frames and the poses of all faces in them."""
    finder, files = CenterFace(), sorted(folder.glob("*.jpg"))
    found = [finder.find(decode_picture(file.read_bytes())).landmarks for file in files]
    return len(files), [pose for landmarks in found for pose in estimate_poses(landmarks)]


def main(folder: Path) -> None:
    table = Table("frames of", "frames", "faces", "turned", "yaw 5 % … 95 %", "pitch 5 % … 95 %")
    for state in sorted(path for path in folder.iterdir() if path.is_dir()):
        frames, poses = read_poses(state)
        spans = [
            "{:.0f} … {:.0f}".format(*np.percentile([getattr(p, axis) for p in poses], [5, 95]))
            for axis in ("yaw", "pitch")
            if poses
        ]
        turned = sum(pose.is_turned_to_screen for pose in poses)
        share = f"{turned / len(poses):.0%}" if poses else "-"
        table.add_row(state.name, str(frames), str(len(poses)), share, *spans)
    console = Console(width=100)
    console.print(table)
    console.print(f"Turned: at most {TURNED_YAW:g}° to a side, {TURNED_PITCH:g}° up or down.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
