"""The charts' twin: the same numbers as tables, for readers whom a picture does not serve.

Told as plain elements (`dashboard.plain`) from the start: of Dash's components a lesson would need
thousands.
"""

from collections.abc import Sequence
from typing import Any

from dashboard.charts import Scene
from dashboard.coverage import class_size
from dashboard.marks import inside_marks
from dashboard.palette import TOP_TO_BOTTOM
from dashboard.plain import write_told
from dashboard.rows import reports_inside
from dashboard.sentence import find_dominant
from dashboard.viewer import Viewer
from dashboard.vocabulary import answer_names, emotion_names, kind_names
from server.languages import gettext
from server.schemas import Mood, MoodPoint, SelfReportPoint, Session, Share
from server.schemas.answer_look import BOTTOM_TO_TOP

Told = list[Any]
"""An element as `dashboard.plain.tell` tells it: `[tag, attributes, *children]`."""


def twin_tables(scene: Scene, viewer: Viewer) -> str:
    """Write a table for each kind of row the chart has, newest first.

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
        _row(
            {},
            viewer.tell_time(mark.at, "%H:%M:%S"),
            _words(kind_names()[mark.kind]),
            _words(mark.words),
        )
        for mark in reversed(marks)
    ]
    heads = [gettext("At"), gettext("Kind"), gettext("Words")]
    said = gettext("Markers, slides, chapters and notes")
    tables.append(_table(said, heads, rows, words=heads))
    return write_told(tables)


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


def _mood_table(points: Sequence[MoodPoint], session: Session, viewer: Viewer) -> Told:
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


def _mood_row(point: MoodPoint, session: Session, viewer: Viewer) -> Told:
    names = _names(f"{int(point.start.timestamp())}")
    time = viewer.tell_time(point.start, "%H:%M:%S")
    of = class_size(session, point)
    covered = "–" if of is None or point.coverage is None else f"{point.coverage * 100:.0f}"
    seen = [_figure(f"{point.visible}"), _figure(f"{point.present or '–'}"), _figure(covered)]
    if point.shares is None:
        unknown = _unknown(gettext("not enough faces"), 3 + len(TOP_TO_BOTTOM))
        return _row(names, time, *seen, unknown)
    told = point.engagement
    engaged = Share(share=told.engagement, low=told.low, high=told.high) if told else None
    most = _words(emotion_names()[find_dominant(point.shares)])
    shares = [_figure(_write(point.shares[e])) for e in TOP_TO_BOTTOM]
    figures = [_figure(_write(point.turned)), _figure(_write(engaged)), most, *shares]
    return _row(names, time, *seen, *figures)


def _answers_table(series: Sequence[SelfReportPoint], viewer: Viewer) -> Told:
    names = answer_names()
    heads = [gettext("From"), gettext("Students who answered"),
             *(gettext("{answer}, %").format(answer=names[a]) for a in BOTTOM_TO_TOP)]  # fmt: skip
    rows = [_answers_row(point, viewer) for point in reversed(series)]
    return _table(gettext("What students say of themselves, with 95 % intervals"), heads, rows)


def _answers_row(point: SelfReportPoint, viewer: Viewer) -> Told:
    names = _names(f"said-{int(point.start.timestamp())}")
    time, said = viewer.tell_time(point.start, "%H:%M:%S"), _figure(f"{point.said}")
    if point.shares is None:
        unknown = _unknown(gettext("not enough answers"), len(BOTTOM_TO_TOP))
        return _row(names, time, said, unknown)
    return _row(names, time, said, *(_figure(_write(point.shares[a])) for a in BOTTOM_TO_TOP))


def _table(
    caption: str, heads: Sequence[str], rows: Sequence[Told], *, words: Sequence[str] = ()
) -> Told:
    """Return a table; the columns of `words` hold words and stand left, others hold figures."""
    if not rows:
        rows = [["tr", {}, _unknown(gettext("None here."), len(heads))]]
    stand = {True: {"scope": "col", "class": "words"}, False: {"scope": "col"}}
    cells = [["th", stand[head in words], head] for head in heads]
    return ["table", {}, ["caption", {}, caption], ["thead", {}, ["tr", {}, *cells]],
            ["tbody", {}, *rows]]  # fmt: skip


def _row(names: dict[str, str], heading: str, *cells: Told) -> Told:
    return ["tr", names, ["th", {"scope": "row"}, heading], *cells]


def _figure(written: str) -> Told:
    return ["td", {}, written]


def _words(written: str) -> Told:
    return ["td", {"class": "words"}, written]


def _unknown(why: str, columns: int) -> Told:
    """Return the cell that stands for so many empty columns."""
    return ["td", {"class": "unknown", "colspan": f"{columns}"}, why]


def _write(share: Share | None) -> str:
    """Write a share with its interval: 66 (58–74)."""
    if share is None:
        return "–"
    return f"{share.share * 100:.0f} ({share.low * 100:.0f}–{share.high * 100:.0f})"


def _names(row: str) -> dict[str, str]:
    """Return the attribute by which `assets/place.js` knows a row again."""
    return {"data-at": row}
