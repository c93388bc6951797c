"""What the pages of courses and of comparisons share: legend, bars, sentences, numbers."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

from dash import dcc, html

from dashboard.bands import draw_bar, draw_swatch
from dashboard.palette import TOP_TO_BOTTOM
from dashboard.plain import Element
from dashboard.viewer import Viewer
from dashboard.views.words import aria
from dashboard.vocabulary import emotion_names
from server.languages import gettext
from server.schemas import ComparedSession, Difference, LeftOut, Share, Statement, Stretch

COMPARE = "/dashboard/compare"


def course_address(course: str) -> str:
    """Return the address of a course's page."""
    return f"/dashboard/course/{quote(course, safe='')}"


def compare_address(session_ids: Sequence[str]) -> str:
    """Return the address at which these sessions are compared."""
    return f"{COMPARE}?{urlencode([('session', each) for each in session_ids])}"


def legend() -> html.Ul:
    """Return the emotions' colours and patterns with their names, as they lie in the bars."""
    names = emotion_names()
    return html.Ul(
        [
            html.Li([html.Img(src=draw_swatch(emotion), alt=""), names[emotion]])
            for emotion in TOP_TO_BOTTOM
        ],
        className="legend",
        **aria(label=gettext("Colours and patterns")),
    )


def sentences(statements: Sequence[Statement]) -> list[html.P | html.Ul]:
    """Return what is said, and under it what has to be known to read it."""
    said = [each.text for each in statements if each.section != "limits"]
    limits = [each.text for each in statements if each.section == "limits"]
    return [
        *[html.P(text) for text in said],
        html.Ul([html.Li(text) for text in limits], className="reading-notes"),
    ]


def whole_bar(whole: Stretch) -> html.Div:
    """Return the shares of a whole lesson as one bar."""
    assert whole.shares is not None  # noqa: S101 - a session without shares is left out
    said = say_shares(whole)
    return html.Div(html.Img(src=draw_bar(whole.shares), alt=said), className="whole-bar")


def say_shares(stretch: Stretch) -> str:
    """Say shares in words, the largest first: neutral 52 %, happy 24 %, and so on."""
    if stretch.shares is None:
        return gettext("not enough faces")
    names, shares = emotion_names(), stretch.shares
    ordered = sorted(TOP_TO_BOTTOM, key=lambda emotion: -shares[emotion].share)
    return ", ".join(f"{names[e]} {shares[e].share * 100:.0f} %" for e in ordered)


def say_visible(whole: Stretch) -> str:
    """Say how many students were visible at once, of how many where that is known."""
    if whole.coverage is None:
        return gettext("{visible} visible").format(visible=whole.visible)
    return gettext("{visible} visible, {coverage} % of the students").format(
        visible=whole.visible, coverage=f"{whole.coverage * 100:.0f}"
    )


def write_share(share: Share) -> str:
    """Write a share with its interval: 66 (58–74)."""
    return f"{share.share * 100:.0f} ({share.low * 100:.0f}–{share.high * 100:.0f})"


def write_difference(difference: Difference) -> str:
    """Write a difference in points with its interval: +12 (+3 to +21)."""
    told = [f"{100 * part:+.0f}" for part in (difference.size, difference.low, difference.high)]
    size, low, high = (each.replace("-", "\N{MINUS SIGN}") for each in told)
    return gettext("{size} ({low} to {high})").format(size=size, low=low, high=high)


def choice(session_id: str, title: str) -> Any:  # noqa: ANN401  no component, but beside them
    """Return the box by which a lesson is chosen; its name and value make the form's address."""
    says = gettext("Choose {title} to compare").format(title=title)
    told = {"type": "checkbox", "name": "session", "value": session_id, "class": "choice"}
    return Element("input", {**told, **aria(label=says)})


def session_link(session: ComparedSession | LeftOut) -> dcc.Link:
    """Return the link to a session's page."""
    return dcc.Link(session.title, href=f"/dashboard/session/{session.session_id}")


def report_link(session: ComparedSession) -> html.A:
    """Return the link to its report, in a tab of its own."""
    says = gettext("Report of {title}, in a new tab").format(title=session.title)
    return html.A(
        gettext("Report"), href=f"/dashboard/session/{session.session_id}/report",
        target="_blank", rel="noopener", className="button quiet", **aria(label=says),
    )  # fmt: skip


def badges(session: ComparedSession) -> list[html.Span]:
    """Return what marks a simulated session."""
    if not session.simulated:
        return []
    return [html.Span(gettext("Simulated"), className="badge")]


def say_span(sessions: Sequence[ComparedSession | LeftOut], viewer: Viewer) -> str:
    """Say from when to when the sessions were."""
    moments = [each.started_at for each in sessions]
    first, last = viewer.tell_date(min(moments)), viewer.tell_date(max(moments))
    return first if first == last else gettext("{first} to {last}").format(first=first, last=last)


def figures_table(sessions: Sequence[ComparedSession], viewer: Viewer) -> html.Details:
    """Return the bars' twin: the same numbers as a table, for readers whom a picture misses."""
    names = emotion_names()
    heads = [
        gettext("Lesson"), gettext("Date"), gettext("Visible"), gettext("Coverage, %"),
        *(gettext("{expression}, %").format(expression=names[e]) for e in TOP_TO_BOTTOM),
    ]  # fmt: skip
    rows = [html.Tr(_figures_row(session, viewer)) for session in sessions]
    caption = html.Caption(gettext("Shares of each whole lesson, with 95 % intervals"))
    head = html.Thead(html.Tr([html.Th(head, scope="col") for head in heads]))
    table = html.Table([caption, head, html.Tbody(rows)])
    return html.Details(
        [html.Summary(gettext("The numbers as a table")), scrolling(table, caption.children)],
        className="twin-figures",
    )


def scrolling(table: html.Table, says: str) -> html.Div:
    """Return a table in a box that scrolls sideways, by keyboard too."""
    return html.Div(table, className="wide-table", tabIndex="0", role="region", **aria(label=says))


def numbered(session: ComparedSession) -> str:
    """Write which lesson a row of a table is of: 3. Osmosis."""
    return f"{session.number}. {session.title}"


def _figures_row(session: ComparedSession, viewer: Viewer) -> list[html.Th | html.Td]:
    whole = session.whole
    shares = whole.shares or {}
    return [
        html.Th(numbered(session), scope="row"),
        html.Td(viewer.tell_date(session.started_at)),
        html.Td(whole.visible),
        html.Td("–" if whole.coverage is None else f"{whole.coverage * 100:.0f}"),
        *[html.Td(write_share(shares[e])) for e in TOP_TO_BOTTOM],
    ]
