"""The dialog in which a teacher edits the engagement profile."""

from html import escape

from dashboard.desk.form import write_button, write_cancel, write_dialog, write_paragraphs
from dashboard.palette import COLOURS
from dashboard.vocabulary import emotion_names
from model.emotions import EMOTIONS, Emotion
from server.languages import gettext


def write_profile() -> str:
    """Return the dialog; its fields are filled by `assets/profile.js` when it opens."""
    content = write_paragraphs(
        gettext(
            "One number from what can be seen: faces turned to the screen, and the balance of "
            "expressions. It is not attention and not understanding."
        )
    )
    named, turned = gettext("Name"), gettext("Weight of faces turned to the screen")
    weights = gettext("Weight of each expression")
    reach = gettext("From −1 to 1; 0 leaves it out.")
    formula = gettext("The formula")
    content += (
        '<p id="profile-version" class="quiet-line"></p>'
        f'<div class="field"><label for="profile-title">{escape(named)}</label>'
        '<input id="profile-title" class="line" maxlength="80" required autocomplete="off"></div>'
        '<div class="field"><label for="profile-screen">'
        f"{escape(turned)}</label>"
        '<div class="slider"><input id="profile-screen" type="range" min="0" max="1" step="0.05">'
        '<output id="profile-screen-told" for="profile-screen"></output></div></div>'
        f'<fieldset class="weights"><legend>{escape(weights)}</legend>'
        f"<small>{escape(reach)}</small>"
        + "".join(_write_weight(emotion) for emotion in EMOTIONS)
        + f'</fieldset><div class="formula-lines" id="profile-formula" role="status" '
        f'aria-label="{escape(formula)}"></div>'
    )
    choices = (
        write_button(gettext("Back to the shipped one"), "profile-shipped")
        + write_cancel()
        + write_button(gettext("Save"), "profile-save", kind="submit")
    )
    return write_dialog("profile", gettext("Engagement profile"), content, choices)


def _write_weight(emotion: Emotion) -> str:
    return (
        f'<label class="weight"><span class="swatch {emotion}" '
        f'style="--emotion:{COLOURS[emotion]}"></span>'
        f"<span>{escape(emotion_names()[emotion])}</span>"
        f'<input type="number" min="-1" max="1" step="0.1" required data-weight="{emotion}">'
        "</label>"
    )
