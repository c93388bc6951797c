"""What the engagement profile says now, and its formula in words and numbers, one click away."""

from typing import Any

from babel.numbers import format_decimal
from dash import html

from dashboard.palette import TOP_TO_BOTTOM
from dashboard.vocabulary import emotion_names, profile_title
from model.emotions import Emotion
from server.languages import gettext, spoken_locale
from server.schemas import EngagementProfile, Mood, MoodPoint


def engagement_panel(mood: Mood) -> list[Any]:
    """Return the profile's name, version and value; nothing in a session without cameras."""
    if not mood.session.camera:
        return []
    profile, told = mood.engagement_profile, mood.now.engagement
    named = gettext("“{title}”, version {version}").format(
        title=profile_title(profile), version=profile.version
    )
    if mood.session.ended_at is not None:
        value = gettext("See the curve and the table.")
    elif told is None:
        value = gettext("Not known just now.")
    else:
        value = gettext("{value} % (95 % interval {low}–{high})").format(
            value=_percent(told.engagement), low=_percent(told.low), high=_percent(told.high)
        )
    return [
        html.H2(gettext("Engagement profile"), className="caption"),
        html.P([html.Span(named), " ", html.Strong(value)], className="engagement-now"),
    ]


def formula(plain: Mood) -> list[Any]:
    """Return the formula with its weights, worked out for now where all of it is known.

    plain: with the plain shares, of which the server makes the engagement.
    """
    profile, now = plain.engagement_profile, plain.now
    rest = round(1 - profile.screen_weight, 4)
    words = gettext(
        "Engagement = {screen} × part of the class that is visible and turned to the screen "
        "+ {rest} × balance of expressions"
    ).format(screen=_figure(profile.screen_weight), rest=_figure(rest))
    return [
        html.P(words),
        html.P(_say_balance(profile)),
        *([] if plain.session.ended_at else _work_out(profile, rest, now)),
        html.P(
            gettext(
                "It says which faces are visible, where they turn and how they look. It is neither "
                "attention nor understanding, and not for grading, attendance, discipline or "
                "appraisal."
            )
        ),
    ]


def _say_balance(profile: EngagementProfile) -> str:
    names = emotion_names()
    weights = "; ".join(
        f"{names[e]} {_figure(weight, signed=True)}"
        for e in TOP_TO_BOTTOM
        if (weight := profile.emotion_weights.get(e, 0.0))
    )
    if not weights:
        return gettext("Balance of expressions = half, as no expression has a weight.")
    return gettext(
        "Balance of expressions = (1 + the sum of weight × share) / 2, with the weights {weights}."
    ).format(weights=weights)


def _work_out(profile: EngagementProfile, rest: float, now: MoodPoint) -> list[html.P]:
    told = now.engagement
    if told is None or now.shares is None:
        return []
    shares = now.shares
    weighed = sum(profile.emotion_weights.get(e, 0.0) * shares[e].share for e in Emotion)
    covered = 1.0 if now.coverage is None else now.coverage
    turned = now.turned.share if now.turned else 0.0
    sentence = gettext(
        "Now: {screen} × ({turned} % of those visible turned × {covered} % visible) "
        "+ {rest} × {balance} % = {value} %"
    )
    if now.coverage is None:
        sentence = gettext(
            "Now: {screen} × {turned} % of those visible turned + {rest} × {balance} % = {value} %"
            " (of those visible, as it is not known how many there are)"
        )
    return [
        html.P(
            sentence.format(
                screen=_figure(profile.screen_weight),
                turned=_percent(turned),
                covered=_percent(covered),
                rest=_figure(rest),
                balance=_percent((1 + weighed) / 2),
                value=_percent(told.engagement),
            ),
            className="worked-out",
        )
    ]


def _percent(part: float) -> str:
    return f"{part * 100:.0f}"


def _figure(value: float, *, signed: bool = False) -> str:
    written = format_decimal(abs(value), "0.####", locale=spoken_locale())
    return f"{'−' if value < 0 else '+' if signed else ''}{written}"
