"""What a source's last frame showed, and how its next one is looked at."""

import cv2
import numpy as np
import pytest

from model.faces import overlap
from model.finders import CenterFace
from model.last_seen import NOTHING_KNOWN, WHOLE_AFTER_AROUND, WHOLE_AFTER_SMALL, find_faces
from tests.pictures import astronaut, gallery, grey

ROWS, COLUMNS = 4, 5
TILE = 180, 256
"""Height and width of a window's tile."""


class WatchedFinder:
    """CenterFace, and how many pixels it was shown in each run."""

    smallest = CenterFace().smallest

    def __init__(self, finder):
        self._finder, self.looks = finder, []

    def usual_scale(self, width, height):
        return self._finder.usual_scale(width, height)

    def find(self, picture, *, scale=None):
        told = scale or self.usual_scale(picture.shape[1], picture.shape[0])
        self.looks.append(round(picture.shape[0] * picture.shape[1] * told**2))
        return self._finder.find(picture, scale=scale)

    def thorough(self):
        return self


@pytest.fixture(scope="module")
def centerface():
    return CenterFace()


@pytest.fixture
def finder(centerface):
    return WatchedFinder(centerface)


def student(shift=0):
    """Return a webcam's frame, 640x360, with a face of 120 pixels."""
    frame = np.full((360, 640, 3), 90, np.uint8)
    frame[:320, 150 + shift : 490 + shift] = astronaut()[:320, 60:400]
    return frame


def window():
    return gallery(ROWS, COLUMNS)


def tile_of(picture, number):
    row, column = divmod(number, COLUMNS)
    top, left = row * TILE[0], column * TILE[1]
    return picture[top : top + TILE[0], left : left + TILE[1]]


def read(finder, pictures):
    """Read a source's frames one after the other: the faces of each."""
    last, found = None, []
    for picture in pictures:
        faces, last = find_faces(finder, picture, last)
        found.append(faces)
    return found


def test_of_a_large_face_nothing_is_kept_but_where_it_was(finder):
    _, whole = find_faces(finder, student(), None)
    _, quick = find_faces(finder, student(shift=30), whole)
    _, many = find_faces(finder, window(), None)
    assert (whole.patches, quick.patches) == (None, None)
    assert len(many.patches) == len(many.faces) == ROWS * COLUMNS


def test_a_large_face_is_found_again_on_a_small_copy(finder):
    first, second = read(finder, [student(), student(shift=30)])
    assert len(first) == len(second) == 1
    assert finder.looks[1] * 4 <= finder.looks[0]
    whole = finder.find(student(shift=30))
    assert overlap(second.boxes, whole.boxes)[0, 0] > 0.7


def find_in_first(finder, picture):
    """Read a frame of a source of which nothing is known and which sends on."""
    return find_faces(finder, picture, None, more_follow=True)


def test_a_sources_first_large_face_is_found_on_a_small_copy(finder):
    faces, _ = find_in_first(finder, student())
    assert finder.looks == [160 * 90]
    assert overlap(faces.boxes, finder.find(student()).boxes)[0, 0] > 0.7


def test_who_is_behind_a_sources_first_large_face_is_counted_with_the_next_frame(finder):
    frame = student()
    frame[20:136, 510:626] = cv2.resize(astronaut()[:320, 60:380], (116, 116))
    first, seen = find_in_first(finder, frame)
    second, _ = find_faces(finder, frame, seen, more_follow=True)
    assert (len(first), len(second)) == (1, 2)
    assert finder.looks[1] == 320 * 180


@pytest.mark.parametrize(
    "picture",
    [
        grey(640, 360),
        gallery(3, 4, width=640, height=360),
        cv2.resize(student(), (1280, 720)),
        cv2.resize(student(), (512, 288)),
    ],
    ids=["nobody", "many", "large", "small"],
)
def test_a_first_frame_that_is_not_a_webcams_with_one_face_is_looked_at_whole(finder, picture):
    faces, seen = find_in_first(finder, picture)
    height, width = picture.shape[:2]
    assert finder.looks[-1] == round(height * width * finder.usual_scale(width, height) ** 2)
    assert len(faces) == len(finder.find(picture))
    assert seen.looks == 0


def test_only_a_sources_first_frame_is_looked_at_so(finder):
    find_faces(finder, student(), NOTHING_KNOWN, more_follow=True)
    find_faces(finder, student(), None)  # after which none follows
    assert finder.looks == [320 * 180] * 2


@pytest.mark.parametrize(("side", "copy"), [(280, 160 * 90), (420, 114 * 64), (640, 96 * 54)])
def test_the_larger_a_face_is_the_smaller_is_the_copy(finder, side, copy):
    frame = cv2.resize(astronaut()[:320, 60:380], (side, side))[:360]  # a face of 0.4 sides
    frame = cv2.copyMakeBorder(frame, 0, 360 - len(frame), 0, 640 - side, cv2.BORDER_CONSTANT)
    first, second = read(finder, [frame, frame])
    assert overlap(first.boxes, second.boxes).min() > 0.7
    assert finder.looks[1:] == [pytest.approx(copy, rel=0.01)]


