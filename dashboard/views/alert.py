"""The quiet box that says what changed. No colour of alarm, no sound; gone when it was seen.

`assets/alert.js` keeps a box away whose changes were all seen already.
"""

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard.alert import Change
from dashboard.viewer import Viewer
from dashboard.vocabulary import changes_down, changes_up
from model.emotions import Emotion
from server.languages import gettext
from server.schemas import SelfReportAnswer

MOST_NAMED = 4
MOST_OF_A_KIND = 2
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
    for change in _most_telling(changes):
        by_time.setdefault(viewer.tell_time(change.since), []).append(change)
    return " ".join(_say(at, together) for at, together in by_time.items())


def _say(at: str, changes: Sequence[Change]) -> str:
    up, down = changes_up(), changes_down()
    phrases = gettext(", ").join((up if c.up else down)[c.what] for c in changes)
    return gettext("{changes} since {time}, beyond noise.").format(
        changes=phrases[0].upper() + phrases[1:], time=at
    )


def _most_telling(changes: Sequence[Change]) -> list[Change]:
    """Return expressions first, then coverage, answers, engagement; the largest of each.

    What leaves neutral goes to something else, so neutral is named only when it is alone.
    """
    faces = [c for c in changes if c.what in set(Emotion)]
    telling = [c for c in faces if c.what != Emotion.NEUTRAL] or faces
    answers = [c for c in changes if c.what in set(SelfReportAnswer)]
    rest = {c.what: c for c in changes if c.what in ("coverage", "engagement")}
    chosen = [*telling[:MOST_OF_A_KIND], *answers[:MOST_OF_A_KIND]]
    if "coverage" in rest:
        chosen.insert(len(telling[:MOST_OF_A_KIND]), rest["coverage"])
    if "engagement" in rest:
        chosen.append(rest["engagement"])
    return sorted(chosen[:MOST_NAMED], key=lambda change: change.since.replace(second=0))
