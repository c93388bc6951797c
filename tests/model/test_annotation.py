import numpy as np
import pytest

from model.annotation import DARK, annotate, read_colour
from model.emotions import EMOTIONS, Emotion
from model.faces import Faces
from model.palette import COLOURS
from model.pipeline import FrameReading
from model.pose import Pose


def reading_of(boxes, emotions, *, width=1280, height=720, sure=0.9):
    probabilities = np.full((len(boxes), 7), (1 - sure) / 6, np.float32)
    for at, emotion in enumerate(emotions):
        probabilities[at, EMOTIONS.index(emotion)] = sure
    faces = Faces(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.zeros((len(boxes), 5, 2), np.float32),
        np.ones(len(boxes), np.float32),
    )
    return FrameReading(width, height, faces, probabilities, [Pose(0, 0, 0)] * len(boxes), {})


def picture(width=1280, height=720):
    return np.full((height, width, 3), 200, np.uint8)


@pytest.mark.parametrize("emotion", list(Emotion))
def test_a_box_has_its_emotions_colour_between_dark_edges(emotion):
    drawn = annotate(picture(), reading_of([(400, 300, 80, 100)], [emotion]))
    across = drawn[350, 390:410].tolist()
    assert list(read_colour(COLOURS[emotion])) in across
    middle = across.index(list(read_colour(COLOURS[emotion])))
    assert sum(across[middle - 2]) < sum(DARK) + 200
    assert (drawn[350, 440] == 200).all()


def test_the_picture_itself_is_not_drawn_on():
    plain = picture()
    annotate(plain, reading_of([(400, 300, 80, 100)], [Emotion.SAD]))
    assert (plain == 200).all()


@pytest.mark.parametrize("box", [(0, 0, 60, 80), (1230, 650, 60, 80), (-20, 300, 60, 80)])
def test_the_words_stay_inside_the_picture(box):
    drawn = annotate(picture(), reading_of([box], [Emotion.SURPRISE]))
    plate = (drawn == np.array(read_colour(COLOURS[Emotion.SURPRISE]), np.uint8)).all(2)
    inner = annotate(picture(), reading_of([(600, 300, 60, 80)], [Emotion.SURPRISE]))
    whole = (inner == np.array(read_colour(COLOURS[Emotion.SURPRISE]), np.uint8)).all(2)
    assert plate.sum() > 0.8 * whole.sum()


def test_boxes_of_a_reading_of_another_size_are_scaled():
    half = annotate(picture(640, 360), reading_of([(400, 300, 80, 100)], [Emotion.HAPPY]))
    colour = np.array(read_colour(COLOURS[Emotion.HAPPY]), np.uint8)
    assert (half[150:200, 199:202] == colour).all(2).any()


def test_a_picture_without_faces_stays_as_it_is():
    assert (annotate(picture(), reading_of([], [])) == 200).all()
