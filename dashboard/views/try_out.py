"""The page on which a teacher sees what the system sees; `assets/try_out.js` fills it."""

from dash import html


def try_out_page() -> html.Div:
    """Return the page; its words are in `dashboard.desk.try_out`."""
    return html.Div(id="try-page", key="try")
