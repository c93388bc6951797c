"""The differences between lessons as tables: what is beyond noise, and that the rest is not."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from dash import html

from dashboard.compare_file import write_csv
from dashboard.palette import TOP_TO_BOTTOM
from dashboard.views.beside import numbered, scrolling, write_difference
from dashboard.vocabulary import emotion_names
from model.emotions import Emotion
from server.languages import gettext, ngettext
from server.schemas import Comparison, Difference

_Differences = dict[Emotion, Difference]


def differences(told: Comparison) -> list[Any]:
    """Return the section of differences; nothing where no two lessons were read alike."""
    compared = [(numbered(s), s.against_rest) for s in told.sessions if s.against_rest]
    if not compared:
        return []
    caption = gettext("Each lesson less the mean of the others, in points")
    shown: list[Any] = [_difference_table(caption, compared)]
    if by_title := _rows_by_title(told):
        caption = gettext("Each lesson less the others under the same title, in points")
        shown.append(_difference_table(caption, by_title))
    save = html.A(
        gettext("Save as CSV"), href="data:text/csv;charset=utf-8," + quote(write_csv(told)),
        download="roomtone-comparison.csv", className="button", id="compare-csv",
    )  # fmt: skip
    head = html.H2(gettext("Differences"), className="list-title")
    return [html.Section([html.Div([head, save], className="list-head"), *shown])]


def _rows_by_title(told: Comparison) -> list[tuple[str, _Differences]]:
    """Return a row for each lesson that differs under a title, and one for all that are alike."""
    rows: list[tuple[str, _Differences]] = []
    for title in told.segment_titles:
        compared = [
            (numbered(session), segment.against_rest)
            for session in told.sessions
            for segment in session.segments
            if segment.title == title and segment.against_rest
        ]
        differ = [(f"{title} · {name}", found) for name, found in compared if _differs(found)]
        if compared and len(differ) < len(compared):
            count = len(compared) - len(differ)
            words = ngettext("{title} · {n} lesson", "{title} · {n} lessons", count)
            differ.append((words.format(title=title, n=count), {}))
        rows += differ
    return rows


def _differs(found: _Differences) -> bool:
    return any(each.beyond_noise for each in found.values())


def _difference_table(caption: str, rows: Sequence[tuple[str, _Differences]]) -> html.Div:
    names = emotion_names()
    heads = [gettext("Lesson"), *(names[e] for e in TOP_TO_BOTTOM)]
    body = [html.Tr([html.Th(name, scope="row"), *_cells(found)]) for name, found in rows]
    head = html.Thead(html.Tr([html.Th(head, scope="col") for head in heads]))
    table = html.Table([html.Caption(caption), head, html.Tbody(body)], className="differences")
    return scrolling(table, caption)


def _cells(found: _Differences) -> list[html.Td]:
    if not _differs(found):
        words = gettext("no difference beyond noise")
        return [html.Td(words, colSpan=len(TOP_TO_BOTTOM), className="unknown")]
    return [
        html.Td(html.Strong(write_difference(found[e])))
        if found[e].beyond_noise
        else html.Td(gettext("within noise"), className="unknown")
        for e in TOP_TO_BOTTOM
    ]
