"""The dialogs of a lesson: a marker's words, an outline's file, all keys with the settings."""

from html import escape

from dashboard.desk.form import write_button, write_cancel, write_dialog, write_paragraphs
from dashboard.view import ALERT_POINTS, MOST_ALERT_POINTS
from server.languages import gettext

OUTLINE_FILES = ".pptx,.vtt,.csv,.json"


def write_marker() -> str:
    """Return the one line in which a marker gets its words."""
    asked = gettext("What it is")
    content = (
        f'<div class="field"><label for="marker-words">{escape(asked)}</label>'
        '<input id="marker-words" class="line" maxlength="200" autocomplete="off" required>'
        '<small id="marker-when"></small></div>'
    )
    choices = write_cancel() + write_button(gettext("Mark"), "marker-drop", kind="submit")
    return write_dialog("marker", gettext("Mark this moment"), content, choices)


def write_outline() -> str:
    """Return the dialog that loads slides, chapters or a transcript from a file."""
    asked = gettext("What is in the file")
    content = (
        f'<fieldset class="whats"><legend>{escape(asked)}</legend>'
        + _write_what(
            "outline",
            gettext("Slides or chapters"),
            gettext(
                "A few titles; each holds until the next begins. They divide the lesson in the "
                "report. PowerPoint (PPTX), chapters (WebVTT), or a table of times and titles "
                "(CSV)."
            ),
        )
        + _write_what(
            "transcript",
            gettext("What was said"),
            gettext(
                "Many sentences with their times, as meeting programs save them (WebVTT). You "
                "read them at their moments; they divide nothing. Names of speakers are left out."
            ),
        )
        + "</fieldset>"
    )
    content += write_paragraphs(
        gettext("It takes the place of what was loaded before of its kind; markers and notes stay.")
    )
    asked = gettext("Choose a file, or drop it here")
    content += (
        '<label class="drop" id="outline-drop" for="outline-file">'
        f"<span>{escape(asked)}</span>"
        f'<input type="file" id="outline-file" accept="{OUTLINE_FILES}"></label>'
        '<p id="outline-state" role="status"></p>'
    )
    return write_dialog("outline", gettext("Load a file"), content, write_cancel(gettext("Close")))


def _write_what(what: str, words: str, hint: str) -> str:
    return (
        f'<label class="tick"><input type="radio" name="outline-what" value="{what}" '
        f'aria-describedby="outline-{what}-hint"> {escape(words)}</label>'
        f'<small id="outline-{what}-hint">{escape(hint)}</small>'
    )


def write_keys() -> str:
    """Return the list of keys, with what can be set on this page."""
    rows = "".join(
        f"<tr><th scope='row'><kbd>{escape(key)}</kbd></th><td>{escape(words)}</td></tr>"
        for key, words in _keys()
    )
    table = f'<table class="keys"><tbody>{rows}</tbody></table>'
    work = gettext("Single keys work on this page")
    switch = (
        f'<label class="tick"><input type="checkbox" id="keys-on" checked> {escape(work)}</label>'
    )
    least = gettext("Tell me of changes of at least so many points")
    points = (
        '<div class="field"><label for="alert-least">'
        f"{escape(least)}</label>"
        f'<input id="alert-least" class="line short" type="number" min="1" '
        f'max="{MOST_ALERT_POINTS}" step="1" value="{ALERT_POINTS}" required>'
        f"<small>{escape(_alert_words())}</small></div>"
    )
    return write_dialog(
        "keys", gettext("Keys and settings"), table + switch + points,
        write_cancel(gettext("Close")),
    )  # fmt: skip


def _keys() -> list[tuple[str, str]]:
    return [
        ("m", gettext("mark this moment with words of yours")),
        ("q", gettext("mark a question at once")),
        ("n", gettext("begin the next slide or chapter")),
        ("Shift n", gettext("write a note on this moment")),
        ("u", gettext("take back what you just marked")),
        ("v", gettext("show the river or the curves")),
        ("w", gettext("show the whole session or five minutes")),
        ("j", gettext("show the join screen")),
        ("?", gettext("show these keys")),
        ("Esc", gettext("close what is open")),
    ]


def _alert_words() -> str:
    return gettext("A point is one hundredth of the class. Smaller changes are kept quiet.")
