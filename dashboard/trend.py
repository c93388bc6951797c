"""A share over the weeks of a course: each lesson with its interval, and the line through them.

Pure: an SVG picture as a `data:` address. Greys that hold on light and on dark; words stand in the
page around it.
"""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from dashboard.palette import COLOURS
from model.emotions import Emotion
from server.schemas import ComparedSession, Difference

WIDTH, HEIGHT = 900.0, 220.0
_EDGE = 12.0
_GREY = "#8a8a8a"


def draw_trend(
    sessions: Sequence[ComparedSession], emotion: Emotion, change: Difference, top: float
) -> str:
    """Draw one emotion's shares by the moment of each lesson; `top`: share at the upper edge."""
    told = [(s.started_at, s.whole.shares[emotion]) for s in sessions if s.whole.shares]
    first, last = told[0][0], told[-1][0]

    def x(at: datetime) -> float:
        part = (at - first) / (last - first) if last > first else 0.5
        return _EDGE + part * (WIDTH - 2 * _EDGE)

    def y(share: float) -> float:
        return HEIGHT - min(share / top, 1.0) * HEIGHT

    lines = [
        f"<path d='M{x(at):.1f} {y(s.low):.1f}V{y(s.high):.1f}' stroke='{_GREY}' stroke-width='2'/>"
        f"<circle cx='{x(at):.1f}' cy='{y(s.share):.1f}' r='5' fill='{COLOURS[emotion]}' "
        f"stroke='{_GREY}'/>"
        for at, s in told
    ]
    left, right = _line_ends([(at.timestamp(), s.share) for at, s in told], change.size)
    line = (
        f"<path d='M{x(first):.1f} {y(left):.1f}L{x(last):.1f} {y(right):.1f}' "
        f"stroke='{_GREY}' stroke-width='3' stroke-dasharray='9 6'/>"
    )
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH:.0f} {HEIGHT:.0f}'>"
        f"{line}{''.join(lines)}</svg>"
    )
    return "data:image/svg+xml," + quote(svg, safe=" ='/:;,()-.")


def choose_top(sessions: Sequence[ComparedSession], emotion: Emotion) -> float:
    """Return the share at the upper edge of the picture: a round one above all intervals."""
    highest = max((s.whole.shares[emotion].high for s in sessions if s.whole.shares), default=1.0)
    return next((top for top in (0.1, 0.2, 0.3, 0.4, 0.5, 0.75) if highest <= top), 1.0)


def _line_ends(told: Sequence[tuple[float, float]], size: float) -> tuple[float, float]:
    """Return the line's first and last height; it goes through the mean of all points."""
    first, last = told[0][0], told[-1][0]
    mean_at = sum(at for at, _ in told) / len(told)
    mean = sum(share for _, share in told) / len(told)
    left = mean - size * (mean_at - first) / (last - first)
    return max(left, 0.0), max(left + size, 0.0)
