import numpy as np
import pytest

from model.pose import _MEAN_FACE, TURNED_PITCH, TURNED_YAW, Pose, estimate_poses


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


@pytest.mark.parametrize(
    ("yaw", "pitch", "turned"),
    [
        (0, 0, True),
        (TURNED_YAW, -TURNED_PITCH, True),
        (-TURNED_YAW, TURNED_PITCH, True),
        (TURNED_YAW + 0.1, 0, False),
        (-TURNED_YAW - 0.1, 0, False),
        (0, -TURNED_PITCH - 0.1, False),
        (0, TURNED_PITCH + 0.1, False),
        (80, -60, False),
    ],
)
def test_a_face_is_turned_to_the_screen_within_limits_to_both_sides(yaw, pitch, turned):
    assert Pose(yaw, pitch, roll=0).is_turned_to_screen is turned


def test_a_head_laid_on_its_side_may_look_at_the_screen():
    assert Pose(0, 0, roll=80).is_turned_to_screen


def test_a_face_seen_from_the_side_is_not_turned_to_the_screen():
    (ahead, aside) = estimate_poses(np.stack([seen(yaw=10), seen(yaw=50)]))
    assert (ahead.is_turned_to_screen, aside.is_turned_to_screen) == (True, False)
