"""The page on which a teacher sees what the system sees; its words are in `dashboard.desk`."""

from dash import html

from dashboard.views.videos import filled_page


def try_out_page() -> html.Div:
    """Return the page's place; `assets/picture.js` and `assets/try_out.js` bring it to life."""
    return filled_page("try")
