"""An evaluation as charts: pure functions, the JSON's dictionary in, a Plotly figure out.

Colours of ink, grid and series come from the page's template, light or dark; nothing is fixed
here that could not be read on both. Imports plotly and the vocabulary only.
"""

from typing import Any

import plotly.graph_objects as go

from model.emotions import EMOTIONS

Told = dict[str, Any]
Points = list[tuple[float, float, list[float]]]

NAMES = [str(emotion) for emotion in EMOTIONS]
SERIES = {"recall": "circle", "precision": "diamond", "f1": "square"}
BANDS = {"accuracy": "rgba(0,114,178,0.20)", "macro_f1": "rgba(213,94,0,0.20)"}
WORDS = {"accuracy": "accuracy", "macro_f1": "macro-F1", "f1": "F1"}


def draw_emotions(told: Told) -> go.Figure:
    """Draw recall, precision and F1 of every emotion with their intervals."""
    figure = go.Figure()
    for name, symbol in SERIES.items():
        values = [told[name][emotion] for emotion in NAMES]
        pairs = [told["intervals"][name][emotion] for emotion in NAMES]
        figure.add_scatter(
            x=NAMES,
            y=values,
            error_y=_whiskers(values, pairs),
            name=WORDS.get(name, name),
            mode="markers",
            marker={"symbol": symbol, "size": 10},
        )
    figure.update_layout(scattermode="group", scattergap=0.5, height=360)
    figure.update_yaxes(range=[0, 1.02], tickformat=".0%")
    return figure


def draw_pairs(told: Told) -> go.Figure:
    """Draw the confusion matrix: shares of each true emotion, with the counts in the squares."""
    counts = told["confusion"]
    shares = [[cell / max(sum(row), 1) for cell in row] for row in counts]
    figure = go.Figure(
        go.Heatmap(
            x=NAMES,
            y=NAMES,
            z=shares,
            text=counts,
            autocolorscale=True,
            zmin=0,
            zmax=1,
            texttemplate="%{z:.0%}<br>%{text}",
            hovertemplate="true %{y}, told %{x}: %{text} faces, %{z:.1%}<extra></extra>",
            colorbar={"tickformat": ".0%", "title": {"text": "of the<br>true emotion"}},
            xgap=2,
            ygap=2,
        )
    )
    figure.update_layout(height=540)
    figure.update_xaxes(title="told by the network", showgrid=False)
    figure.update_yaxes(title="true", autorange="reversed", showgrid=False)
    return figure


def draw_reliability(told: Told) -> go.Figure:
    """Draw how often the network is right when it is so sure; on the line it knows how sure."""
    bins = told["reliability"]
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        name="as sure as right",
        line={"dash": "dot", "width": 1.5},
    )
    figure.add_scatter(
        x=[one["confidence"] for one in bins],
        y=[one["accuracy"] for one in bins],
        mode="lines+markers",
        name="the network",
        marker={"size": [5 + 25 * (one["faces"] / told["n"]) ** 0.5 for one in bins]},
        text=[f"{one['faces']:,} faces" for one in bins],
        hovertemplate="sure %{x:.0%}, right %{y:.0%}, %{text}<extra></extra>",
    )
    figure.update_layout(height=420)
    figure.update_xaxes(title="confidence told", range=[0, 1.02], tickformat=".0%")
    figure.update_yaxes(title="share that is right", range=[0, 1.05], tickformat=".0%")
    return figure


def draw_disturbance(told: Told, disturbance: Told) -> go.Figure:
    """Draw accuracy and macro-F1 over the strength of one disturbance."""
    levels = disturbance["levels"]
    curve = all(level["value"] is not None for level in levels)
    figure, bands = go.Figure(), dict[str, Points]()
    for name, symbol in (("accuracy", "circle"), ("macro_f1", "square")):
        points = [(one["value"], one[name], one[f"{name}_interval"]) for one in levels]
        if curve:
            plain = (disturbance["plain"], told[name], told["intervals"][name])
            bands[name] = sorted([*points, plain])
            _add_curve(figure, name, symbol, bands[name])
            continue
        values, pairs = [told[name]], [told["intervals"][name]]
        values += [value for _, value, _ in points]
        pairs += [pair for _, _, pair in points]
        figure.add_scatter(
            x=["nothing", *(one["level"] for one in levels)],
            y=values,
            error_y=_whiskers(values, pairs),
            mode="markers",
            name=WORDS[name],
            marker={"symbol": symbol, "size": 9},
        )
    for name, points in bands.items():
        _add_band(figure, name, points)
    figure.update_layout(height=300)
    if not curve:
        figure.update_layout(scattermode="group", scattergap=0.6)
    figure.update_yaxes(range=[0, 1], tickformat=".0%")
    if curve:
        title = f"{disturbance['name']} ({disturbance['unit']})".removesuffix(" ()")
        figure.update_xaxes(title=title)
    if disturbance["name"] in {"JPEG quality", "face size"}:
        figure.update_xaxes(autorange="reversed")  # worse is to the right
    return figure


def _add_curve(figure: go.Figure, name: str, symbol: str, points: Points) -> None:
    places = [at for at, _, _ in points]
    figure.add_scatter(
        x=places,
        y=[value for _, value, _ in points],
        mode="lines+markers",
        name=WORDS[name],
        marker={"symbol": symbol, "size": 7},
        hovertemplate=f"%{{x}}: {WORDS[name]} %{{y:.1%}}<extra></extra>",
    )


def _add_band(figure: go.Figure, name: str, points: Points) -> None:
    """Shade the intervals; after all lines, so that these get the template's first colours."""
    places = [at for at, _, _ in points]
    low, high = ([pair[end] for _, _, pair in points] for end in (0, 1))
    figure.add_scatter(
        x=[*places, *reversed(places)],
        y=[*high, *reversed(low)],
        fill="toself",
        fillcolor=BANDS[name],
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
    )


def _whiskers(values: list[float | None], pairs: list[list[float] | None]) -> Told:
    """Return error bars from intervals; none where a figure is not known."""
    ends = [
        (0.0, 0.0) if value is None or pair is None else (pair[1] - value, value - pair[0])
        for value, pair in zip(values, pairs, strict=True)
    ]
    return {
        "type": "data",
        "array": [up for up, _ in ends],
        "arrayminus": [down for _, down in ends],
    }
