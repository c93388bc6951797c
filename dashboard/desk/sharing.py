"""Sharing a meeting window: what is said before, and the panel that stays while it goes on."""

from html import escape

from dashboard.desk.form import write_button, write_cancel, write_dialog, write_paragraphs
from server.languages import gettext


def write_sharing() -> str:
    """Return the dialog that asks first, and the panel."""
    return f"{_write_dialog()}\n{_write_panel()}"


def _write_dialog() -> str:
    content = write_paragraphs(
        gettext(
            "Show the gallery view of your meeting and choose its window here. A picture of it "
            "goes to your Roomtone server every second or two; the server counts the faces and "
            "their expressions and forgets the picture."
        ),
        gettext(
            "Ask those in the meeting first. Whoever does not want it can switch the camera off."
        ),
        gettext(
            "It counts faces, not people: your own face as well, and a student twice who has also "
            "joined with the code."
        ),
    )
    often = gettext("How often")
    content += (
        f'<fieldset class="rates"><legend>{escape(often)}</legend>'
        + _write_rate("1000", gettext("every second"))
        + _write_rate("2000", gettext("every 2 seconds"), chosen=True)
        + "</fieldset>"
    )
    choices = write_cancel() + write_button(
        gettext("Choose the window"), "share-start", kind="submit"
    )
    return write_dialog("share", gettext("Share my meeting window"), content, choices)


def _write_rate(milliseconds: str, words: str, *, chosen: bool = False) -> str:
    checked = " checked autofocus" if chosen else ""
    return (
        f'<label class="tick"><input type="radio" name="share-rate" value="{milliseconds}"'
        f"{checked}> {escape(words)}</label>"
    )


def _write_panel() -> str:
    title = gettext("Your meeting window")
    return (
        '<section id="share-panel" class="share-panel" hidden aria-labelledby="share-panel-title">'
        '<video id="share-preview" muted playsinline aria-hidden="true" tabindex="-1"></video>'
        '<div class="share-words">'
        f'<h2 id="share-panel-title">{escape(title)}</h2>'
        '<p id="share-lamp" class="lamp" role="status"></p>'
        '<p id="share-faces"></p></div>'
        + write_button(gettext("Stop sharing"), "share-stop")
        + "</section>"
    )
