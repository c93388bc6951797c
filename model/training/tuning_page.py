"""A study as a page: trials -> self-contained HTML. Imports optuna and plotly; no torch."""

import html
from collections.abc import Callable

import optuna
import plotly.graph_objects as go
from optuna import visualization
from optuna.importance import PedAnovaImportanceEvaluator
from optuna.trial import FrozenTrial, TrialState

from model.training.curve_page import PAGE_CONFIG
from model.training.tuning import best_trial, told_trials

TITLE = "Tuning of the visible-expression network"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
STYLE = (
    "body{font-family:system-ui,sans-serif;max-width:1100px;margin:2em auto;padding:0 1em;"
    "color:#222}pre{background:#f3f3f3;padding:.8em;white-space:pre-wrap}table{border-collapse:"
    "collapse}td,th{padding:.25em .8em;text-align:right;border-bottom:1px solid #ddd}"
)
_States = {TrialState.COMPLETE: "finished", TrialState.PRUNED: "ended early"}


def draw_study(study: optuna.Study, command: str) -> str:
    """Return one HTML file that needs no other: best settings, plots, a table of all trials."""
    parts = [
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{TITLE}</title>',
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>',
        f"<h1>{TITLE}</h1><p>{html.escape(_describe(study))}</p>",
        f"<pre>{html.escape(command)}</pre>" if command else "",
    ]
    library: bool = True
    for heading, draw in PLOTS.items():
        parts.append(f"<h2>{heading}</h2>")
        figure = draw(study)
        if figure is None:
            parts.append("<p>Needs more finished trials with different scores.</p>")
            continue
        figure.update_layout(
            template="plotly_white", title=None, colorway=COLOURS, margin={"t": 45}
        )
        parts.append(
            figure.to_html(
                full_html=False,
                include_plotlyjs=library,
                include_mathjax=False,
                config=PAGE_CONFIG,
                default_height=430,
            )
        )
        library = False
    return "\n".join([*parts, "<h2>All trials</h2>", _tabulate(study), "</body></html>"])


def _describe(study: optuna.Study) -> str:
    subject, trials = study.user_attrs["subject"], told_trials(study)
    pruned = sum(trial.state is TrialState.PRUNED for trial in trials)
    told = f"{subject['network']}, trials of {subject['epochs']} epochs: {len(trials)} told"
    told += f", {pruned} of them ended early."
    best = best_trial(study)
    if best is not None and best.value is not None:
        told += f" The best is trial {best.number}: {100 * best.value:.2f} % on valid"
        told += ", the mean of the label sets' accuracies of the averaged network."
    return told + " Chosen on valid, so a little kind to itself."


def _draw_history(study: optuna.Study) -> go.Figure | None:
    return (
        visualization.plot_optimization_history(study, target_name="score")
        if best_trial(study)
        else None
    )


def _draw_epochs(study: optuna.Study) -> go.Figure | None:
    return visualization.plot_intermediate_values(study) if told_trials(study) else None


def _draw_importances(study: optuna.Study) -> go.Figure | None:
    """PED-ANOVA (Watanabe et al. 2023), which needs scores that differ."""
    done = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    if len({trial.value for trial in done}) < 3:
        return None
    return visualization.plot_param_importances(study, evaluator=PedAnovaImportanceEvaluator())


def _draw_parallel(study: optuna.Study) -> go.Figure | None:
    done = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    if len(done) < 2:
        return None
    return visualization.plot_parallel_coordinate(study, target_name="score")


PLOTS: dict[str, Callable[[optuna.Study], go.Figure | None]] = {
    "Score by trial": _draw_history,
    "Score by epoch": _draw_epochs,
    "Which settings matter": _draw_importances,
    "Settings together": _draw_parallel,
}


def _tabulate(study: optuna.Study) -> str:
    trials = sorted(study.get_trials(deepcopy=False), key=lambda t: -(t.value or 0.0))
    names = sorted({name for trial in trials for name in _settings(trial)})
    rows = ["".join(f"<th>{name}</th>" for name in ("trial", "state", "score %", *names))]
    for trial in trials:
        score = "" if trial.value is None else f"{100 * trial.value:.2f}"
        cells = [str(trial.number), _States.get(trial.state, "failed"), score]
        cells += [_spell(_settings(trial).get(name, "")) for name in names]
        rows.append("".join(f"<td>{html.escape(cell)}</td>" for cell in cells))
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


def _settings(trial: FrozenTrial) -> dict[str, object]:
    return dict(trial.user_attrs.get("settings", {}))


def _spell(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
