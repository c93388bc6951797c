"""What was marked, what is loaded, and what comes next: the lists under the charts.

The scripts `assets/markers.js` and `assets/outline.js` know each row by its `data-` attributes.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from dash import html

from dashboard.plain import write_plain
from dashboard.viewer import Viewer
from dashboard.views.moment import transcript_box
from dashboard.views.notes import notes_box
from dashboard.views.words import aria, data
from dashboard.vocabulary import kind_names, profile_title
from server.languages import gettext, ngettext
from server.schemas import EngagementProfile, Marker, MarkerKind, OutlineEntry, Session


def moments_section() -> html.Section:
    """Return both lists, without their rows."""
    load = html.Button(
        gettext("Load slides or chapters"), id="outline-ask", className="button",
        **_opens("outline"),
    )  # fmt: skip
    return html.Section(
        [
            notes_box(),
            html.Div(
                [html.H2(gettext("Markers"), className="list-title"), html.Div(id="marker-list")]
            ),
            html.Div(
                [
                    html.Div(
                        [html.H2(gettext("Slides and chapters"), className="list-title"), load],
                        className="list-head",
                    ),
                    html.Div(id="outline-list"),
                    transcript_box(),
                ]
            ),
            html.Div(id="profile-now", hidden=True),
        ],
        className="moments",
        **aria(label=gettext("Moments of the lesson")),
    )


def marker_list(markers: Sequence[Marker], viewer: Viewer, *, ended: bool = False) -> str:
    """Write the markers, newest first, each with what can be done to it."""
    if not markers:
        told = gettext("Nothing is marked yet. Press m, or q for a question.")
        told = gettext("Nothing was marked.") if ended else told
        return write_plain(html.P(told, className="nothing"))
    rows = [_marker(each, viewer) for each in reversed(markers)]
    return write_plain(html.Ol(rows, className="rows"))


def outline_list(
    entries: Sequence[OutlineEntry], current: int | None, *, ended: bool = False
) -> list[Any]:
    """Return the slides and chapters with their times; the one of now is marked."""
    if not entries:
        told = gettext("None are loaded. With them, the key n marks each one as it begins.")
        if ended:
            told = gettext("None are loaded. With them, the report tells each one by itself.")
        return [html.P(told, className="nothing")]
    remove = html.Button(gettext("Remove all"), id="outline-remove", className="button quiet")
    rows = [_entry(each, is_now=each.position == current) for each in entries]
    return [html.Ol(rows, className="rows entries"), remove]


def outline_words(entries: Sequence[OutlineEntry], session: Session, viewer: Viewer) -> list[Any]:
    """Say how many are loaded, and for which time of the lesson."""
    if not entries:
        return []
    number, timed = len(entries), [e.begins_s for e in entries if e.begins_s is not None]
    if not timed:
        told = ngettext("{n} entry, without a time yet", "{n} entries, without times yet", number)
    elif len(timed) < number:
        told = ngettext(
            "{n} entry, {start} to {end}; {rest} without a time yet",
            "{n} entries, {start} to {end}; {rest} without a time yet",
            number,
        )
    else:
        told = ngettext("{n} entry, {start} to {end}", "{n} entries, {start} to {end}", number)
    first, last = (
        viewer.tell_time(session.started_at + timedelta(seconds=at), "%H:%M:%S")
        for at in (min(timed, default=0.0), max(timed, default=0.0))
    )
    words = told.format(n=number, start=first, end=last, rest=number - len(timed))
    return [html.P(words, className="nothing")]


def next_button(entries: Sequence[OutlineEntry]) -> list[html.Button]:
    """Return the button that begins the entry after the one begun last, where there is one.

    A plan that the lesson has overtaken, or is ahead of, does not move it.
    """
    begun = _latest([e for e in entries if e.begun])
    following = next((e for e in entries if e.position > (begun or 0)), None)
    if following is None:
        return []
    words = gettext("Next: {title}").format(title=following.title)
    return [
        html.Button(
            [html.Span(words, className="next-title"), _key("n")],
            id="next-ask",
            className="button",
            **data(next=following.position, title=following.title),
        )
    ]


def profile_note(profile: EngagementProfile) -> html.Span:
    """Return the profile for `assets/profile.js`, which fills the dialog from it."""
    told = {**profile.model_dump(mode="json"), "title": profile_title(profile)}
    return html.Span(**data(profile=json.dumps(told)))


def current_position(
    entries: Sequence[OutlineEntry], session: Session, now: datetime
) -> int | None:
    """Return the position of the entry that has begun last, by the server's own time.

    What the teacher begins counts; until then the times of the file do.
    """
    reached = (min(now, session.ended_at or now) - session.started_at) / timedelta(seconds=1)
    told = [e for e in entries if e.begins_s is not None and e.begins_s <= reached]
    return _latest([e for e in told if e.begun] or told)


def tools_bar() -> html.Div:
    """Return what a teacher does in passing: each with its key."""
    return html.Div(
        [
            html.Button([gettext("Mark"), _key("m")], id="mark-ask", className="button"),
            html.Button([gettext("Question"), _key("q")], id="question-ask", className="button"),
            html.Button([gettext("Note"), _key("Shift n")], id="note-tool", className="button"),
            html.Span(id="next-box"),
            html.Button(gettext("Engagement profile"), id="profile-ask", className="button quiet",
                        **_opens("profile")),
            html.Button([gettext("Keys and settings"), _key("?")], id="keys-ask",
                        className="button quiet", **_opens("keys")),
        ],
        className="tools",
        role="group",
        **aria(label=gettext("Mark what happens")),
    )  # fmt: skip


def _latest(entries: Sequence[OutlineEntry]) -> int | None:
    latest = max(entries, key=lambda e: (e.begins_s or 0.0, e.position), default=None)
    return latest.position if latest else None


def _marker(marker: Marker, viewer: Viewer) -> html.Li:
    at = viewer.tell_time(marker.at, "%H:%M:%S")
    told = {"marker": marker.marker_id, "words": marker.label, "kind": marker.kind.value,
            "at": marker.at.isoformat()}  # fmt: skip
    return html.Li(
        [
            html.Time(at, dateTime=marker.at.isoformat()),
            html.Span([marker.label, *_kind(marker.kind, marker.label)], className="what"),
            html.Button(
                gettext("Edit"), className="button quiet", **data(does="edit", **told),
                **aria(label=gettext("Edit the marker “{words}”").format(words=marker.label)),
            ),
            html.Button(
                gettext("Delete"), className="button quiet", **data(does="delete", **told),
                **aria(label=gettext("Delete the marker “{words}”").format(words=marker.label)),
            ),
        ],
        **data(key=marker.marker_id),
    )  # fmt: skip


def _kind(kind: MarkerKind, words: str) -> list[html.Small]:
    said = "" if kind is MarkerKind.MARKER else kind_names()[kind]
    return [html.Small(said)] if said and said != words else []


def _entry(entry: OutlineEntry, *, is_now: bool) -> html.Li:
    begins = "–" if entry.begins_s is None else _tell_seconds(entry.begins_s)
    marked = {**aria(current="step"), "className": "current"} if is_now else {}
    return html.Li(
        [
            html.Span(str(entry.position), className="position"),
            html.Span(entry.title, className="what"),
            html.Span(begins, className="begins"),
        ],
        **marked,
        **data(key=entry.position),
    )


def _tell_seconds(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _key(letter: str) -> html.Kbd:
    return html.Kbd(letter, **aria(hidden="true"))


def _opens(dialog: str) -> dict[str, Any]:
    return data(opens=f"{dialog}-dialog")
