"""Who is looking: what one browser's request tells about itself. Nothing of it is kept.

The token is in an HttpOnly cookie that only `dashboard.gate` sets. The zone is in a cookie that
`assets/viewer.js` sets, because only the browser knows it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from babel.dates import format_date

from server.languages import ENGLISH, LANGUAGE_COOKIE, choose_language

TOKEN_COOKIE = "roomtone_teacher"  # noqa: S105  the cookie's name, not its content
ZONE_COOKIE = "roomtone_zone"


@dataclass(frozen=True)
class Viewer:
    """The teacher's browser.

    token: for the API; zone: for every time on screen; language: of every word, a code of
    `server.languages.LANGUAGES`.
    """

    token: str = field(repr=False)
    zone: tzinfo = UTC
    language: str = ENGLISH

    @property
    def zone_name(self) -> str | None:
        """The zone as IANA calls it, None where it is not known."""
        return self.zone.key if isinstance(self.zone, ZoneInfo) else None

    def tell_date(self, at: datetime) -> str:
        """Write a day in the viewer's zone and language: 2 March 2026."""
        written = "en_GB" if self.language == ENGLISH else self.language
        return format_date(at.astimezone(self.zone), "long", locale=written)

    def tell_time(self, at: datetime, pattern: str = "%H:%M") -> str:
        """Write a time in the viewer's zone; says UTC where the zone is not known."""
        written = at.astimezone(self.zone).strftime(pattern)
        return f"{written} UTC" if self.zone is UTC else written


def read_viewer(cookies: Mapping[str, str], accepted_language: str | None = None) -> Viewer:
    """Read the viewer from a request's cookies, and the language else from what it accepts."""
    return Viewer(
        token=cookies.get(TOKEN_COOKIE, ""),
        zone=parse_zone(unquote(cookies.get(ZONE_COOKIE, ""))),
        language=choose_language(cookies.get(LANGUAGE_COOKIE), accepted_language),
    )


def parse_zone(name: str) -> tzinfo:
    """Return the time zone with an IANA name (`Europe/Zurich`), or UTC for any other text."""
    try:
        return ZoneInfo(name) if name else UTC
    except (LookupError, ValueError, OSError):
        return UTC
