"""The statements of a report, worded in the language spoken. Pure.

Times of day are those of UTC, as in the JSON beside them; whoever writes a file for a reader in
another zone puts that one's in their place (`server.publishing`).
"""

from datetime import datetime

from server.publishing.writing import (
    write_clock,
    write_length,
    write_percent,
    write_points,
    write_whole,
)
from server.report.sentences import sentences, sentences_of_numbers
from server.schemas import Figure, Report, Statement
from server.vocabulary import (
    answer_names,
    emotion_adjectives,
    emotion_names,
    less_of,
    more_of,
)

COUNTED = (Figure.NUMBER, Figure.STUDENTS, Figure.VISIBLE)
"""What a plural goes by: the first of these that a statement has."""
LENGTHS = {
    "too_short": (Figure.SECONDS, Figure.NEEDED),
    "only_of": (Figure.SECONDS, Figure.NEEDED),
}
"""Which figures are lengths of time, where it is not `seconds` alone."""


def word_report(report: Report) -> Report:
    """Return the report with the texts of its statements."""
    plain = sentences()
    worded = [
        one.model_copy(update={"text": _word(one, plain, report.session.started_at)})
        for one in report.statements
    ]
    return report.model_copy(update={"statements": worded})


def _word(statement: Statement, plain: dict[str, str], started_at: datetime) -> str:
    """Return a statement's sentence; empty where this program does not know it."""
    number = next((statement.figures[name] for name in COUNTED if name in statement.figures), 0)
    counted = sentences_of_numbers(int(number or 0))
    sentence = counted.get(statement.key) or plain.get(statement.key, "")
    return sentence.format(**_write_all(statement, started_at))


def _write_all(statement: Statement, started_at: datetime) -> dict[str, str]:
    """Return all figures as they are written."""
    figures = statement.figures
    lengths = LENGTHS.get(statement.key, (Figure.SECONDS,))
    written = {str(name): str(value) for name, value in figures.items()}
    for name, value in figures.items():
        if isinstance(value, float | int):
            if name in lengths:
                written[name] = write_length(value)
            elif name is Figure.SHARE:
                written[name] = write_percent(value)
            elif name is Figure.SIZE:
                written[name] = write_points(value)
            elif name in (Figure.LOW, Figure.HIGH):
                written[name] = (write_points if Figure.SIZE in figures else write_whole)(value)
    if isinstance(at := figures.get(Figure.AT), str):
        moment = datetime.fromisoformat(at)
        into = max((moment - started_at).total_seconds(), 0.0)
        written |= {"at": write_clock(moment), "into": write_length(into)}
    return written | _write_names(statement)


def _write_names(statement: Statement) -> dict[str, str]:
    """Return what a statement is of, in words."""
    what, size = str(statement.figures.get(Figure.WHAT)), statement.figures.get(Figure.SIZE)
    if isinstance(size, float | int):
        return {"change": (more_of() if size > 0 else less_of()).get(what, what)}
    looks = {str(emotion): word for emotion, word in emotion_adjectives().items()}
    names = {str(emotion): word for emotion, word in emotion_names().items()}
    names |= {str(answer): word for answer, word in answer_names().items()}
    return {
        "what": names.get(what, what),
        "expression": looks.get(what, what),
        "second": looks.get(str(statement.figures.get(Figure.NEAR)), ""),
    }
