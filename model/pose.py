"""Head pose from five landmarks: a rigid face turned until its points fit. Pure numbers.

The points of a mean face in three dimensions are fitted under a scaled orthographic camera
(weak perspective, DeMenthon & Davis 1995 without the iteration), which needs no focal length.
"""

import math
from dataclasses import dataclass

import numpy as np

from model.faces import Floats

Point = tuple[float, float]

_MEAN_FACE = np.array(
    [
        [-31.0, -30.4, 0.0],
        [31.0, -30.4, 0.0],
        [0.0, 3.0, 26.0],
        [-24.7, 29.0, 4.0],
        [24.7, 29.0, 4.0],
    ],
    dtype=np.float64,
)
"""Eyes, nose tip, corners of the mouth in millimetres; x right, y down, z towards the camera.

x and y: medians of CenterFace's landmarks over the frontal faces of FER2013's training split,
made symmetric and scaled to 62 mm between the eyes (mean interpupillary distance, Dodgson 2004).
z: a nose tip 26 mm before the eyes."""

_CENTRED = _MEAN_FACE - _MEAN_FACE.mean(0)
_SOLVER = np.linalg.pinv(_CENTRED)


TURNED_YAW, TURNED_PITCH = 30.0, 25.0
"""Up to so many degrees to either side, up or down a face counts as turned to the screen;
docs/vision.md says why."""


@dataclass(frozen=True)
class Pose:
    """Head pose in degrees; zero looks into the camera.

    yaw: positive turned to the picture's right; pitch: positive looking up; roll: positive tilted
    clockwise in the picture.
    """

    yaw: float
    pitch: float
    roll: float

    @property
    def is_turned_to_screen(self) -> bool:
        """Whether the face, not the eyes, is turned to about where the camera is."""
        return abs(self.yaw) <= TURNED_YAW and abs(self.pitch) <= TURNED_PITCH


def estimate_poses(landmarks: Floats) -> list[Pose]:
    """Estimate the pose of each face from `(n, 5, 2) float32` landmarks in pixels."""
    if not len(landmarks):
        return []
    # (n, 3, 2): the face's x, y and z axis in the picture, as long as the face is large. Where
    # the face is does not matter, since each row of the solver sums to 0.
    axes = _SOLVER @ landmarks.astype(np.float64)
    return [_turn_upright(*each) for each in axes.tolist()]


def _turn_upright(x: Point, y: Point, z: Point) -> Pose:
    """Return the pose of a face by its axes as they are seen, each to the right and down.

    In Python's own numbers: thirty steps of numpy take longer than fifty faces so do.
    """
    (right_x, down_x), (right_y, down_y), (right_z, down_z) = x, y, z
    right = max(math.sqrt(right_x**2 + right_y**2 + right_z**2), 1e-9)
    down = max(math.sqrt(down_x**2 + down_y**2 + down_z**2), 1e-9)
    size = right * down
    cosine = (right_x * down_x + right_y * down_y + right_z * down_z) / size
    sine = math.sqrt(max(1 - cosine**2, 1e-18))
    # The face's own z axis seen from the camera is the third column of the rotation.
    forward_z = (right_x * down_y - right_y * down_x) / size / sine
    yaw = math.atan2(right_z / right, forward_z)
    pitch = math.atan2(-down_z / down, math.hypot(right_z / right, forward_z))
    roll = math.atan2(down_x, down_y)
    return Pose(*(round(math.degrees(angle), 1) for angle in (yaw, pitch, roll)))
