"""Shares as coloured bands beside each other: small pictures of a whole lesson, or of its parts.

Pure: shares in, an SVG picture as a `data:` address out. Fifty of them stand on a page at once, so
they are pictures and not charts. Nothing in them depends on light or dark but the emotions' own
colours, each with its pattern; words and axes stand in the page around them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from dashboard.palette import COLOURS, PATTERNS, TOP_TO_BOTTOM
from model.emotions import Emotion
from server.schemas import Share

WIDTH, HEIGHT, BAR_HEIGHT = 900, 60, 32
"""Units of a picture, stretched to the room it is given; on a wide screen about pixels."""

TOUCHING = 1e-9

_TILE = 7
_STROKES: Mapping[str, str] = {
    ".": "<circle cx='3.5' cy='3.5' r='1.1' fill='#fff'/>",
    "-": "<path d='M0 3.5H7' stroke='#fff'/>",
    "|": "<path d='M3.5 0V7' stroke='#fff'/>",
    "\\": "<path d='M0 0L7 7' stroke='#fff'/>",
    "x": "<path d='M0 0L7 7M7 0L0 7' stroke='#fff'/>",
    "+": "<path d='M0 3.5H7M3.5 0V7' stroke='#fff'/>",
}
_SAFE = " ='/:;,()!*+-.{}"


@dataclass(frozen=True)
class Column:
    """Shares from one place to another, 0 to 1 of the whole width."""

    begin: float
    end: float
    shares: Mapping[Emotion, Share]


def draw_columns(columns: Sequence[Column]) -> str:
    """Draw shares stacked in upright columns, from left to right, with nothing in the gaps."""
    bands: dict[Emotion, list[str]] = {emotion: [] for emotion in TOP_TO_BOTTOM}
    for same in _alike(columns):
        left, right = WIDTH * same[0].begin, WIDTH * same[-1].end
        floor = float(HEIGHT)
        for emotion in reversed(TOP_TO_BOTTOM):
            top = floor - HEIGHT * same[0].shares[emotion].share
            if floor - top > 0.01:
                bands[emotion].append(f"M{left:.1f} {floor:.1f}V{top:.1f}H{right:.1f}V{floor:.1f}Z")
            floor = top
    return _write(bands)


def draw_bar(shares: Mapping[Emotion, Share]) -> str:
    """Draw shares as one level bar, from the upper one on screen to the lowest."""
    bands: dict[Emotion, list[str]] = {emotion: [] for emotion in TOP_TO_BOTTOM}
    left = 0.0
    for emotion in TOP_TO_BOTTOM:
        right = left + WIDTH * shares[emotion].share
        if right - left > 0.01:
            bands[emotion].append(f"M{left:.1f} 0H{right:.1f}V{BAR_HEIGHT}H{left:.1f}Z")
        left = right
    return _write(bands, f"0 0 {WIDTH} {BAR_HEIGHT}")


def draw_swatch(emotion: Emotion) -> str:
    """Draw the colour and pattern of one emotion."""
    return _write({emotion: ["M0 0H14V14H0Z"]}, "0 0 14 14")


def _alike(columns: Sequence[Column]) -> list[list[Column]]:
    """Return neighbours that touch and show the same, together."""
    runs: list[list[Column]] = []
    for column in columns:
        last = runs[-1][-1] if runs else None
        if last and last.shares == column.shares and abs(last.end - column.begin) < TOUCHING:
            runs[-1].append(column)
        else:
            runs.append([column])
    return runs


def _write(bands: Mapping[Emotion, Sequence[str]], box: str = f"0 0 {WIDTH} {HEIGHT}") -> str:
    drawn = {emotion: paths for emotion, paths in bands.items() if paths}
    patterns = "".join(_pattern(emotion) for emotion in drawn)
    paths = "".join(
        f"<path d='{''.join(p)}' fill='url(#{e})' shape-rendering='crispEdges'/>"
        for e, p in drawn.items()
    )
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='{box}' preserveAspectRatio='none'>"
        f"<defs>{patterns}</defs>{paths}</svg>"
    )
    return "data:image/svg+xml," + quote(svg, safe=_SAFE)


def _pattern(emotion: Emotion) -> str:
    return (
        f"<pattern id='{emotion}' width='{_TILE}' height='{_TILE}' "
        f"patternUnits='userSpaceOnUse'><path d='M0 0H{_TILE}V{_TILE}H0Z' "
        f"fill='{COLOURS[emotion]}'/><g opacity='.5'>"
        f"{_STROKES.get(PATTERNS[emotion], '')}</g></pattern>"
    )
