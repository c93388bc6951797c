"""What a source's last frame showed, so that its faces are found sooner in the next one.

A student's face fills much of a webcam's frame, so a small copy of the frame is enough to find it
again. In a meeting's window faces are small but sit still, so only what changed is looked at anew.
A whole look at the usual scale comes back every few frames, and whenever a face is missed. A
webcam's first frame is looked at as if it showed one large face, and whole unless it does.

Kept in memory between two frames of one source only, as numbers: boxes, landmarks, scores, and for
each of 8x8 patches of a face one bit, whether it is lighter than half of them. No pixel of a
frame is kept, and nobody can be told from 64 such bits.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from model.faces import Faces, Floats, join_faces, overlap
from model.finders import FaceFinder
from model.finders.centerface import STRIDE
from model.frames import Picture, resize_picture
from model.light_patches import find_light_patches

WHOLE_AFTER_SMALL, WHOLE_AFTER_AROUND = 8, 5
"""Frames from one whole look at the usual scale to the next, where the others are seen on a small
copy (which misses only newcomers much smaller than those known), and where they are looked around
(which misses all newcomers)."""

SMALLEST_SHRINK, LARGEST_SHRINK = 0.25, 0.5
"""Of the usual scale: the quick look at a frame whose faces are all large."""

HOLDS = 0.8
"""Share of a face's patches that are as they were, from which on it still sits where it was.

`python -m tests.bench.following` measures what it costs: at a place that holds, the old box is as
good as a new one."""

SAME_FACE = 0.3
"""Intersection over union from which on two boxes are of the same face."""

AROUND = 1.8
"""Side of the square that is looked at around a face that changed, in sides of its box."""

STRAYED = 0.33
"""How far from the middle of that square a face may be, in its sides, to be taken as the same."""

LEAST_SHRINK = 0.5
"""Of the usual scale, at least, for these squares; small faces need all of it."""

MOST_AROUND = 0.5
"""Looking around changed faces pays while their squares have less than this of the frame's area."""

MOST_MISSED = 0.05
"""Share of the last faces that may be gone before the whole frame is looked at."""

NEWCOMER_PIXELS = 640 * 480
"""A source's first frame of no more pixels is a webcam's, and mostly of one large face."""


@dataclass(frozen=True, eq=False)
class LastSeen:
    """The faces of a source's last frame, in its pixels.

    patches: `(n, 64) bool`, which of 8x8 patches of each face were lighter than half of them when
    it was last found, or None where all faces are large: then nothing asks for them; looks: frames
    since the last whole look at the usual scale.
    """

    width: int
    height: int
    faces: Faces
    patches: NDArray[np.bool_] | None
    looks: int = 0


NOTHING_KNOWN = LastSeen(
    0,
    0,
    Faces(np.zeros((0, 4), np.float32), np.zeros((0, 5, 2), np.float32), np.zeros(0, np.float32)),
    None,
)
"""Of a source that has sent frames before, of which nothing is known any more."""


def find_faces(
    finder: FaceFinder, picture: Picture, last: LastSeen | None, *, more_follow: bool = False
) -> tuple[Faces, LastSeen]:
    """Find all faces of `(height, width, 3) uint8` BGR, sooner where the last frame helps.

    Best first, in pixels of the frame. Returns also what the next frame of this source is to be
    given. With no `last`, or one of another size, the whole frame is looked at; only where
    `more_follow` may a webcam's single large face stand for all there is, until the next frame.
    """
    height, width = picture.shape[:2]
    seen = None
    if last is None:
        seen = _look_at_newcomer(finder, picture) if more_follow else None
    elif (last.width, last.height) == (width, height):
        seen = _look_quickly(finder, picture, last)
    if seen is None:
        seen = _remember(finder, picture, finder.find(picture))
    return seen.faces, seen


def _remember(finder: FaceFinder, picture: Picture, faces: Faces, looks: int = 0) -> LastSeen:
    """Keep what the next frame needs of faces that were all found in this one."""
    height, width = picture.shape[:2]
    large = _choose_small_scale(finder, width, height, faces) is not None
    patches = None if large else find_light_patches(picture, faces.boxes)
    return LastSeen(width, height, faces, patches, looks)


def _look_at_newcomer(finder: FaceFinder, picture: Picture) -> LastSeen | None:
    """Look at a small copy of a source's first frame; None unless it shows one large face.

    There may be smaller ones beside it, so the source's next frame is looked at whole. Frames that
    are looked at in their own size are left alone: their faces are small.
    """
    height, width = picture.shape[:2]
    usual = finder.usual_scale(width, height)
    if usual >= 1 or width * height > NEWCOMER_PIXELS:
        return None
    faces = finder.find(picture, scale=usual * LARGEST_SHRINK)
    if len(faces) != 1 or _choose_small_scale(finder, width, height, faces) is None:
        return None
    return _remember(finder, picture, faces, looks=WHOLE_AFTER_SMALL - 1)


def _choose_small_scale(finder: FaceFinder, width: int, height: int, faces: Faces) -> float | None:
    """Return the scale of the smallest copy that shows all faces; None where some are small."""
    usual = finder.usual_scale(width, height)
    sides = (max(across, down) for *_, across, down in faces.boxes.tolist())
    smallest = min(sides, default=math.inf)
    if smallest * usual * LARGEST_SHRINK < finder.smallest:
        return None
    least = max(finder.smallest / smallest, usual * SMALLEST_SHRINK)
    # The finder pads both sides: what would be padding shows the faces a little larger.
    free = min(math.ceil(side * least / STRIDE) * STRIDE / side for side in (width, height))
    return min(free, usual * LARGEST_SHRINK)


