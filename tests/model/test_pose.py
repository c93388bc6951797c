import numpy as np
import pytest

from model.pose import _MEAN_FACE, estimate_poses


def seen(yaw: float = 0, pitch: float = 0, roll: float = 0) -> np.ndarray:
    """Project the mean face after turning it by the given degrees."""
    y, p, r = np.radians([yaw, -pitch, roll])
    turn_yaw = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    turn_pitch = np.array([[1, 0, 0], [0, np.cos(p), np.sin(p)], [0, -np.sin(p), np.cos(p)]])
    turn_roll = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    turned = _MEAN_FACE @ (turn_roll @ turn_pitch @ turn_yaw).T
    return (turned[:, :2] * 1.7 + [320, 180]).astype(np.float32)


@pytest.mark.parametrize("angle", [-40, -15, 0, 15, 40])
@pytest.mark.parametrize("axis", ["yaw", "pitch", "roll"])
def test_finds_each_angle_alone(axis, angle):
    (pose,) = estimate_poses(seen(**{axis: angle})[None])
    told = {"yaw": pose.yaw, "pitch": pose.pitch, "roll": pose.roll}
    assert told.pop(axis) == pytest.approx(angle, abs=1.5)
    assert all(abs(other) < 1.5 for other in told.values())


def test_a_nose_to_the_right_is_a_face_turned_to_the_right():
    landmarks = seen()
    landmarks[2, 0] += 12
    assert estimate_poses(landmarks[None])[0].yaw > 10


def test_a_frame_without_faces_has_no_poses():
    assert estimate_poses(np.zeros((0, 5, 2), np.float32)) == []


def test_landmarks_in_one_point_give_an_answer():
    (pose,) = estimate_poses(np.zeros((1, 5, 2), np.float32))
    assert np.isfinite([pose.yaw, pose.pitch, pose.roll]).all()
