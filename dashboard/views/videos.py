"""The pages of recordings: places that `assets/recordings.js` and `assets/frames.js` fill.

What they are filled with stands as templates in the page (`dashboard.desk`): a recording goes on
being uploaded while the teacher looks at other pages, which no callback could do.
"""

from dash import dcc, html


def recordings_page() -> html.Div:
    """Return the page on which recordings are uploaded and listed."""
    return html.Div(id="recordings-page", key="recordings")


def frames_page(video_id: str) -> html.Div:
    """Return the page on which the uploader looks at a recording's frames."""
    return html.Div(
        [html.Div(id="frames-page", key=video_id), dcc.Store(id="page-title")],
        key=f"frames-{video_id}",
    )
