"""The expressions right now (or over an ended lesson) as a list of bars with their intervals."""

from collections.abc import Mapping

from dash import html

from dashboard.correction import say_corrected
from dashboard.palette import COLOURS, TOP_TO_BOTTOM
from dashboard.sentence import average_shares
from dashboard.views.words import aria, number
from dashboard.vocabulary import emotion_names
from model.emotions import Emotion
from server.languages import gettext, ngettext
from server.schemas import ENOUGH_STUDENTS, Mood, Share


def now_panel(mood: Mood, *, corrected: bool = False) -> list[html.Table]:
    """Return the list, always with all seven rows in one order, so that nothing jumps.

    Nothing in a session without cameras.

    corrected: the shares of `mood` are corrected for what the network confuses.
    """
    if not mood.session.camera:
        return []
    extra = say_corrected() if corrected else ""
    if mood.session.ended_at is None:
        seconds = mood.now.seconds
        hint = ngettext("The last second.", "The last {seconds} seconds.", seconds).format(
            seconds=seconds
        )
        shares = mood.now.shares
        return [_table(gettext("Now"), mood.now.counts, shares, f"{hint} {extra}".strip())]
    counts = {
        e: sum(p.counts[e] for p in mood.series if p.counts is not None) for e in TOP_TO_BOTTOM
    }
    means = average_shares(mood.series)
    if means is None:
        return [_table(gettext("Whole lesson"), None, None, whole=True)]
    return [_table(gettext("Whole lesson"), counts, means, extra, whole=True)]


def _table(
    caption: str,
    counts: Mapping[Emotion, int] | None,
    shares: Mapping[Emotion, Share] | Mapping[Emotion, float] | None,
    hint: str = "",
    *,
    whole: bool = False,
) -> html.Table:
    if counts is None or shares is None:
        hint = gettext("Told from {needed} visible students on.").format(needed=ENOUGH_STUDENTS)
    return html.Table(
        [
            html.Caption([html.Span(caption, className="caption"), html.Small(hint)]),
            html.Thead(
                html.Tr(
                    [
                        html.Th(gettext("Expression"), scope="col"),
                        html.Th(gettext("Share"), scope="col", className="figure"),
                        html.Th(gettext("95 % interval"), scope="col", className="figure range"),
                        html.Th(gettext("Faces"), scope="col", className="figure"),
                    ]
                )
            ),
            html.Tbody(
                [
                    _row(e, counts[e] if counts else None, shares[e] if shares else None)
                    for e in TOP_TO_BOTTOM
                ]
            ),
        ],
        className="now whole" if whole else "now",
    )


def _row(emotion: Emotion, faces: int | None, share: Share | float | None) -> html.Tr:
    middle = share.share if isinstance(share, Share) else share
    return html.Tr(
        [
            html.Th(
                [
                    html.Span(className=f"swatch {emotion}"),
                    emotion_names()[emotion],
                    _bar(emotion, share),
                ],
                scope="row",
                style={"--emotion": COLOURS[emotion]},
            ),
            html.Td(
                "–" if middle is None else f"{middle:.0%}".replace("%", "\u202f%"),
                className="figure",
            ),
            html.Td(_range(share), className="figure range"),
            html.Td("–" if faces is None else number(faces), className="figure"),
        ]
    )


def _range(share: Share | float | None) -> str:
    return f"{share.low * 100:.0f}–{share.high * 100:.0f}" if isinstance(share, Share) else "–"


def _bar(emotion: Emotion, share: Share | float | None) -> html.Span:
    middle = share.share if isinstance(share, Share) else share or 0.0
    inside = [html.Span(className=f"fill {emotion}", style={"width": f"{middle:.2%}"})]
    if isinstance(share, Share):
        width = f"{share.high - share.low:.2%}"
        inside.append(
            html.Span(className="whisker", style={"left": f"{share.low:.2%}", "width": width})
        )
    return html.Span(inside, className="bar", **aria(hidden="true"))