def _look_quickly(finder: FaceFinder, picture: Picture, last: LastSeen) -> LastSeen | None:
    """Find the faces again without a whole look; None where one is due or a face is missed."""
    if not len(last.faces):
        return None
    scale = _choose_small_scale(finder, last.width, last.height, last.faces)
    if scale is not None:
        due = last.looks + 1 >= WHOLE_AFTER_SMALL
        return None if due else _look_at_small(finder, picture, last, scale)
    if last.patches is None or last.looks + 1 >= WHOLE_AFTER_AROUND:
        return None
    return _look_around(finder, picture, last, last.patches)


def _look_at_small(
    finder: FaceFinder, picture: Picture, last: LastSeen, scale: float
) -> LastSeen | None:
    """Look at a small copy of the frame; None where it is not as many faces as before.

    Where one more is seen, smaller ones that are not may have come with it: a meeting's window goes
    from one speaker to all who are there.
    """
    faces = finder.find(picture, scale=scale)
    if len(faces) != len(last.faces):
        return None
    return _remember(finder, picture, faces, last.looks + 1)


def _look_around(
    finder: FaceFinder, picture: Picture, last: LastSeen, before: NDArray[np.bool_]
) -> LastSeen | None:
    """Keep faces that sit where they were, with the patches of before; look around the others."""
    usual = finder.usual_scale(last.width, last.height)
    alike = (find_light_patches(picture, last.faces.boxes) == before).mean(1)
    holds = alike >= HOLDS
    stayed = last.faces.take(holds)
    if holds.all():
        return replace(last, looks=last.looks + 1)
    squares = _squares_around(last.faces.boxes[~holds])
    sides = squares[:, 2] / AROUND * usual
    scale = usual * float(np.clip(finder.smallest / sides.min(), LEAST_SHRINK, 1))
    if (squares[:, 2] ** 2).sum() * scale**2 > MOST_AROUND * last.width * last.height * usual**2:
        return None
    found = _find_in_squares(finder, picture, squares, scale)
    if len(found) and len(stayed):
        found = found.take(overlap(found.boxes, stayed.boxes).max(1) < SAME_FACE)
    patches = np.concatenate([before[holds], find_light_patches(picture, found.boxes)])
    every = join_faces([stayed, found])
    if len(every) < (1 - MOST_MISSED) * len(last.faces):
        return None
    order = np.argsort(-np.concatenate([stayed.scores, found.scores]), kind="stable")
    return replace(last, faces=every, patches=patches[order], looks=last.looks + 1)


def _squares_around(boxes: Floats) -> Floats:
    """Return the square around each box: `(n, 3) float32`, x, y of its middle and its side."""
    sides = AROUND * boxes[:, 2:].max(1, keepdims=True)
    return np.concatenate([boxes[:, :2] + boxes[:, 2:] / 2, sides], 1)


def _find_in_squares(finder: FaceFinder, picture: Picture, squares: Floats, scale: float) -> Faces:
    """Look at all squares in one run, put side by side, and return one face for each at most."""
    tile = max(math.ceil(float(squares[:, 2].max()) * scale), 2)
    columns = math.ceil(math.sqrt(len(squares)))
    rows = math.ceil(len(squares) / columns)
    sheet = np.zeros((rows * tile, columns * tile, 3), np.uint8)
    corners = np.rint(squares[:, :2] - tile / scale / 2).astype(int)
    for number, (left, top) in enumerate(corners.tolist()):
        row, column = divmod(number, columns)
        piece = resize_picture(_cut(picture, left, top, round(tile / scale)), scale)[:tile, :tile]
        at = row * tile, column * tile
        sheet[at[0] : at[0] + piece.shape[0], at[1] : at[1] + piece.shape[1]] = piece
    found = finder.find(sheet, scale=1.0)
    if not len(found):
        return found
    middles = found.boxes[:, :2] + found.boxes[:, 2:] / 2
    cells = np.floor(middles / tile).astype(int)
    inside = ((cells >= 0) & (cells < [columns, rows])).all(1)
    numbers = np.where(inside, cells[:, 1] * columns + cells[:, 0], len(squares))
    strayed = np.abs(middles / tile - cells - 0.5).max(1)
    right = (numbers < len(squares)) & (strayed <= STRAYED)
    _, first = np.unique(numbers[right], return_index=True)  # found comes best first
    chosen = np.sort(np.flatnonzero(right)[first])
    found, numbers, cells = found.take(chosen), numbers[chosen], cells[chosen]
    shift = (corners[numbers] - cells * tile / scale).astype(np.float32)
    boxes = found.boxes / np.float32(scale)
    boxes[:, :2] += shift
    landmarks = found.landmarks / np.float32(scale) + shift[:, None]
    return Faces(boxes, landmarks, found.scores)


def _cut(picture: Picture, left: int, top: int, side: int) -> Picture:
    """Cut a square; what lies beyond the frame's edge is black."""
    inside = picture[max(top, 0) : max(top + side, 0), max(left, 0) : max(left + side, 0)]
    if inside.shape[:2] == (side, side):
        return inside
    square = np.zeros((side, side, 3), np.uint8)
    down, across = max(-top, 0), max(-left, 0)
    square[down : down + inside.shape[0], across : across + inside.shape[1]] = inside
    return square