def test_the_whole_frame_comes_back_though_all_large_faces_are_seen(finder):
    read(finder, [student()] * (WHOLE_AFTER_SMALL + 1))
    whole = finder.looks[0]
    assert [look == whole for look in finder.looks] == [
        True,
        *[False] * (WHOLE_AFTER_SMALL - 1),
        True,
    ]


def test_a_face_that_is_gone_is_gone_at_once_and_looked_for_in_the_whole_frame(finder):
    found = read(finder, [student(), grey(640, 360), grey(640, 360), student()])
    assert [len(faces) for faces in found] == [1, 0, 0, 1]
    assert finder.looks[2] == finder.looks[3] == finder.looks[4] == finder.looks[0]


def test_a_second_large_face_is_seen_at_once(finder):
    both = np.full((360, 640, 3), 90, np.uint8)
    both[:320, :320] = both[:320, 320:] = astronaut()[:320, 60:380]
    alone = both.copy()
    alone[:, 320:] = 90
    found = read(finder, [alone, both, both])
    assert [len(faces) for faces in found] == [1, 2, 2]
    assert finder.looks[3] * 4 <= finder.looks[0], "after that on a small copy again"


def test_a_window_that_goes_from_one_speaker_to_all_is_counted_whole_at_once(finder):
    large = cv2.resize(astronaut()[:320, 60:380], (360, 360))
    everybody = window()
    everybody[:360, :360] = everybody[:360, 400:760] = large
    speaker = np.full_like(everybody, 90)
    speaker[:360, :360] = large
    one, all_of_them = read(finder, [speaker, everybody])
    assert len(one) == 1
    assert len(all_of_them) == len(finder.find(everybody)) > 10


def test_frames_of_another_size_start_anew(finder):
    small = cv2.resize(student(), (320, 180), interpolation=cv2.INTER_AREA)
    found = read(finder, [student(), small, student()])
    assert [len(faces) for faces in found] == [1, 1, 1]
    assert finder.looks[2] == finder.looks[0]


def test_a_window_in_which_nothing_changed_is_not_looked_at_again(finder):
    first, second = read(finder, [window(), window()])
    assert len(first) == ROWS * COLUMNS
    assert len(finder.looks) == 1
    assert np.array_equal(first.boxes, second.boxes)


def test_only_the_tile_that_changed_is_looked_at(finder):
    changed = window()
    tile = tile_of(changed, 7)
    tile[:] = np.roll(tile, (10, 24), axis=(0, 1))
    first, second = read(finder, [window(), changed])
    assert len(first) == len(second) == ROWS * COLUMNS
    assert len(finder.looks) == 2
    assert finder.looks[1] * 8 < finder.looks[0]
    whole = finder.find(changed)
    assert overlap(whole.boxes, second.boxes).max(1).min() > 0.6


def test_a_camera_switched_off_is_not_counted_any_more(finder):
    changed = window()
    tile_of(changed, 19)[:] = 40
    first, second = read(finder, [window(), changed])
    assert len(first) - len(second) == 1


def test_whoever_joins_a_window_is_counted_after_a_few_frames_at_most(finder):
    before = window()
    tile_of(before, 3)[:] = 40
    found = read(finder, [before, *[window()] * WHOLE_AFTER_AROUND])
    assert len(found[0]) == ROWS * COLUMNS - 1
    assert len(found[-1]) == ROWS * COLUMNS


def test_another_layout_is_looked_at_as_a_whole(finder):
    found = read(finder, [window(), gallery(5, 6)])
    assert [len(faces) for faces in found] == [20, 30]
    assert finder.looks[-1] == finder.looks[0]


def test_faces_come_best_first_with_landmarks_where_they_are(finder):
    changed = window()
    for number in (2, 11):
        tile = tile_of(changed, number)
        tile[:] = np.roll(tile, (8, 40), axis=(0, 1))
    _, faces = read(finder, [window(), changed])
    assert (np.diff(faces.scores) <= 0).all()
    whole = finder.find(changed)
    nearest = overlap(faces.boxes, whole.boxes).argmax(1)
    assert np.abs(faces.landmarks - whole.landmarks[nearest]).max() < 8


def test_faces_over_the_edge_of_the_frame_are_looked_around_too(finder):
    cut = window()[45:, 45:]  # the first row's and column's heads reach the edge
    moved = cut.copy()
    moved[:, :-12] = cut[:, 12:]
    _, second = read(finder, [cut, moved])
    assert [look < finder.looks[0] for look in finder.looks[1:]] == [True]
    assert len(second) == len(whole := finder.find(moved))
    assert overlap(whole.boxes, second.boxes).max(1).min() > 0.6


def test_an_empty_frame_says_nothing_of_the_next(finder):
    found = read(finder, [grey(640, 360), student()])
    assert [len(faces) for faces in found] == [0, 1]
