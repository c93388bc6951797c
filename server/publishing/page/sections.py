"""The parts of the page that are read: sentences, tables, notes, limits. Pure."""

from html import escape

from server.languages import gettext, ngettext
from server.publishing.cells import Table
from server.publishing.headings import answered, find_time, limits
from server.publishing.page.markup import write_table, write_time
from server.publishing.tables import (
    answers_table,
    changes_table,
    facts,
    gaps_table,
    marks_table,
    segments_table,
    series_table,
    whole_table,
)
from server.schemas import Report, Statement


def write_answers(report: Report) -> str:
    """Return the sentences under the questions they answer."""
    parts = []
    for section, question, said in answered(report):
        sentences = "".join(f"<p>{_write_statement(one)}</p>" for one in said)
        parts.append(f'<div class="answer {section}"><h2>{escape(question)}</h2>{sentences}</div>')
    return f'<div class="answers">{"".join(parts)}</div>' if parts else ""


def write_tables(report: Report) -> str:
    """Return segments, changes, the whole lesson, who was visible, what was said, notes, limits."""
    parts = [
        _section(gettext("Segments"), [segments_table(report)]),
        _section(gettext("Changes"), [changes_table(report)], row_ids="change"),
        _section(gettext("In numbers"), [whole_table(report), answers_table(report)], paired=True,
                 more=_write_facts(report)),
        _section(gettext("Gaps"), [gaps_table(report)]),
        _write_notes(report),
        _section(gettext("Marked moments"), [marks_table(report)]),
        _write_limits(report),
    ]  # fmt: skip
    return "".join(parts)


def write_details(report: Report) -> str:
    """Return what is folded away: all numbers, and what was said."""
    parts = []
    if report.series:
        parts.append(_fold(gettext("The chart in numbers"), write_table(series_table(report))))
    if report.transcript:
        lines = "".join(
            f"<dt>{_write_into(cue.begins_s)}</dt><dd><bdi>{escape(cue.words)}</bdi></dd>"
            for cue in report.transcript
        )
        parts.append(_fold(gettext("Transcript"), f'<dl class="transcript">{lines}</dl>'))
    return "".join(parts)


def _section(
    heading: str,
    tables: list[Table | None],
    *,
    row_ids: str = "",
    paired: bool = False,
    more: str = "",
) -> str:
    there = [table for table in tables if table is not None]
    if not there and not more:
        return ""
    written = "".join(
        write_table(table, row_ids, buttons=not paired, quiet=table.caption == heading)
        for table in there
    )
    if paired:
        written = f'<div class="pair">{written}{more}</div>'
    return f"<section><h2>{escape(heading)}</h2>{written}</section>"


def _write_facts(report: Report) -> str:
    told = facts(report)
    lines = "".join(f"<div><dt>{escape(n)}</dt><dd>{escape(f)}</dd></div>" for n, f in told)
    return f'<dl class="facts">{lines}</dl>' if told else ""


def _write_notes(report: Report) -> str:
    if not report.notes:
        return ""
    lines = "".join(
        f'<dt>{write_time(note.at)}</dt><dd dir="auto">{escape(note.label)}</dd>'
        for note in report.notes
    )
    heading = escape(ngettext("Note", "Notes", len(report.notes)))
    return f'<section><h2>{heading}</h2><dl class="notes">{lines}</dl></section>'


def _write_limits(report: Report) -> str:
    lines = "".join(f"<li>{escape(text)}</li>" for text in limits(report))
    heading = escape(gettext("What these numbers do not mean"))
    return f'<section class="limits"><h2>{heading}</h2><ul>{lines}</ul></section>'


def _fold(heading: str, inside: str) -> str:
    return f"<details><summary>{escape(heading)}</summary>{inside}</details>"


def _write_into(seconds: float) -> str:
    hours, rest = divmod(int(seconds), 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}"


def _write_statement(statement: Statement) -> str:
    text = escape(statement.text)
    found = find_time(statement)
    if found is None:
        return text
    moment, written = found
    form = "hms" if len(written) > 5 else "hm"
    return text.replace(written, write_time(moment, form), 1)
