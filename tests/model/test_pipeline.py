from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from model.classifier import SHIPPED_NETWORK, EmotionClassifier
from model.emotions import EMOTIONS, LABEL_SETS, Emotion
from model.faces import overlap
from model.finders import CenterFace, FinderMissing, open_finder
from model.finders.centerface import (
    LARGE_INPUT_PIXELS,
    MOST_CANDIDATES,
    MOST_FACES,
    MOST_FACES_THOROUGH,
    MOST_INPUT_PIXELS,
    choose_scale,
    decode_faces,
)
from model.pipeline import FramePipeline
from tests.pictures import ASTRONAUT_BOX, astronaut, gallery, grey, jpeg


@pytest.fixture(scope="module")
def pipeline():
    return FramePipeline.load()


def test_reads_one_face_with_box_emotion_and_pose(pipeline):
    reading = pipeline.read(jpeg(astronaut()))
    assert (reading.width, reading.height) == (512, 512)
    assert overlap(reading.faces.boxes, np.array([ASTRONAUT_BOX], np.float32))[0, 0] > 0.8
    assert reading.emotions == [Emotion.HAPPY]
    assert reading.counts[Emotion.HAPPY] == 1
    assert sum(reading.counts.values()) == 1
    assert reading.probabilities.sum() == pytest.approx(1, abs=1e-4)
    pose = reading.poses[0]
    assert abs(pose.yaw) < 20
    assert abs(pose.roll) < 10


@pytest.mark.parametrize("angle", [-20, 20])
def test_a_head_tilted_clockwise_in_the_picture_has_positive_roll(pipeline, angle):
    turn = cv2.getRotationMatrix2D((225, 118), -angle, 1)  # OpenCV's angles run the other way
    tilted = cv2.warpAffine(astronaut(), turn, (512, 512))
    upright, turned = (pipeline.read(jpeg(p)).poses[0].roll for p in (astronaut(), tilted))
    assert turned - upright == pytest.approx(angle, abs=4)


def test_landmarks_lie_where_they_should(pipeline):
    right_eye, left_eye, nose, right_mouth, left_mouth = pipeline.read(
        jpeg(astronaut())
    ).faces.landmarks[0]
    assert right_eye[0] < nose[0] < left_eye[0]
    assert right_mouth[0] < left_mouth[0]
    assert right_eye[1] < nose[1] < right_mouth[1]


@pytest.mark.parametrize(("rows", "columns"), [(2, 3), (5, 5), (7, 7)])
def test_finds_every_face_of_a_gallery(pipeline, rows, columns):
    reading = pipeline.read(jpeg(gallery(rows, columns, width=1920, height=1080)))
    assert len(reading.faces) == rows * columns
    assert sum(reading.counts.values()) == rows * columns


def test_a_frame_without_faces_is_a_reading_without_faces(pipeline):
    reading = pipeline.read(jpeg(grey()))
    assert len(reading.faces) == 0
    assert reading.probabilities.shape == (0, 7)
    assert set(reading.counts) == set(EMOTIONS)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 700), (33, 17), (1, 4000), (4000, 1)])
def test_reads_pictures_of_odd_shapes(pipeline, width, height):
    for reader in (pipeline, pipeline.thorough()):
        assert len(reader.read(jpeg(grey(width, height))).faces) == 0


def test_a_thorough_look_finds_faces_that_a_quick_one_misses(pipeline):
    small = jpeg(gallery(14, 24, width=1280, height=720), 95)  # faces of about 19 pixels
    assert len(pipeline.thorough().read(small).faces) > len(pipeline.read(small).faces)


def test_the_first_frame_of_a_source_shows_less_of_whoever_is_behind_than_a_picture_does(pipeline):
    picture = np.full((360, 640, 3), 90, np.uint8)
    picture[:320, 150:490] = astronaut()[:320, 60:400]
    picture[20:136, 510:626] = cv2.resize(astronaut()[:320, 60:380], (116, 116))
    frame = jpeg(picture, 95)
    assert len(pipeline.read(frame).faces) == 1
    assert len(pipeline.read_picture(picture).faces) == 2
    assert len(pipeline.thorough().read(frame).faces) == 2


def test_a_face_over_the_edge_is_found(pipeline):
    cut = astronaut()[:, 215:]
    assert len(pipeline.read(jpeg(np.ascontiguousarray(cut))).faces) == 1


def test_the_same_frame_reads_the_same_from_several_threads(pipeline):
    frame = jpeg(gallery(3, 4))
    with ThreadPoolExecutor(4) as pool:
        readings = list(pool.map(pipeline.read, [frame] * 8))
    assert all(np.array_equal(r.probabilities, readings[0].probabilities) for r in readings)


