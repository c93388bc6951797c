"""The charts' twin: the same numbers as tables, for readers whom a picture does not serve."""

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard.charts import Scene
from dashboard.coverage import class_size
from dashboard.marks import inside_marks
from dashboard.palette import TOP_TO_BOTTOM
from dashboard.rows import reports_inside
from dashboard.sentence import find_dominant
from dashboard.viewer import Viewer
from dashboard.vocabulary import answer_names, emotion_names, kind_names
from server.languages import gettext
from server.schemas import Mood, MoodPoint, SelfReportPoint, Session, Share
from server.schemas.answer_look import BOTTOM_TO_TOP


def twin_tables(scene: Scene, viewer: Viewer) -> list[html.Table]:
    """Return a table for each kind of row the chart has, newest first.

    scene: of the chart, without the buckets that are not over.
    """
    session, tables = scene.session, []
    if session.camera:
        tables.append(_mood_table(scene.points, session, viewer))
    if session.self_report:
        reports = reports_inside(scene.reports, scene.stretch)
        tables.append(_answers_table(reports, viewer))
    marks = inside_marks(scene.marks, scene.stretch)
    rows = [
        html.Tr(
            [
                html.Th(viewer.tell_time(mark.at, "%H:%M:%S"), scope="row"),
                html.Td(kind_names()[mark.kind], className="words"),
                html.Td(mark.words, className="words"),
            ]
        )
        for mark in reversed(marks)
    ]
    heads = [gettext("At"), gettext("Kind"), gettext("Words")]
    said = gettext("Markers, slides, chapters and notes")
    tables.append(_table(said, heads, rows, words=heads))
    return tables


def say_chart(mood: Mood, sentence: str, *, whole: bool) -> str:
    """Describe the large chart in words, for a screen reader."""
    if not mood.session.camera:
        said = gettext(
            "What students say of themselves. {sentence} A table with all numbers follows."
        )
    elif whole:
        said = gettext(
            "Shares of each expression over the whole lesson, coverage, the engagement "
            "profile and marks. {sentence} A table with all numbers follows."
        )
    else:
        said = gettext(
            "Shares of each expression over the last five minutes, coverage, the engagement "
            "profile and marks. {sentence} A table with all numbers follows."
        )
    return said.format(sentence=sentence)


def _mood_table(points: Sequence[MoodPoint], session: Session, viewer: Viewer) -> html.Table:
    names = emotion_names()
    heads = [
        gettext("From"), gettext("Visible"), gettext("Present"), gettext("Coverage, %"),
        gettext("Turned to the screen, %"), gettext("Engagement profile, %"),
        gettext("Most common"),
        *(gettext("{expression}, %").format(expression=names[e]) for e in TOP_TO_BOTTOM),
    ]  # fmt: skip
    rows = [_mood_row(point, session, viewer) for point in reversed(points)]
    most = [gettext("Most common")]
    return _table(gettext("Mood, with 95 % intervals"), heads, rows, words=most)


def _mood_row(point: MoodPoint, session: Session, viewer: Viewer) -> html.Tr:
    at = int(point.start.timestamp())
    first = html.Th(viewer.tell_time(point.start, "%H:%M:%S"), scope="row")
    of = class_size(session, point)
    seen = [
        html.Td(point.visible),
        html.Td(point.present or "–"),
        html.Td("–" if of is None or point.coverage is None else f"{point.coverage * 100:.0f}"),
    ]
    if point.shares is None:
        words = html.Td(
            gettext("not enough faces"), colSpan=3 + len(TOP_TO_BOTTOM), className="unknown"
        )
        return html.Tr([first, *seen, words], **_names(f"{at}"))
    told = point.engagement
    engaged = Share(share=told.engagement, low=told.low, high=told.high) if told else None
    most = html.Td(emotion_names()[find_dominant(point.shares)], className="words")
    shares = [html.Td(_write(point.shares[e])) for e in TOP_TO_BOTTOM]
    cells = [html.Td(_write(point.turned)), html.Td(_write(engaged)), most, *shares]
    return html.Tr([first, *seen, *cells], **_names(f"{at}"))


def _answers_table(series: Sequence[SelfReportPoint], viewer: Viewer) -> html.Table:
    names = answer_names()
    heads = [gettext("From"), gettext("Students who answered"),
             *(gettext("{answer}, %").format(answer=names[a]) for a in BOTTOM_TO_TOP)]  # fmt: skip
    rows = [_answers_row(point, viewer) for point in reversed(series)]
    return _table(gettext("What students say of themselves, with 95 % intervals"), heads, rows)


def _answers_row(point: SelfReportPoint, viewer: Viewer) -> html.Tr:
    names = _names(f"said-{int(point.start.timestamp())}")
    first = html.Th(viewer.tell_time(point.start, "%H:%M:%S"), scope="row")
    if point.shares is None:
        words = gettext("not enough answers")
        unknown = html.Td(words, colSpan=len(BOTTOM_TO_TOP), className="unknown")
        return html.Tr([first, html.Td(point.said), unknown], **names)
    cells = [html.Td(_write(point.shares[a])) for a in BOTTOM_TO_TOP]
    return html.Tr([first, html.Td(point.said), *cells], **names)


def _table(
    caption: str, heads: Sequence[str], rows: Sequence[html.Tr], *, words: Sequence[str] = ()
) -> html.Table:
    """Return a table; the columns of `words` hold words and stand left, others hold figures."""
    if not rows:
        rows = [html.Tr(html.Td(gettext("None here."), colSpan=len(heads), className="unknown"))]
    cells = [html.Th(h, scope="col", className="words" if h in words else "") for h in heads]
    head = html.Thead(html.Tr(cells))
    return html.Table([html.Caption(caption), head, html.Tbody(list(rows))])


def _write(share: Share | None) -> str:
    """Write a share with its interval: 66 (58–74)."""
    if share is None:
        return "–"
    return f"{share.share * 100:.0f} ({share.low * 100:.0f}–{share.high * 100:.0f})"


def _names(row: str) -> dict[str, Any]:
    """Return the attribute by which `assets/place.js` knows a row again."""
    return {"data-at": row}
