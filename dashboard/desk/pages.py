"""The pages that scripts fill instead of Dash, as templates."""

from dashboard.desk.frames import write_frames
from dashboard.desk.recordings import write_recordings
from dashboard.desk.try_out import write_try_out


def write_pages() -> str:
    """Return the HTML of all templates, in the language spoken here."""
    return "\n".join([write_recordings(), write_frames(), write_try_out()])
