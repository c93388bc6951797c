import numpy as np
import pytest

from client.storyline import LESSON, Student, scene_at
from model.emotions import EMOTIONS, Emotion
from server.schemas import SelfReportAnswer

STUDENTS, INTERVAL = 30, 2.0


@pytest.fixture(scope="module")
def lesson():
    """Readings of a whole lesson: per student a list of (second, reading)."""
    length = sum(scene.seconds for scene in LESSON)
    seconds = np.arange(0, length, INTERVAL)
    students = [Student(number, seed=1) for number in range(STUDENTS)]
    return [[(at, student.read(at)) for at in seconds] for student in students]


def shares_between(readings, start, end):
    faces = [
        [reading.faces[0][e] for e in EMOTIONS]
        for at, reading in readings
        if start <= at < end and reading is not None and reading.faces
    ]
    return np.mean(faces, axis=0) if faces else None


def class_share(lesson, emotion, scene_name):
    start = 0.0
    for scene in LESSON:
        if scene.name == scene_name:
            break
        start += scene.seconds
    shares = [shares_between(r, start + 6, start + scene.seconds) for r in lesson]
    return np.mean([s[EMOTIONS.index(emotion)] for s in shares if s is not None])


def test_the_same_seed_gives_the_same_student_and_another_seed_another():
    one, same, other = ([Student(3, seed).read(at) for at in range(0, 60, 2)] for seed in (1, 1, 2))
    assert one == same
    assert one != other


def test_probabilities_sum_to_one(lesson):
    for _, reading in lesson[0]:
        for face in reading.faces if reading else []:
            assert sum(face.values()) == pytest.approx(1, abs=1e-5)


def test_a_joke_makes_the_class_happy_and_a_hard_passage_surprised_and_sad(lesson):
    calm = "Explaining"
    assert class_share(lesson, Emotion.HAPPY, "A joke") > 2 * class_share(
        lesson, Emotion.HAPPY, calm
    )
    for emotion in (Emotion.SURPRISE, Emotion.SAD):
        hard = class_share(lesson, emotion, "A hard passage")
        assert hard > 1.5 * class_share(lesson, emotion, calm)


def test_students_differ_more_from_each_other_than_one_from_moment_to_moment(lesson):
    at = EMOTIONS.index(Emotion.NEUTRAL)
    start, end = 100, 158
    means = [s[at] for r in lesson if (s := shares_between(r, start, end)) is not None]
    within = [
        np.std([r.faces[0][Emotion.NEUTRAL] for t, r in one if start <= t < end and r and r.faces])
        for one in lesson
        if shares_between(one, start, end) is not None
    ]
    assert np.std(means) > np.mean(within)


def test_most_are_visible_but_not_always_all(lesson):
    shown = np.array([[r is not None and bool(r.faces) for _, r in one] for one in lesson])
    assert 0.7 < shown.mean() < 0.97
    assert shown.sum(0).max() >= 25


def test_some_pause_and_some_leave_an_empty_picture(lesson):
    everything = [reading for one in lesson for _, reading in one]
    assert any(reading is None for reading in everything)
    assert any(reading is not None and not reading.faces for reading in everything)


def test_the_lesson_begins_again():
    length = sum(scene.seconds for scene in LESSON)
    assert scene_at(length + 1) == scene_at(1) == LESSON[0]
    assert scene_at(-5) == LESSON[0]


def test_the_class_says_it_is_lost_in_the_hard_passage_and_not_while_it_settles_in():
    students = [Student(number, 1) for number in range(60)]
    said = {second: [s.say(second) for s in students] for second in (40, 270)}
    assert SelfReportAnswer.LOST not in said[40]
    assert said[270].count(SelfReportAnswer.LOST) > said[270].count(SelfReportAnswer.FOLLOWING)


def test_an_answer_stands_while_a_scene_lasts():
    student = Student(3, 1)
    told = {student.say(second) for second in range(20, 60, 5)}
    assert len(told) == 1
