"""Curves as a picture: metrics -> matplotlib figure. Pure; imports matplotlib, no torch."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from model.training.curves import COLOURS, TITLE, Panel, Rows, describe, find_best, lay_out


def draw_picture(rows: Rows, network: str = "") -> Figure:
    """Draw loss, accuracy, macro-recall and learning rate over the epochs, 1650 x 1200 pixels."""
    figure = Figure(figsize=(11, 8), dpi=150, layout="constrained")
    figure.suptitle(f"{TITLE}\n{describe(rows, network)}", fontsize=12)
    best = find_best(rows)
    for axes, panel in zip(figure.subplots(2, 2).flat, lay_out(rows), strict=True):
        _draw_panel(axes, panel, best)
    return figure


def _draw_panel(axes: Axes, panel: Panel, best: int | None) -> None:
    for curve in panel.curves:
        axes.plot(
            curve.epochs,
            curve.values,
            color=COLOURS[curve.key],
            linestyle="--" if curve.dashed else "-",
            linewidth=1.3 if curve.dashed else 2,
            marker="o" if len(curve.epochs) <= 30 else None,
            markersize=3.5,
            markerfacecolor="white" if curve.dashed else COLOURS[curve.key],
            label=curve.name,
        )
    if best is not None:
        axes.axvline(best, color=COLOURS["best"], linewidth=1.2, linestyle=":", label="best epoch")
    axes.set_title(panel.title, loc="left", fontweight="bold")
    axes.set_xlabel("epoch")
    axes.set_ylabel(panel.unit)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.grid(color="#DDDDDD", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    if panel.curves:
        axes.legend(fontsize=8, frameon=False)
    else:
        axes.text(0.5, 0.5, "not recorded", transform=axes.transAxes, ha="center", color="#666666")
