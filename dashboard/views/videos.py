"""The pages of recordings: places that `assets/recordings.js` and `assets/frames.js` fill.

What they are filled with stands as templates in the page (`dashboard.desk`): a recording goes on
being uploaded while the teacher looks at other pages, which no callback could do.
"""

from typing import Any

from dash import html


def recordings_page() -> html.Div:
    """Return the page on which recordings are uploaded and listed."""
    return filled_page("recordings")


def frames_page(video_id: str) -> html.Div:
    """Return the page on which the uploader looks at a recording's frames."""
    return filled_page("frames", video_id)


def filled_page(name: str, of: str = "") -> html.Div:
    """Return the place for the template `<name>-template`; `assets/filling.js` puts it there."""
    told: dict[str, Any] = {"data-filled": name, "data-of": of}
    return html.Div(id=f"{name}-page", **told)
