"""What a teacher adds to a lesson: notes, its title and course, and the bar of one moment."""

from html import escape

from dashboard.desk.form import write_button, write_cancel, write_dialog
from server.languages import gettext
from server.schemas.markers import MOST_NOTE_LETTERS

MOST_TITLE_LETTERS, MOST_COURSE_LETTERS = 200, 120
COURSES = "courses"
"""The list of known courses that the fields for a course offer; `assets/session.js` fills it."""


def write_note() -> str:
    """Return the dialog in which a note is written, with its moment."""
    content = _write_field(
        "note-words",
        gettext("Your note"),
        f'<textarea id="note-words" class="line" rows="5" maxlength="{MOST_NOTE_LETTERS}" '
        'required aria-describedby="note-hint"></textarea>',
        gettext("Don’t put names in it. It becomes part of the report."),
        "note-hint",
    )
    content += _write_field(
        "note-time",
        gettext("Moment"),
        '<input id="note-time" class="line short-time" type="time" step="1" required '
        'aria-describedby="note-when">',
        "",
        "note-when",
    )
    content += '<p id="note-left" class="quiet-line" role="status"></p>'
    choices = write_cancel() + write_button(gettext("Save"), "note-save", kind="submit")
    return write_dialog("note", gettext("Note a moment"), content, choices)


def write_session() -> str:
    """Return the dialog that gives a session another title or course."""
    content = _write_field(
        "session-title",
        gettext("Title"),
        f'<input id="session-title" class="line" maxlength="{MOST_TITLE_LETTERS}" required '
        'autocomplete="off">',
    )
    content += _write_field(
        "session-course",
        gettext("Course (optional)"),
        f'<input id="session-course" class="line" maxlength="{MOST_COURSE_LETTERS}" '
        f'list="{COURSES}" autocomplete="off" aria-describedby="session-course-hint">',
        gettext("Sessions of one course are compared with each other."),
        "session-course-hint",
    )
    choices = write_cancel() + write_button(gettext("Save"), "session-save", kind="submit")
    dialog = write_dialog("session", gettext("Title and course"), content, choices)
    return f'{dialog}\n<datalist id="{COURSES}"></datalist>'


def write_moment() -> str:
    """Return the bar with which a moment is chosen; `assets/moment.js` puts it under the chart."""
    asked = escape(gettext("A moment of the lesson"))
    return (
        '<div id="moment" class="moment" hidden>'
        f'<input id="moment-slider" type="range" aria-label="{asked}" '
        'aria-describedby="moment-hint">'
        '<div class="moment-line"><p id="moment-told"></p>'
        + write_button(gettext("Note this moment"), "moment-note")
        + "</div>"
        f'<p id="moment-hint" class="is-unseen">{escape(_moment_hint())}</p></div>'
    )


def _moment_hint() -> str:
    return gettext("Arrow keys move it; what was shown and said then is told.")


def _write_field(name: str, asked: str, field: str, hint: str = "", hint_id: str = "") -> str:
    told = f'<small id="{hint_id}">{escape(hint)}</small>' if hint_id else ""
    return f'<div class="field"><label for="{name}">{escape(asked)}</label>{field}{told}</div>'
