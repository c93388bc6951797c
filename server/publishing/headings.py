"""What stands over the parts of a report, and the sentences that every report has. Pure."""

import re
from datetime import datetime, tzinfo

from server.languages import gettext
from server.publishing.writing import write_clock
from server.schemas import Figure, Report, Statement


def questions() -> dict[str, str]:
    """Return a teacher's questions in the order of the report, by section of the statements."""
    return {
        "whole": gettext("How was the lesson as a whole?"),
        "changes": gettext("When did the mood change?"),
        "segments": gettext("Which segment differed from the rest?"),
        "visible": gettext("How many students were visible?"),
        "said": gettext("What did students say themselves?"),
    }


def answered(report: Report) -> list[tuple[str, str, list[Statement]]]:
    """Return each section that has statements, with its question and its statements."""
    found = [
        (section, question, [s for s in report.statements if s.section == section])
        for section, question in questions().items()
    ]
    return [(section, question, said) for section, question, said in found if said]


def limits(report: Report) -> list[str]:
    """Return what the numbers do not mean: what always holds, then what this report says."""
    always = [
        gettext("Visible expressions, not feelings, attention or understanding."),
        gettext("Not for grading, attendance, discipline or appraisal."),
    ]
    said = [s.text for s in report.statements if s.section == "limits"]
    return always + [text for text in said if text not in always]


def simulated_words() -> tuple[str, str]:
    """Return how a simulated session is marked, in short and as a sentence."""
    return gettext("Simulated"), gettext("Invented readings. No student is behind these numbers.")


def find_time(statement: Statement) -> tuple[datetime, str] | None:
    """Return the moment a statement names, and how its text writes it in UTC; else None."""
    told = statement.figures.get(Figure.AT)
    if not isinstance(told, str):
        return None
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        return None
    for seconds in (True, False):
        written = write_clock(moment, seconds=seconds)
        if re.search(rf"(?<![\d:]){written}(?![\d:])", statement.text):
            return moment, written
    return None


def say_in_zone(statement: Statement, zone: tzinfo) -> str:
    """Return a statement's text with the moment it names on a zone's clock."""
    found = find_time(statement)
    if found is None:
        return statement.text
    moment, written = found
    local = write_clock(moment.astimezone(zone), seconds=len(written) > 5)
    return statement.text.replace(written, local, 1)
