"""What one teacher has chosen to look at: which chart, how much of the lesson, table, threshold.

Pure. Everybody with the same view of a session sees the same page, so it is drawn once for all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ALERT_POINTS = 10
MOST_ALERT_POINTS = 100


@dataclass(frozen=True)
class View:
    """A teacher's choices on the live page.

    curves: each emotion with its interval, instead of the river. whole: the whole lesson, instead
    of the last five minutes. twin: the table is open. alert_points: changes smaller than so many
    points of a share are kept quiet.
    """

    curves: bool = False
    whole: bool = False
    twin: bool = False
    alert_points: int = ALERT_POINTS


SHIPPED_VIEW = View()


def read_view(told: Mapping[str, Any] | None) -> View:
    """Read a view from the page's store `view` or an address's query; anything odd is as shipped.

    Keys: `curves`, `whole`, `twin` (true, or "1"), `points` (1 to 100).
    """
    told = told or {}
    curves, whole, twin = (_is_on(told.get(name)) for name in ("curves", "whole", "twin"))
    return View(curves, whole, twin, _read_points(told.get("points")))


def _is_on(value: object) -> bool:
    return value is True or value in ("1", "true")


def _read_points(value: object) -> int:
    try:
        points = int(str(value))
    except ValueError:
        return ALERT_POINTS
    return points if 1 <= points <= MOST_ALERT_POINTS else ALERT_POINTS
