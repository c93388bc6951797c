"""The report on the page of a session that has ended: what it says first, and where it is had."""

from typing import Any

from dash import dcc, html

from dashboard.viewer import Viewer
from dashboard.views.words import aria, notice
from server.languages import gettext
from server.publishing.headings import say_in_zone
from server.schemas import Report, ReportFormat

MOST_CHANGES = 5
"""So many changes are told here; the report itself tells all."""


def report_section(session_id: str) -> html.Section:
    """Return the section, hidden by the style sheet until the session has ended."""
    return html.Section(
        [
            html.Div(
                [
                    html.H2(gettext("The report"), className="list-title"),
                    html.Div(_doors(session_id), className="report-doors"),
                ],
                className="list-head",
            ),
            html.Div(being_made(), id="report-words", **aria(live="polite")),
            html.Button(gettext("Try again"), id="report-again", className="button", hidden=True),
            dcc.Store(id="report-of", data=""),
        ],
        id="report",
        className="report only-ended",
        **aria(label=gettext("The report")),
    )


def being_made() -> list[html.P]:
    """Return what is said until the report is there."""
    return [html.P(gettext("The report is being made…"), className="nothing")]


def report_words(report: Report, viewer: Viewer) -> list[Any]:
    """Return what the report says of the lesson as a whole, and when the mood changed.

    Times are on the viewer's clock.
    """
    said = [(s.section, say_in_zone(s, viewer.zone)) for s in report.statements]
    whole = [text for section, text in said if section == "whole"]
    changes = [text for section, text in said if section == "changes"]
    quiet = "is-unseen" if whole or changes else "nothing"  # heard, where the words are seen
    told: list[Any] = [html.P(gettext("The report is ready."), className=quiet)]
    told += [html.P(text) for text in whole]
    if len(changes) == 1:
        told.append(html.P(changes[0]))
    elif changes:
        told.append(html.Ul([html.Li(text) for text in changes[:MOST_CHANGES]]))
    if len(changes) > MOST_CHANGES:
        told.append(html.P(gettext("The report tells more of them."), className="nothing"))
    return told


def report_problem(why: str) -> list[Any]:
    """Return what is said where there is no report to show."""
    return [notice(why)]


def _doors(session_id: str) -> list[html.A]:
    at = f"/dashboard/session/{session_id}/report"
    opened = html.A(
        gettext("Open the report"), href=at, target="_blank", rel="noopener",
        className="button primary", id="report-open",
    )  # fmt: skip
    return [opened, *[_door(at, kind, name) for kind, name in _names().items()]]


def _door(at: str, kind: ReportFormat, name: str) -> html.A:
    says = gettext("Save the report as {format}").format(format=name)
    return html.A(name, href=f"{at}.{kind}", className="button", **aria(label=says))


def _names() -> dict[ReportFormat, str]:
    """Return the formats to save, the one for people first; formats are called so everywhere."""
    return {
        ReportFormat.PDF: "PDF",
        ReportFormat.HTML: "HTML",
        ReportFormat.CSV: "CSV",
        ReportFormat.PARQUET: "Parquet",
        ReportFormat.JSON: "JSON",
    }
