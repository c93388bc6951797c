"""The trade between right answers and time, as a picture. May import matplotlib, when asked to."""

import io

from model.evaluation.wording import Told


def draw_trade(evaluations: dict[str, Told], kind: str) -> bytes:
    """Draw accuracy with its interval over milliseconds a face, a point for each network.

    `evaluations` by the name to write beside the point; all by the same labels. `kind` is svg or
    png.
    """
    import matplotlib as mpl  # noqa: PLC0415 - half a second that most runs save
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.add_subplot()
    for name, told in evaluations.items():
        accuracy, (low, high) = 100 * told["accuracy"], told["intervals"]["accuracy"]
        whiskers = [[accuracy - 100 * low], [100 * high - accuracy]]
        size = 40 + 25 * told["network_bytes"] / 1e6
        axes.errorbar(
            told["ms_per_face"], accuracy, whiskers, fmt="none", capsize=3, ecolor="#888", zorder=2
        )
        axes.scatter(told["ms_per_face"], accuracy, s=min(size, 600), zorder=3, alpha=0.85)
        axes.annotate(
            f"{name}\n{told['network_bytes'] / 1e6:.1f} MB",
            (told["ms_per_face"], accuracy),
            xytext=(10, 6),
            textcoords="offset points",
            fontsize=9,
        )
    axes.margins(y=0.12)
    slowest = max(told["ms_per_face"] for told in evaluations.values())
    axes.set_xlim(0, 1.5 * slowest)  # room for the name of the slowest
    axes.set_xlabel("milliseconds a face (batches of eight, one thread)")
    first = next(iter(evaluations.values()))
    axes.set_ylabel(f"accuracy on {first['dataset']} by the {first['labels']} labels, %")
    axes.grid(alpha=0.3)
    drawn = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "roomtone", "svg.fonttype": "path"}):
        metadata = {"Date": None} if kind == "svg" else {}
        figure.savefig(drawn, format=kind, dpi=150, metadata=metadata)
    return drawn.getvalue()
