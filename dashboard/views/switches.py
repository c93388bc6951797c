"""The two switches over the chart: river or curves, five minutes or the whole lesson."""

from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard.views.words import aria
from server.languages import gettext


def switches() -> html.Div:
    """Return both; `assets/gestures.js` may turn them by key."""
    kinds = [("river", gettext("River")), ("curves", gettext("Curves"))]
    spans = [("recent", gettext("5 minutes")), ("whole", gettext("Whole lesson"))]
    return html.Div(
        [
            _switch("view-kind", gettext("How the mood is drawn"), kinds),
            _switch("view-span", gettext("How much of the lesson is shown"), spans),
        ],
        className="switches end-only-live-span",
    )


def _switch(name: str, says: str, choices: list[tuple[str, str]]) -> Any:  # noqa: ANN401
    return dmc.SegmentedControl(
        id=name,
        value=choices[0][0],
        data=[{"value": value, "label": words} for value, words in choices],
        size="xs",
        persistence=True,
        persistence_type="local",
        **aria(label=says),
    )
