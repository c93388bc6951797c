"""The chart with what one may do with it: choose an expression, choose a moment. Pure."""

from html import escape

from model.palette import TOP_TO_BOTTOM
from server.languages import gettext
from server.publishing.geometry import Span
from server.publishing.page.chart import draw_rows, draw_ticks
from server.publishing.page.lanes import (
    draw_changes,
    draw_lines,
    draw_marks,
    draw_segments,
    has_marks,
)
from server.publishing.page.markup import draw_swatch
from server.schemas import Report
from server.schemas.answer_look import BOTTOM_TO_TOP
from server.vocabulary import answer_names, emotion_names


def write_explorer(report: Report, span: Span) -> str:
    """Return the chart's section; empty where a report has no series."""
    if not report.series:
        return ""
    heading = escape(gettext("Over the lesson"))
    has_shares = any(stretch.shares for stretch in report.series)
    return (
        f'<section class="explorer" aria-labelledby="over"><h2 id="over">{heading}</h2>'
        f"{_write_choice() if has_shares else ''}"
        f'<div class="beside"><div class="drawn">{_write_chart(report, span)}'
        f"{_write_slider(len(report.series))}</div>{_write_readout(report)}</div></section>"
    )


def _write_chart(report: Report, span: Span) -> str:
    lanes = []
    if report.changes:
        lanes.append((gettext("Changes"), draw_changes(report, span)))
    if report.segments:
        lanes.append((gettext("Segments"), draw_segments(report, span)))
    if has_marks(report):
        lanes.append((gettext("Marks and notes"), draw_marks(report, span)))
    drawn = "".join(
        f'<p class="head"><span>{escape(head)}</span></p><div class="left"></div>'
        f'<div class="plot">{lane}</div><div class="right"></div>'
        for head, lane in lanes
    )
    rows = "".join(draw_rows(report, span))
    return (
        f'<div class="rows" id="chart">{drawn}{rows}{draw_ticks(span)}'
        f'<div class="over" id="over-rows">{draw_lines(report, span)}'
        '<div id="cross" hidden></div></div></div>'
    )


def _write_choice() -> str:
    names = emotion_names()
    options = "".join(
        f'<label><input type="radio" name="see" id="see-{e}">{draw_swatch(e)}{escape(names[e])}'
        "</label>"
        for e in TOP_TO_BOTTOM
    )
    asked, everything = escape(gettext("Show")), escape(gettext("all expressions"))
    return (
        f'<fieldset class="choice"><legend>{asked}</legend>'
        '<label><input type="radio" name="see" id="see-all" checked>'
        f"{everything}</label>{options}</fieldset>"
        f'<p class="hint curve-hint">{escape(_curve_hint())}</p>'
    )


def _curve_hint() -> str:
    return gettext("The line is the share, the band around it its 95 % interval.")


def _write_slider(stretches: int) -> str:
    words = escape(gettext("Moment of the lesson"))
    return (
        f'<div class="slider" hidden><input type="range" id="moment" min="0" '
        f'max="{stretches - 1}" value="0" step="1" aria-label="{words}"></div>'
    )


def _write_readout(report: Report) -> str:
    hint = escape(gettext("Point at a moment in the chart, or move the slider with arrow keys."))
    emotions, answers = emotion_names(), answer_names()
    seen = said = ""
    if report.session.camera:
        seen = "".join(_line(f"of-{e}", draw_swatch(e), emotions[e]) for e in TOP_TO_BOTTOM)
        seen = f'<p id="now-visible"></p><table class="now" id="now-shares">{seen}</table>'
    if any(stretch.said for stretch in report.series):
        said = "".join(_line(f"of-{a}", draw_swatch(a), answers[a]) for a in BOTTOM_TO_TOP)
        heading = escape(gettext("Students say"))
        said = f'<p class="kicker">{heading}</p><table class="now" id="now-answers">{said}</table>'
        said += '<p id="now-few" hidden></p>'
    name = escape(gettext("This moment"))
    return (
        f'<aside class="readout" id="readout" aria-label="{name}" hidden>'
        f'<p class="hint" id="now-hint">{hint}</p><div id="now" hidden>'
        f'<p class="now-time"><strong id="now-time"></strong> <span id="now-into"></span></p>'
        f'<p id="now-slide" class="now-slide"></p><p id="now-cue" class="now-cue"></p>'
        f"{seen}{said}</div></aside>"
    )


def _line(key: str, swatch: str, name: str) -> str:
    return (
        f'<tr id="{key}"><th scope="row">{swatch}{escape(name)}</th><td class="share"></td>'
        '<td class="interval"></td></tr>'
    )
