"""How numbers and times are written in a report, in HTML and on paper alike. Pure."""

from datetime import datetime, timedelta
from typing import Final

from babel.dates import format_date
from babel.numbers import format_decimal

from server.languages import gettext, spoken_locale
from server.schemas import Difference, Engagement, Share

THIN: Final = "\u202f"
"""A narrow space that no line breaks at."""
NOTHING: Final = "–"
MINUS: Final = "−"


def write_whole(share: float) -> str:
    """Write a share in whole percent without the sign, halves up: 13."""
    return str(int(share * 100 + 0.5 + 1e-9))


def write_percent(share: float | None) -> str:
    """Write a share: 13 %."""
    return NOTHING if share is None else f"{write_whole(share)}{THIN}%"


def write_interval(told: Share | Engagement | None) -> str:
    """Write the two ends of an interval in percent: 11–16."""
    return NOTHING if told is None else f"{write_whole(told.low)}–{write_whole(told.high)}"


def write_points(size: float) -> str:
    """Write a difference in percentage points with its sign: +18, −4, −0.3, 0.

    What is not nothing is not written as 0, so that an interval that leaves 0 out shows it.
    """
    sign = "+" if size > 0 else MINUS
    points = write_whole(abs(size))
    if points != "0":
        return f"{sign}{points}"
    tenths = round(abs(size) * 100, 1)
    if not tenths:
        return points
    return f"{sign}{format_decimal(tenths, format='0.0', locale=spoken_locale())}"


def write_difference(difference: Difference) -> str:
    """Write a difference with its interval: +18 (+11 to +25)."""
    return gettext("{size} ({low} to {high})").format(
        size=write_points(difference.size),
        low=write_points(difference.low),
        high=write_points(difference.high),
    )


def write_length(seconds: float) -> str:
    """Write how long something lasted: 45 s, 12 min, 1 h 30 min."""
    if seconds < 120:
        return gettext("{seconds} s").format(seconds=round(seconds))
    minutes = round(seconds / 60)
    if minutes < 60:
        return gettext("{minutes} min").format(minutes=minutes)
    hours, rest = divmod(minutes, 60)
    if not rest:
        return gettext("{hours} h").format(hours=hours)
    return gettext("{hours} h {minutes} min").format(hours=hours, minutes=rest)


def write_day(moment: datetime) -> str:
    """Write a day in full, as the language does."""
    return str(format_date(moment.date(), "full", locale=spoken_locale()))


def write_clock(moment: datetime, *, seconds: bool = False) -> str:
    """Write a time of the day."""
    return f"{moment:%H:%M:%S}" if seconds else f"{moment:%H:%M}"


def write_zone(moment: datetime) -> str:
    """Write how far a moment's clock is from UTC: UTC, UTC+1, UTC−3:30."""
    offset = moment.utcoffset() or timedelta(0)
    minutes = round(offset.total_seconds() / 60)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    sign = "+" if minutes > 0 else MINUS
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")
