"""The charts' twin: the same numbers as tables, for readers whom a picture does not serve.

The tables are plain data, which `assets/twin.js` draws. As components of Dash, of which a lesson
needs thousands, they held up the browser for seconds.
"""

from collections.abc import Sequence
from typing import TypedDict

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


class Row(TypedDict):
    """A row of a table.

    at: names the row; `assets/place.js` knows it again by that. cells: the first is its heading.
    unknown: why the columns behind these cells are empty, or "".
    """

    at: str
    cells: list[str]
    unknown: str


class Table(TypedDict):
    """A table in the viewer's language. words: for each column, whether it holds words."""

    caption: str
    heads: list[str]
    words: list[bool]
    rows: list[Row]
    empty: str


def twin_tables(scene: Scene, viewer: Viewer) -> list[Table]:
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
        _row("", viewer.tell_time(mark.at, "%H:%M:%S"), kind_names()[mark.kind], mark.words)
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


def _mood_table(points: Sequence[MoodPoint], session: Session, viewer: Viewer) -> Table:
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


def _mood_row(point: MoodPoint, session: Session, viewer: Viewer) -> Row:
    of = class_size(session, point)
    covered = "–" if of is None or point.coverage is None else f"{point.coverage * 100:.0f}"
    at = f"{int(point.start.timestamp())}"
    seen = [viewer.tell_time(point.start, "%H:%M:%S"), f"{point.visible}",
            f"{point.present or '–'}", covered]  # fmt: skip
    if point.shares is None:
        return _row(at, *seen, unknown=gettext("not enough faces"))
    told = point.engagement
    engaged = Share(share=told.engagement, low=told.low, high=told.high) if told else None
    most = emotion_names()[find_dominant(point.shares)]
    shares = [_write(point.shares[e]) for e in TOP_TO_BOTTOM]
    return _row(at, *seen, _write(point.turned), _write(engaged), most, *shares)


def _answers_table(series: Sequence[SelfReportPoint], viewer: Viewer) -> Table:
    names = answer_names()
    heads = [gettext("From"), gettext("Students who answered"),
             *(gettext("{answer}, %").format(answer=names[a]) for a in BOTTOM_TO_TOP)]  # fmt: skip
    rows = [_answers_row(point, viewer) for point in reversed(series)]
    return _table(gettext("What students say of themselves, with 95 % intervals"), heads, rows)


def _answers_row(point: SelfReportPoint, viewer: Viewer) -> Row:
    at = f"said-{int(point.start.timestamp())}"
    first = [viewer.tell_time(point.start, "%H:%M:%S"), f"{point.said}"]
    if point.shares is None:
        return _row(at, *first, unknown=gettext("not enough answers"))
    return _row(at, *first, *(_write(point.shares[a]) for a in BOTTOM_TO_TOP))


def _table(caption: str, heads: list[str], rows: list[Row], *, words: Sequence[str] = ()) -> Table:
    """Return a table; the columns of `words` hold words and stand left, others hold figures."""
    held = [head in words for head in heads]
    return Table(caption=caption, heads=heads, words=held, rows=rows, empty=gettext("None here."))


def _row(at: str, *cells: str, unknown: str = "") -> Row:
    return Row(at=at, cells=list(cells), unknown=unknown)


def _write(share: Share | None) -> str:
    """Write a share with its interval: 66 (58–74)."""
    if share is None:
        return "–"
    return f"{share.share * 100:.0f} ({share.low * 100:.0f}–{share.high * 100:.0f})"
