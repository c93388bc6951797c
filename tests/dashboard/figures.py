"""Charts drawn for tests, and what to ask of them."""

from datetime import UTC, timedelta

import plotly.graph_objects as go

from dashboard.axes import at
from dashboard.charts import Scene, draw_mood
from dashboard.timeline import Stretch
from server.engagement import SHIPPED
from tests.dashboard.points import NOON, point, session

FIVE = Stretch(NOON, NOON + timedelta(minutes=5))
FULL = [point(s) for s in range(0, 300, 5)]


def scene(series, stretch=FIVE, *, reports=(), marks=(), profile=SHIPPED, **changes):
    return Scene(session(**changes), stretch, series, reports, marks, profile)


def draw(series, stretch=FIVE, zone=UTC, *, curves=False, **more):
    """Draw a chart and let Plotly check it."""
    return go.Figure(draw_mood(scene(series, stretch, **more), zone, curves=curves).finish())


def bands(figure):
    return [t for t in figure.data if t.type == "scatter" and t.yaxis == "y"]


def named(figure, name):
    return next((t for t in figure.data if t.name == name), None)


def moment(second):
    return at(NOON + timedelta(seconds=second), UTC)


def words(figure):
    return [a.text for a in figure.layout.annotations]
