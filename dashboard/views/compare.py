"""The page on which sessions stand beside each other: one scale, one axis, differences in a table.

The rows are in the order of time, each from its own start, or cut by the titles that lessons share.
"""

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.bands import Column, draw_columns
from dashboard.viewer import Viewer
from dashboard.views.beside import (
    badges,
    course_address,
    figures_table,
    legend,
    report_link,
    say_shares,
    say_span,
    say_visible,
    sentences,
    session_link,
)
from dashboard.views.compare_tables import differences
from dashboard.views.words import aria, notice
from server.languages import gettext
from server.schemas import ComparedSession, Comparison, LeftOut

TICK_MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440)
MOST_TICKS = 8


def compare_page() -> html.Div:
    """Return the page without its data, which the first callback brings."""
    return html.Div(
        [
            html.Div(
                [
                    html.H1(gettext("Lessons beside each other"), className="page-title"),
                    dmc.SegmentedControl(
                        id="compare-aligned",
                        value="time",
                        data=[
                            {"value": "time", "label": gettext("By time")},
                            {"value": "segment", "label": gettext("By slides and chapters")},
                        ],
                        **aria(label=gettext("Lessons are aligned")),
                    ),
                ],
                className="compare-head",
            ),
            html.Div(waiting(), id="compare", **aria(live="polite")),
            dcc.Store(id="page-title"),
        ],
        className="compare-page",
    )


def waiting() -> list[html.P]:
    """Return what is said until the comparison is there."""
    return [html.P(gettext("The lessons are being compared…"), className="nothing")]


def nothing_chosen() -> list[Any]:
    """Return what a page says that was asked to compare nothing."""
    return [
        notice(gettext("Choose two lessons or more in the list of sessions, then press Compare.")),
        dcc.Link(gettext("To your sessions"), href="/dashboard/", className="button"),
    ]


def comparison(told: Comparison, viewer: Viewer) -> list[Any]:
    """Return all that a comparison tells."""
    courses = sorted({s.course for s in told.sessions if s.course})
    everyone: list[ComparedSession | LeftOut] = [*told.sessions, *told.left_out]
    page: list[Any] = [
        html.P(
            [
                html.Span(say_span(everyone, viewer)),
                *[dcc.Link(name, href=course_address(name)) for name in courses],
            ],
            className="when",
        ),
        html.Section(sentences(told.statements), className="compare-words"),
    ]
    if told.sessions:
        page += [_lessons(told, viewer), figures_table(told.sessions, viewer)]
        page += differences(told)
    if told.left_out:
        page.append(left_out(told.left_out, viewer))
    return page


def left_out(sessions: Sequence[LeftOut], viewer: Viewer) -> html.Section:
    """Return the sessions that can't be compared, each with its reason."""
    rows = [
        html.Li(
            [
                session_link(session),
                html.Span(viewer.tell_date(session.started_at), className="when"),
                html.Span(session.reason),
            ]
        )
        for session in sessions
    ]
    head = html.H2(gettext("Not compared"), className="list-title")
    return html.Section([head, html.Ul(rows, className="left-out")])


def _lessons(told: Comparison, viewer: Viewer) -> html.Section:
    by_time = told.aligned_by == "time"
    if not by_time and not told.segment_titles:
        words = gettext("These lessons share no title of a slide, chapter or marker.")
        return html.Section(html.P(words, className="nothing"))
    length = _length(told.sessions)
    columns = [
        _columns_by_time(s, length) if by_time else _columns_by_title(s, told.segment_titles)
        for s in told.sessions
    ]
    rows = [
        _row(session, own, _seconds(session) / length if by_time else 1.0, viewer)
        for session, own in zip(told.sessions, columns, strict=True)
    ]
    axis = _time_axis(length) if by_time else _title_axis(told.segment_titles)
    parts: list[Any] = [legend(), html.Ol([*rows, axis], className="lessons")]
    if not by_time:
        titles = [html.Li(title) for title in told.segment_titles]
        parts.append(html.Ol(titles, className="titles", **aria(label=gettext("Titles"))))
    return html.Section(parts, **aria(label=gettext("The lessons, oldest first")))


def _row(
    session: ComparedSession, columns: Sequence[Column], part: float, viewer: Viewer
) -> html.Li:
    """Return a lesson. part: of the axis, as long as it was; gaps in it have another ground."""
    said = gettext("{title}: {shares}").format(
        title=session.title, shares=say_shares(session.whole)
    )
    ground = {"backgroundSize": f"{100 * part:.2f}% 100%"}
    picture = html.Img(src=draw_columns(columns), alt=said, style=ground)
    facts = html.Div(
        [
            html.Span(viewer.tell_date(session.started_at)),
            html.Span(say_visible(session.whole)),
            *badges(session),
            report_link(session),
        ],
        className="when",
    )
    named = html.H3([html.Span(f"{session.number}. "), session_link(session)])
    return html.Li([html.Div([named, facts]), html.Div(picture, className="bands")])


def _columns_by_time(session: ComparedSession, length: float) -> list[Column]:
    columns = []
    for stretch in session.series:
        since = (stretch.start - session.started_at).total_seconds()
        begin, end = max(since / length, 0.0), min((since + stretch.seconds) / length, 1.0)
        if stretch.shares is not None and end > begin:
            columns.append(Column(begin, end, stretch.shares))
    return columns


def _columns_by_title(session: ComparedSession, titles: Sequence[str]) -> list[Column]:
    place, count = {title: at for at, title in enumerate(titles)}, len(titles)
    return [
        Column((place[s.title] + 0.03) / count, (place[s.title] + 0.97) / count, s.shares)
        for s in session.segments
        if s.shares is not None
    ]


def _length(sessions: Sequence[ComparedSession]) -> float:
    """Return the seconds of the longest lesson."""
    return max(*[_seconds(session) for session in sessions], 1.0)


def _seconds(session: ComparedSession) -> float:
    return (session.ended_at - session.started_at).total_seconds()


def _time_axis(length: float) -> html.Li:
    step = next((m for m in TICK_MINUTES if length / 60 / m <= MOST_TICKS), TICK_MINUTES[-1])
    ticks = [
        html.Span(f"{minute}", style={"left": f"{100 * 60 * minute / length:.2f}%"})
        for minute in range(0, int(length / 60) + 1, step)
    ]
    words = html.Span(gettext("minutes since the start"), className="unit")
    return html.Li([html.Div(words), html.Div(ticks, className="axis")], className="axis-row")


def _title_axis(titles: Sequence[str]) -> html.Li:
    ticks = [
        html.Span(
            f"{at + 1}", title=title, style={"left": f"{100 * (at + 0.5) / len(titles):.2f}%"}
        )
        for at, title in enumerate(titles)
    ]
    words = html.Span(gettext("number of the title"), className="unit")
    return html.Li([html.Div(words), html.Div(ticks, className="axis")], className="axis-row")
