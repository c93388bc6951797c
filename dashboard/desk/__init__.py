"""The teacher's desk: dialogs and the panel of the shared window, as plain HTML beside Dash.

Dash takes its pages out and puts others in; what stands here stays, so that sharing a window goes
on while the teacher looks at another page. The scripts in `assets/` bring it to life.
"""

from html import escape

from dashboard.desk.dialogs import write_keys, write_marker, write_outline
from dashboard.desk.lesson import write_moment, write_note, write_session
from dashboard.desk.pages import write_pages
from dashboard.desk.profile import write_profile
from dashboard.desk.sharing import write_sharing
from dashboard.desk.words import page_words
from server.languages import gettext

__all__ = ["page_words", "write_desk"]


def write_desk() -> str:
    """Return the HTML of all of it, in the language spoken here."""
    pieces = (write_marker(), write_note(), write_moment(), write_outline(), write_session(),
              write_keys(), write_profile(), write_sharing())  # fmt: skip
    notes = escape(gettext("What was just done"))
    return "\n".join(
        [
            *pieces,
            write_pages(),
            f'<section id="toasts" class="toasts" aria-label="{notes}"></section>',
        ]
    )
