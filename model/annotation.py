"""Draws on a picture what was read of it: each face's box, its emotion, how sure the network is.

Colours are the emotions' own everywhere (`model.palette`), on a dark edge so that they hold on
light and dark pictures. Pure.
"""

import cv2
import numpy as np

from model.emotions import Emotion
from model.frames import Picture
from model.palette import COLOURS
from model.pipeline import FrameReading

DARK = (24, 24, 24)
LIGHT = (255, 255, 255)
FONT = cv2.FONT_HERSHEY_SIMPLEX
LETTERS = 0.018
"""Height of a capital letter, of the picture's height: 13 pixels at 720."""

_UNIT = 22  # height in pixels of the font's capitals at scale 1
_DARK_TEXT_FROM = 110  # luminance of a plate from which dark letters read better


def annotate(picture: Picture, reading: FrameReading) -> Picture:
    """Return a copy of the picture `(height, width, 3) uint8`, BGR, with its faces drawn on it.

    The reading may be of a picture of another size: boxes are scaled to this one. Faces that the
    network is least sure of are drawn first, so that the surest are never hidden.
    """
    drawn = picture.copy()
    scale = np.array([picture.shape[1] / reading.width, picture.shape[0] / reading.height] * 2)
    sureness = reading.probabilities.max(1)
    for at in np.argsort(sureness):
        x, y, width, height = reading.faces.boxes[at] * scale
        box = (round(x), round(y), round(x + width), round(y + height))
        _draw_face(drawn, box, reading.emotions[at], float(sureness[at]))
    return drawn


def _draw_face(
    picture: Picture, box: tuple[int, int, int, int], emotion: Emotion, sureness: float
) -> None:
    colour = read_colour(COLOURS[emotion])
    line = max(round(min(picture.shape[:2]) / 400), 1)
    left, top, right, bottom = box
    cv2.rectangle(picture, (left, top), (right, bottom), DARK, 3 * line, cv2.LINE_AA)
    cv2.rectangle(picture, (left, top), (right, bottom), colour, line, cv2.LINE_AA)
    _draw_plate(picture, f"{emotion} {100 * sureness:.0f} %", box, colour)


def _draw_plate(
    picture: Picture,
    text: str,
    box: tuple[int, int, int, int],
    colour: tuple[int, int, int],
) -> None:
    """Write on a plate above the box, or below it where there is no room, inside the picture."""
    height, width = picture.shape[:2]
    scale = max(LETTERS * min(height, width * 9 / 16), 8) / _UNIT
    bold = max(round(2 * scale), 1)
    (text_width, text_height), below = cv2.getTextSize(text, FONT, scale, bold)
    pad = max(text_height // 4, 2)
    plate_width, plate_height = text_width + 2 * pad, text_height + below // 2 + 2 * pad
    left = max(min(box[0], width - plate_width), 0)
    top = box[1] - plate_height
    if top < 0:
        top = max(min(box[3], height - plate_height), 0)
    corner = (left + plate_width, top + plate_height)
    cv2.rectangle(picture, (left - 1, top - 1), (corner[0] + 1, corner[1] + 1), DARK, -1)
    cv2.rectangle(picture, (left, top), corner, colour, -1)
    ink = DARK if _luminance(colour) >= _DARK_TEXT_FROM else LIGHT
    base = (left + pad, top + pad + text_height)
    cv2.putText(picture, text, base, FONT, scale, ink, bold, cv2.LINE_AA)


def read_colour(code: str) -> tuple[int, int, int]:
    """Return a colour `#RRGGBB` as blue, green, red."""
    red, green, blue = (int(code[at : at + 2], 16) for at in (1, 3, 5))
    return blue, green, red


def _luminance(colour: tuple[int, int, int]) -> float:
    blue, green, red = colour
    return 0.114 * blue + 0.587 * green + 0.299 * red
