"""The confusion matrix as a PNG. May import matplotlib, which is slow to load, when asked to."""

import io
from typing import Any

import numpy as np


def draw_confusion(told: dict[str, Any]) -> bytes:
    """Draw an evaluation's confusion matrix: shares of each row, with the counts. Returns a PNG."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - half a second that most runs save

    counts = np.array(told["confusion"])
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    figure = Figure(figsize=(7.6, 6.6), layout="constrained")
    axes = figure.add_subplot()
    picture = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    names = told["emotions"]
    axes.set_xticks(range(len(names)), names, rotation=35, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel("told by the network")
    axes.set_ylabel(f"true, by the {told['labels']} labels")
    for (row, column), share in np.ndenumerate(shares):
        axes.text(
            column,
            row,
            f"{100 * share:.0f} %\n{counts[row, column]}",
            ha="center",
            va="center",
            fontsize=9,
            color="white" if share > 0.55 else "#222",
        )
    axes.set_title(
        f"{told['network']} {told['network_version']} on {told['dataset']}\n"
        f"{told['n']:,} faces, accuracy {100 * told['accuracy']:.1f} %",
        fontsize=11,
    )
    figure.colorbar(picture, ax=axes, label="share of the true emotion", shrink=0.85)
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=150)
    return drawn.getvalue()
