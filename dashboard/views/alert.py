"""The quiet box that says what changed. No colour of alarm, no sound; gone when it was seen.

`assets/alert.js` keeps a box away whose changes were all seen already.
"""

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard.alert import Change
from dashboard.viewer import Viewer
from dashboard.vocabulary import changes_down, changes_up
from server.languages import gettext

MOST_NAMED = 3
"""A sentence with more changes than these is not read at a glance; the largest are named."""


def alert_box(changes: Sequence[Change], viewer: Viewer) -> list[Any]:
    """Return the box, or nothing. The names of the changes travel in `data-changes`."""
    if not changes:
        return []
    told: dict[str, Any] = {"data-changes": " ".join(change.name for change in changes)}
    return [
        html.Div(
            [
                html.P(say_changes(changes, viewer)),
                html.Button(gettext("Seen"), className="button", id="alert-seen"),
            ],
            className="alert",
            **told,
        )
    ]


def say_changes(changes: Sequence[Change], viewer: Viewer) -> str:
    """Say what changed and since when, one sentence for each minute in which something began."""
    by_time: dict[str, list[Change]] = {}
    for change in sorted(changes[:MOST_NAMED], key=lambda c: c.since):
        by_time.setdefault(viewer.tell_time(change.since), []).append(change)
    return " ".join(_say(at, together) for at, together in by_time.items())


def _say(at: str, changes: Sequence[Change]) -> str:
    up, down = changes_up(), changes_down()
    largest = sorted(changes, key=lambda change: -change.size)
    phrases = gettext(", ").join((up if c.up else down)[c.what] for c in largest)
    return gettext("{changes} since {time}, beyond noise.").format(
        changes=phrases[0].upper() + phrases[1:], time=at
    )
