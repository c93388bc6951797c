"""What students say just now, or said over an ended lesson, beside the chart."""

from collections.abc import Mapping
from typing import Any

from dash import html

from dashboard.answers import count_answers, say_now
from dashboard.views.words import aria, number
from dashboard.vocabulary import answer_names
from server.languages import gettext
from server.schemas import Mood, SelfReportAnswer, Share
from server.schemas.answer_look import BOTTOM_TO_TOP


def said_panel(mood: Mood) -> list[Any]:
    """Return the list of answers, always with all four rows; nothing where nobody is asked."""
    if not mood.session.self_report:
        return []
    if mood.session.ended_at is not None:
        counts = count_answers(mood.self_reports)
        words = gettext("All answers of the lesson, one a student and half minute.")
        return [_table(counts, None, words)]
    now = mood.self_report_now
    if now is None:
        return []
    return [_table(now.counts, now.shares, say_now(now))]


def _table(
    counts: Mapping[SelfReportAnswer, int] | None,
    shares: Mapping[SelfReportAnswer, Share] | None,
    words: str,
) -> html.Table:
    title = html.Span(gettext("What students say of themselves"), className="caption")
    names = answer_names()
    heads = [gettext("Answer"), gettext("Students"), gettext("95 % interval")]
    if shares is None and counts is not None:
        heads = [gettext("Answer"), gettext("Answers")]
    kinds = ["", "figure", "figure range"]
    ranged = len(heads) == len(kinds)
    return html.Table(
        [
            html.Caption([title, html.Small(words)]),
            html.Thead(
                html.Tr([html.Th(h, scope="col", className=k) for h, k in zip(heads, kinds)])  # noqa: B905
            ),
            html.Tbody(
                [
                    html.Tr(
                        [
                            html.Th(
                                [
                                    html.Span(className=f"swatch {answer}"),
                                    names[answer],
                                    _bar(answer, counts),
                                ],
                                scope="row",
                            ),
                            html.Td(number(counts[answer]) if counts else "–", className="figure"),
                            *([_range(answer, shares)] if ranged else []),
                        ]
                    )
                    for answer in BOTTOM_TO_TOP
                ]
            ),
        ],
        className="now said",
    )


def _bar(answer: SelfReportAnswer, counts: Mapping[SelfReportAnswer, int] | None) -> html.Span:
    total = sum(counts.values()) if counts else 0
    part = counts[answer] / total if counts and total else 0.0
    fill = html.Span(className=f"fill {answer}", style={"width": f"{part:.2%}"})
    return html.Span([fill], className="bar", **aria(hidden="true"))


def _range(answer: SelfReportAnswer, shares: Mapping[SelfReportAnswer, Share] | None) -> html.Td:
    told = "–"
    if shares is not None:
        told = f"{shares[answer].low * 100:.0f}–{shares[answer].high * 100:.0f}\u202f%"
    return html.Td(told, className="figure range")
