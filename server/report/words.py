"""The sentences of a report, worded in the language spoken. Pure."""

from server.schemas import Report


def word_report(report: Report) -> Report:
    """Return the report with the texts of its statements."""
    return report