@pytest.mark.parametrize(
    ("size", "scale"),
    [((480, 270), 1.0), ((640, 360), 0.5), ((1920, 1080), 0.5), ((3840, 2160), 1 / 3)],
)
def test_scale_follows_the_frames_size(size, scale):
    assert choose_scale(*size) == pytest.approx(scale)


def test_a_set_scale_is_used():
    assert len(CenterFace(scale=0.5).find(astronaut())) == 1


class InputSizes(CenterFace):
    """CenterFace that finds nothing and notes the pixels of what the network would see."""

    def run(self, prepared):
        self.seen = [*getattr(self, "seen", []), prepared[0, 0].size]
        return [np.zeros((1, c, 8, 8), np.float32) for c in (1, 2, 2, 10)]


@pytest.mark.parametrize(
    ("width", "height"), [(4000, 4000), (1050, 1050), (2100, 2100), (16, 1_000_000), (640, 360)]
)
@pytest.mark.parametrize("options", [{"thorough": True}, {"scale": 4.0}, {}])
def test_the_network_never_sees_more_than_it_may(width, height, options):
    finder = InputSizes(**options)
    finder.find(np.zeros((height, width, 3), np.uint8))
    padding = 32 * 2 * max(width, height)
    assert max(finder.seen) <= MOST_INPUT_PIXELS + min(padding, 120_000)


def test_a_thorough_look_at_a_photo_is_finer_than_a_quick_one():
    photo = np.zeros((3000, 4000, 3), np.uint8)
    quick, thorough = InputSizes(), InputSizes(thorough=True)
    quick.find(photo)
    thorough.find(photo)
    assert max(thorough.seen) > 1.5 * max(quick.seen)


def test_a_crowd_is_cut_to_the_best_faces(pipeline):
    crowd = gallery(18, 32, width=1920, height=1080)  # 576 faces
    assert len(pipeline.thorough().read_picture(crowd).faces) == MOST_FACES_THOROUGH
    seats = gallery(9, 16, width=1920, height=1080)  # 144
    assert len(pipeline.read_picture(seats).faces) == MOST_FACES


def test_candidates_are_cut_to_the_best():
    maps = [np.zeros((1, c, 100, 100), np.float32) for c in (1, 2, 2, 10)]
    maps[0][0, 0] = np.linspace(0.4, 1, 10_000).reshape(100, 100)
    found = decode_faces(*maps, threshold=0.35)
    assert len(found) == MOST_CANDIDATES
    assert found.scores.min() > 0.69


def resident_megabytes():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads Linux's /proc")
def test_the_memory_of_a_large_frame_is_given_back(pipeline):
    largest = grey(4000, 4000)
    pipeline.read_picture(grey(1280, 720))
    before = resident_megabytes()
    pipeline.read_picture(largest)
    pipeline.thorough().read_picture(largest)
    assert LARGE_INPUT_PIXELS < MOST_INPUT_PIXELS
    assert resident_megabytes() - before < 200  # about 1000 when ONNX Runtime keeps it


def test_decoding_places_boxes_and_points_in_the_networks_input():
    maps = [np.zeros((1, c, 8, 8), np.float32) for c in (1, 2, 2, 10)]
    heat, size, offset, points = maps
    heat[0, 0, 2, 3] = 0.9
    size[0, :, 2, 3] = np.log([10, 5])  # height 40, width 20
    points[0, ::2, 2, 3], points[0, 1::2, 2, 3] = 0.5, 0.25
    found = decode_faces(heat, size, offset, points, threshold=0.35)
    assert found.boxes.tolist() == [pytest.approx([3.5 * 4 - 10, 2.5 * 4 - 20, 20, 40])]
    assert found.landmarks[0, 0] == pytest.approx([4 + 5, -10 + 20])


def test_a_missing_finder_is_named():
    with pytest.raises(FinderMissing, match="ROOMTONE_FINDER"):
        open_finder("/nowhere/yunet.onnx")


def test_a_file_that_is_no_finder_is_named(tmp_path):
    path = tmp_path / "text.onnx"
    path.write_text("not a network")
    with pytest.raises(FinderMissing, match="YuNet"):
        open_finder(str(path))


def test_the_shipped_network_is_small_and_says_how_well_it_does():
    assert SHIPPED_NETWORK.stat().st_size < 5_000_000
    crowd, single = EmotionClassifier.load().card.measured
    assert (crowd.labels, single.labels) == LABEL_SETS
    assert single.faces == 3589
    assert crowd.accuracy >= 0.91
    assert single.accuracy >= 0.70
    assert min(single.recall.values()) >= 0.45
