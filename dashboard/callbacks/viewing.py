"""What the teacher chooses to look at, gathered in the browser into the page's store `view`."""

from typing import Any, cast

from dash import ClientsideFunction, Dash, Input, Output

CHOICES = {
    "view-kind": "value",
    "view-span": "value",
    "twin-open": "data",
    "alert-points": "data",
}
"""The controls that make a view, in the order of `chooseView` in `assets/answers.js`."""


def register(app: Dash) -> None:
    """Connect the controls to the store; no server is asked."""
    cast("Any", app).clientside_callback(
        ClientsideFunction("roomtone", "chooseView"),
        Output("view", "data"),
        *[Input(*control) for control in CHOICES.items()],
    )
