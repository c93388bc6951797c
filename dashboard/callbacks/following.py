"""How the live page follows its feed: the browser opens it, with the session and the view."""

from typing import Any, cast

from dash import ClientsideFunction, Dash, Input


def register(app: Dash) -> None:
    """Tell `assets/feed.js` what is looked at."""
    cast("Any", app).clientside_callback(
        ClientsideFunction("roomtone", "follow"),
        Input("view", "data"),
        Input("session-id", "data"),
    )
