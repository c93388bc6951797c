"""The README's table of results, between two markers, written from the evaluations' JSON. Pure."""

from model.emotions import LabelSet
from model.evaluation.files import UnusableEvaluation
from model.evaluation.rivals import RIVALS
from model.evaluation.wording import Told

BEGIN = "<!-- results: written by `roomtone card --readme README.md`; don't edit by hand -->"
END = "<!-- end of results -->"

Evaluations = dict[LabelSet, Told]


def write_table(evaluations: Evaluations) -> str:
    """Return the table and what has to be said beside it, in Markdown."""
    lines = [
        "| network | faces, labels | accuracy % | macro-F1 % | ms a face |",
        "|---|---|---|---|---|",
    ]
    lines += [_own_row(told) for told in reversed(evaluations.values())]
    for rival in RIVALS:
        f1 = "" if rival.macro_f1 is None else f"{rival.macro_f1:.2f}"
        ms = "" if rival.ms_per_face is None else f"{rival.ms_per_face:g}"
        lines.append(
            f"| {rival.name} | private test, FER2013 | {rival.accuracy:.2f} | {f1} | {ms} |"
        )
    commands = " and ".join(
        f"`roomtone evaluate fer2013.zip --labels {labels}`" for labels in evaluations
    )
    said = (
        f"Ours with 95 % intervals by {commands}, on `valid`, which also chose the network and its "
        "calibration; the others' on FER2013's private test split, which we don't have, so the "
        "rows compare roughly. Times are of different machines. "
        "[Model card](model/weights/MODEL_CARD.md)."
    )
    return "\n".join(
        [
            *lines,
            "",
            said,
        ]
    )


def _own_row(told: Told) -> str:
    owner = {"crowd": "the crowd's majority (FER+)", "fer2013": "FER2013"}[told["labels"]]
    cells = [_with_interval(told, name) for name in ("accuracy", "macro_f1")]
    size = told["network_bytes"] / 1e6
    return (
        f"| **Roomtone {told['network_version']}** ({size:.2f} MB) | "
        f"{told['n']:,} of {told['dataset'].split()[-1]}, {owner} | {' | '.join(cells)} | "
        f"{told['ms_per_face']:.2f} |"
    )


def _with_interval(told: Told, name: str) -> str:
    low, high = told["intervals"][name]
    return f"**{100 * told[name]:.1f}** ({100 * low:.1f} to {100 * high:.1f})"


def replace_table(page: str, evaluations: Evaluations) -> str:
    """Return a page with the table between its markers made anew.

    Raises `UnusableEvaluation` when the page has not exactly one pair of markers.
    """
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        raise UnusableEvaluation(
            f"The page needs the lines “{BEGIN}” and “{END}”, once each, around the table."
        )
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n{write_table(evaluations)}\n{END}{rest.split(END)[1]}"
