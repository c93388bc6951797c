"""Areas filled with a colour and a pattern that is still told apart when printed in grey."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from reportlab.lib.colors import Color, HexColor
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from model.palette import COLOURS, PATTERNS
from server.publishing.geometry import Point
from server.schemas.answer_look import ANSWER_COLOURS, ANSWER_PATTERNS

STEP: Final = 4.6
"""Points between the lines of a pattern."""
_WHITE: Final = Color(1, 1, 1, alpha=0.65)
_LOOKS: Final[dict[str, tuple[str, str]]] = {
    **{str(e): (COLOURS[e], PATTERNS[e]) for e in COLOURS},
    **{str(a): (ANSWER_COLOURS[a], ANSWER_PATTERNS[a]) for a in ANSWER_COLOURS},
}
"""Colour and pattern of each emotion and answer."""

Box = tuple[float, float, float, float]
Place = Callable[[Point], Point]
"""From the square of 1 to points on the sheet."""


def fill(canvas: Canvas, key: str, polygons: Iterable[Sequence[Point]], box: Box) -> None:
    """Fill polygons, in points, as an emotion or answer looks; box: left, bottom, right, top."""
    colour, pattern = _LOOKS[key]
    canvas.saveState()
    canvas.clipPath(trace(canvas, polygons), stroke=0, fill=0)
    left, bottom, right, top = box
    canvas.setFillColor(HexColor(colour))
    canvas.rect(left, bottom, right - left, top - bottom, stroke=0, fill=1)
    _draw(canvas, pattern, box)
    canvas.restoreState()


def fill_box(canvas: Canvas, key: str, box: Box) -> None:
    """Fill a box: a swatch beside a name."""
    left, bottom, right, top = box
    fill(canvas, key, [[(left, bottom), (right, bottom), (right, top), (left, top)]], box)


def hatch(canvas: Canvas, box: Box, colour: str) -> None:
    """Hatch a box in which nothing is told."""
    left, bottom, right, top = box
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(left, bottom, right - left, top - bottom)
    canvas.clipPath(path, stroke=0, fill=0)
    canvas.setStrokeColor(HexColor(colour))
    canvas.setLineWidth(0.5)
    _slant(canvas, box, rising=True)
    canvas.restoreState()


def trace(
    canvas: Canvas, polygons: Iterable[Sequence[Point]], *, closed: bool = True
) -> PDFPathObject:
    """Return a path along points on the sheet."""
    path = canvas.beginPath()
    for polygon in polygons:
        path.moveTo(*polygon[0])
        for point in polygon[1:]:
            path.lineTo(*point)
        if closed:
            path.close()
    return path


def _draw(canvas: Canvas, pattern: str, box: Box) -> None:
    left, bottom, right, top = box
    canvas.setStrokeColor(_WHITE)
    canvas.setFillColor(_WHITE)
    canvas.setLineWidth(0.65)
    if pattern in {"-", "+"}:
        canvas.lines([(left, y, right, y) for y in _steps(bottom, top)])
    if pattern in {"|", "+"}:
        canvas.lines([(x, bottom, x, top) for x in _steps(left, right)])
    if pattern in {"\\", "x"}:
        _slant(canvas, box, rising=False)
    if pattern == "x":
        _slant(canvas, box, rising=True)
    if pattern == ".":
        canvas.setLineWidth(1.1)
        canvas.setLineCap(1)
        canvas.setDash([0, STEP])
        canvas.lines([(left, y, right, y) for y in _steps(bottom, top)])


def _slant(canvas: Canvas, box: Box, *, rising: bool) -> None:
    left, bottom, right, top = box
    tall = top - bottom
    starts = _steps(left - tall, right, STEP * 1.3)
    if rising:
        canvas.lines([(x, bottom, x + tall, top) for x in starts])
    else:
        canvas.lines([(x, top, x + tall, bottom) for x in starts])


def _steps(low: float, high: float, step: float = STEP) -> list[float]:
    """Return round places between two edges, so that patterns of neighbours meet."""
    first = int(low // step) + 1
    return [n * step for n in range(first, int(high // step) + 1)] or [(low + high) / 2]
