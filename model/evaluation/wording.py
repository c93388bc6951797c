"""Figures in words and table cells: the same in the page, the model card and the README. Pure."""

from typing import Any

Told = dict[str, Any]
Rows = list[list[str]]

MEANINGS: dict[str, tuple[str, str]] = {
    "accuracy": ("accuracy", "share of faces told right"),
    "balanced_accuracy": ("balanced accuracy", "mean recall, every emotion counting the same"),
    "macro_precision": ("macro precision", "mean over emotions"),
    "macro_recall": ("macro recall", "mean over emotions"),
    "macro_f1": ("macro-F1", "mean over emotions"),
    "ece": (
        "expected calibration error",
        "how far confidence is from being right; resampling adds to it, so its interval lies high",
    ),
    "nll": ("negative log-likelihood", "in nats; lower is better"),
    "brier": ("Brier score", "squared distance from the truth, 0 to 2; lower is better"),
}
"""What each headline figure is called, and what it means."""

ABSOLUTE = {"nll", "brier"}
"""Figures that are no share and are told without a per cent."""

LABELS = {
    "crowd": "the crowd's (FER+: more than half of ten people's votes)",
    "fer2013": "FER2013's own (one label a face, noisy)",
}


def percent(share: float | None, digits: int = 1) -> str:
    """Tell a share: `67.4 %`."""
    return "–" if share is None else f"{100 * share:.{digits}f} %"


def figure_of(name: str, value: float | None) -> str:
    """Tell a headline figure by its name."""
    if value is None:
        return "–"
    return f"{value:.3f}" if name in ABSOLUTE else percent(value)


def interval_of(name: str, pair: list[float] | None) -> str:
    """Tell an interval: `65.8 to 69.0 %`."""
    if pair is None:
        return "–"
    low, high = pair
    if name in ABSOLUTE:
        return f"{low:.3f} to {high:.3f}"
    return f"{100 * low:.1f} to {100 * high:.1f} %"


def points(change: float) -> str:
    """Tell a change of a share in points: `+0.6`."""
    return f"{100 * change:+.1f}".replace("-", "−")


def headline_rows(told: Told) -> Rows:
    """Return name, figure, interval and meaning of every headline figure; the mirror's too."""
    rows = []
    for name, (title, meaning) in MEANINGS.items():
        row = [title, figure_of(name, told[name]), interval_of(name, told["intervals"][name])]
        if flip := told.get("flip"):
            row += [figure_of(name, flip[name]), interval_of(name, flip[f"{name}_interval"])]
        rows.append([*row, meaning])
    return rows


def headline_columns(told: Told) -> list[str]:
    """Return the columns of `headline_rows`."""
    mirror = ["with its mirror image", "95 % interval"] if told.get("flip") else []
    return ["figure", "measured", "95 % interval", *mirror, "meaning"]


EMOTION_COLUMNS = ["emotion", "faces", "recall", "95 %", "precision", "95 %", "F1", "95 %"]


def emotion_rows(told: Told) -> Rows:
    """Return every emotion's faces, recall, precision and F1 with intervals."""
    return [
        [emotion, f"{told['support'][emotion]:,}"]
        + [
            cell
            for name in ("recall", "precision", "f1")
            for cell in (
                percent(told[name][emotion]),
                interval_of(name, told["intervals"][name][emotion]),
            )
        ]
        for emotion in told["emotions"]
    ]


DISTURBANCE_COLUMNS = ["level", "accuracy", "95 %", "change, points", "macro-F1", "95 %"]


def disturbance_rows(told: Told, disturbance: Told) -> Rows:
    """Return one disturbance's levels, the untouched faces first."""
    plain = [
        "nothing done",
        percent(told["accuracy"]),
        interval_of("accuracy", told["intervals"]["accuracy"]),
        "",
        percent(told["macro_f1"]),
        interval_of("macro_f1", told["intervals"]["macro_f1"]),
    ]
    return [plain] + [
        [
            level["level"],
            percent(level["accuracy"]),
            interval_of("accuracy", level["accuracy_interval"]),
            points(level["accuracy_change"]),
            percent(level["macro_f1"]),
            interval_of("macro_f1", level["macro_f1_interval"]),
        ]
        for level in disturbance["levels"]
    ]


def reliability_rows(told: Told) -> Rows:
    """Return the bins of the reliability diagram."""
    return [
        [
            f"{100 * one['from']:.0f} to {100 * one['to']:.0f} %",
            f"{one['faces']:,}",
            percent(one["confidence"]),
            percent(one["accuracy"]),
        ]
        for one in told["reliability"]
    ]


def tell_worst(told: Told, count: int = 2) -> list[str]:
    """Return the emotions with the least recall that have faces, worst first."""
    known = [e for e in told["emotions"] if told["recall"][e] is not None]
    return sorted(known, key=lambda emotion: float(told["recall"][emotion]))[:count]


def tell_mistaken(told: Told, emotion: str) -> tuple[str, float] | None:
    """Return what an emotion is most often mistaken for, and the share of its faces."""
    row = told["confusion"][told["emotions"].index(emotion)]
    others = [(n, e) for n, e in zip(row, told["emotions"], strict=True) if e != emotion]
    most, other = max(others, key=lambda pair: pair[0])
    return (other, most / sum(row)) if most else None
