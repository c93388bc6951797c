"""The page of a course over weeks: each lesson as one bar on the same scale, by date."""

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from dashboard.trend import choose_top, draw_trend
from dashboard.viewer import Viewer
from dashboard.views.beside import (
    COMPARE,
    badges,
    choice,
    compare_address,
    figures_table,
    legend,
    report_link,
    say_span,
    say_visible,
    sentences,
    session_link,
    whole_bar,
)
from dashboard.views.words import aria, notice
from dashboard.vocabulary import emotion_names
from model.emotions import Emotion
from server.languages import gettext, ngettext
from server.schemas import (
    MOST_COMPARED,
    ComparedSession,
    Comparison,
    Difference,
    LeftOut,
)

FEWEST = 2


def course_page(course: str) -> html.Div:
    """Return the page without its data, which the first callback brings."""
    return html.Div(
        [
            html.H1(course, className="page-title"),
            html.Div(
                html.P(gettext("The lessons are being compared…"), className="nothing"),
                id="course",
                **aria(live="polite"),
            ),
            dcc.Store(id="course-name", data=course),
            dcc.Store(id="page-title"),
        ],
        className="course-page",
    )


def no_course() -> list[Any]:
    """Return what the page of a course says that no session belongs to."""
    return [
        notice(
            gettext(
                "No lesson belongs to a course of this name. Give a session its course on its page."
            )
        ),
        dcc.Link(gettext("To your sessions"), href="/dashboard/", className="button"),
    ]


def course_lessons(told: Comparison, known: int, viewer: Viewer) -> list[Any]:
    """Return what is told of a course. known: lessons it has, of which the newest are compared."""
    everyone: list[ComparedSession | LeftOut] = [*told.sessions, *told.left_out]
    everyone.sort(key=lambda each: each.started_at)
    lessons = ngettext("{n} lesson", "{n} lessons", known).format(n=known)
    page: list[Any] = [
        html.P([html.Span(lessons), html.Span(say_span(everyone, viewer))], className="when"),
        html.Section(sentences(told.statements), className="compare-words"),
    ]
    if known > len(everyone):
        words = gettext("Only the newest {n} lessons are shown here.")
        page.append(notice(words.format(n=MOST_COMPARED)))
    page += _trends(told, viewer)
    page.append(_chooser(told, everyone, viewer))
    return [*page, figures_table(told.sessions, viewer)] if told.sessions else page


def _chooser(
    told: Comparison, everyone: Sequence[ComparedSession | LeftOut], viewer: Viewer
) -> html.Form:
    """Return the lessons, a form whose answer is the comparison of those chosen."""
    rows = [_row(each, viewer) for each in everyone]
    compared = [each.session_id for each in told.sessions]
    every = html.A(
        gettext("Compare all"), href=compare_address(compared), className="button primary",
        id="compare-all",
    )  # fmt: skip
    chosen = html.Button(gettext("Compare the chosen ones"), className="button chosen-only")
    doors = html.Div([chosen, *([every] if len(compared) >= FEWEST else [])], className="choices")
    head = html.Div(
        [html.H2(gettext("Lessons"), className="list-title"), doors], className="list-head"
    )
    parts = [head, *([legend()] if told.sessions else []), html.Ol(rows, className="lessons")]
    return html.Form(parts, action=COMPARE, method="GET", className="chooser")


def _row(session: ComparedSession | LeftOut, viewer: Viewer) -> html.Li:
    day = html.Span(viewer.tell_date(session.started_at))
    if isinstance(session, LeftOut):
        named = html.H3([choice(session.session_id, session.title), session_link(session)])
        facts = html.Div([day], className="when")
        return html.Li([html.Div([named, facts]), html.P(session.reason, className="nothing")])
    title = [html.Span(f"{session.number}. "), session_link(session)]
    named = html.H3([choice(session.session_id, session.title), *title])
    visible = html.Span(say_visible(session.whole))
    facts = html.Div([day, visible, *badges(session), report_link(session)], className="when")
    return html.Li([html.Div([named, facts]), whole_bar(session.whole)])


def _trends(told: Comparison, viewer: Viewer) -> list[html.Section]:
    beyond = {e: c for e, c in (told.trend or {}).items() if c.beyond_noise}
    if not beyond:
        return []
    first, last = told.sessions[0].started_at, told.sessions[-1].started_at
    ends = html.P(
        [html.Span(viewer.tell_date(first)), html.Span(viewer.tell_date(last))],
        className="trend-ends",
    )
    drawn = [_trend(told.sessions, emotion, change, ends) for emotion, change in beyond.items()]
    head = html.H2(gettext("Over the weeks"), className="list-title")
    return [html.Section([head, *drawn], className="trends")]


def _trend(
    sessions: Sequence[ComparedSession], emotion: Emotion, change: Difference, ends: html.P
) -> html.Figure:
    top, name = choose_top(sessions, emotion), emotion_names()[emotion]
    says = gettext("Share of {expression} in each lesson with its interval, and the trend").format(
        expression=name
    )
    picture = html.Img(src=draw_trend(sessions, emotion, change, top), alt=says)
    scale = html.Div([html.Span(f"{top * 100:.0f} %"), html.Span("0 %")], className="trend-scale")
    return html.Figure(
        [html.Figcaption(name), html.Div([scale, html.Div([picture, ends])], className="trend")]
    )
