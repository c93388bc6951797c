"""The teacher's notes, by time, each with what can be done to it.

The script `assets/notes.js` knows each row by its `data-` attributes.
"""

from collections.abc import Sequence

from dash import html

from dashboard.plain import write_plain
from dashboard.viewer import Viewer
from dashboard.views.words import aria, data
from server.languages import gettext
from server.schemas import Marker


def notes_box() -> html.Div:
    """Return the list without its rows, with the button that adds one."""
    add = html.Button(
        [gettext("Add a note"), html.Kbd("Shift n", **aria(hidden="true"))],
        id="note-ask",
        className="button",
    )
    return html.Div(
        [
            html.Div(
                [html.H2(gettext("Notes"), className="list-title"), add], className="list-head"
            ),
            html.Div(id="note-list"),
        ],
        className="notes",
    )


def note_list(notes: Sequence[Marker], viewer: Viewer) -> str:
    """Write the notes, markers of that kind, by time."""
    if not notes:
        told = gettext("No notes yet. What you write here becomes part of the report.")
        return write_plain(html.P(told, className="nothing"))
    return write_plain(html.Ol([_note(each, viewer) for each in notes], className="rows"))


def _note(note: Marker, viewer: Viewer) -> html.Li:
    at = viewer.tell_time(note.at, "%H:%M:%S")
    told = {"marker": note.marker_id, "words": note.label, "kind": note.kind.value,
            "at": note.at.isoformat()}  # fmt: skip
    return html.Li(
        [
            html.Time(at, dateTime=note.at.isoformat()),
            html.Span(note.label, className="what"),
            html.Button(
                gettext("Edit"), className="button quiet", **data(does="edit-note", **told),
                **aria(label=gettext("Edit the note of {time}").format(time=at)),
            ),
            html.Button(
                gettext("Delete"), className="button quiet", **data(does="delete", **told),
                **aria(label=gettext("Delete the note of {time}").format(time=at)),
            ),
        ],
        **data(key=note.marker_id),
    )  # fmt: skip
