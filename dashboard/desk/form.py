"""Pieces that all dialogs of the desk write the same way. Every argument is plain text."""

from html import escape
from string import Template

from server.languages import gettext

_DIALOG = Template("""<dialog id="$id" class="dialog" aria-labelledby="$id-title">
<form method="dialog" class="dialog-form" id="$id-form">
<h2 id="$id-title">$title</h2>
$content
<p class="problem" id="$id-problem" role="alert" hidden></p>
<div class="choices">
$choices
</div>
</form>
</dialog>""")


def write_dialog(name: str, title: str, content: str, choices: str) -> str:
    """Return a dialog; `content` and `choices` are HTML, `name` is its id without `-dialog`."""
    return _DIALOG.substitute(
        id=f"{name}-dialog", title=escape(title), content=content, choices=choices
    )


def write_paragraphs(*sentences: str) -> str:
    """Return a paragraph for each sentence."""
    return "\n".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)


def write_button(words: str, name: str, *, kind: str = "button") -> str:
    """Return a button that a script listens to; with `submit` it is the dialog's main one."""
    look = "button primary" if kind == "submit" else "button"
    return f'<button type="{kind}" id="{name}" class="{look}">{escape(words)}</button>'


def write_cancel(words: str | None = None) -> str:
    """Return the button that only closes the dialog."""
    said = escape(words or gettext("Cancel"))
    return f'<button type="button" class="button" data-closes>{said}</button>'
