"""What things are called on screen, in the language spoken. Pure.

Functions instead of tables: which language is spoken is known only when a page is drawn. Phrases
that a language inflects are whole, never put together. What reports say too is in
`server.vocabulary`.
"""

from model.emotions import Emotion
from server.languages import gettext
from server.schemas import SelfReportAnswer
from server.vocabulary import (
    answer_names,
    emotion_adjectives,
    emotion_names,
    kind_names,
    profile_title,
)

__all__ = [
    "answer_names",
    "changes_down",
    "changes_up",
    "emotion_adjectives",
    "emotion_names",
    "fewer_said",
    "kind_names",
    "less_than_before",
    "more_said",
    "more_than_before",
    "profile_title",
]


def more_than_before() -> dict[Emotion, str]:
    """Return what is said of a share that grew. Expressions are counted, never feelings."""
    return {
        Emotion.NEUTRAL: gettext("More neutral expressions than five minutes ago"),
        Emotion.HAPPY: gettext("More happy expressions than five minutes ago"),
        Emotion.SURPRISE: gettext("More surprise than five minutes ago"),
        Emotion.SAD: gettext("More sad expressions than five minutes ago"),
        Emotion.ANGRY: gettext("More angry expressions than five minutes ago"),
        Emotion.FEAR: gettext("More fear than five minutes ago"),
        Emotion.DISGUST: gettext("More disgust than five minutes ago"),
    }


def less_than_before() -> dict[Emotion, str]:
    """Return what is said of a share that shrank."""
    return {
        Emotion.NEUTRAL: gettext("Fewer neutral expressions than five minutes ago"),
        Emotion.HAPPY: gettext("Fewer happy expressions than five minutes ago"),
        Emotion.SURPRISE: gettext("Less surprise than five minutes ago"),
        Emotion.SAD: gettext("Fewer sad expressions than five minutes ago"),
        Emotion.ANGRY: gettext("Fewer angry expressions than five minutes ago"),
        Emotion.FEAR: gettext("Less fear than five minutes ago"),
        Emotion.DISGUST: gettext("Less disgust than five minutes ago"),
    }


def more_said() -> dict[SelfReportAnswer, str]:
    """Return what is said of an answer that more students give."""
    return {
        SelfReportAnswer.FOLLOWING: gettext("More say “I follow” than five minutes ago"),
        SelfReportAnswer.LOST: gettext("More say “I’m lost” than five minutes ago"),
        SelfReportAnswer.TOO_FAST: gettext("More say “too fast” than five minutes ago"),
        SelfReportAnswer.BORED: gettext("More say “bored” than five minutes ago"),
    }


def fewer_said() -> dict[SelfReportAnswer, str]:
    """Return what is said of an answer that fewer students give."""
    return {
        SelfReportAnswer.FOLLOWING: gettext("Fewer say “I follow” than five minutes ago"),
        SelfReportAnswer.LOST: gettext("Fewer say “I’m lost” than five minutes ago"),
        SelfReportAnswer.TOO_FAST: gettext("Fewer say “too fast” than five minutes ago"),
        SelfReportAnswer.BORED: gettext("Fewer say “bored” than five minutes ago"),
    }


def changes_up() -> dict[str, str]:
    """Return what an alert says of what went up, by the change's name."""
    return {
        Emotion.NEUTRAL: gettext("neutral expressions up"),
        Emotion.HAPPY: gettext("happy expressions up"),
        Emotion.SURPRISE: gettext("surprise up"),
        Emotion.SAD: gettext("sad expressions up"),
        Emotion.ANGRY: gettext("angry expressions up"),
        Emotion.FEAR: gettext("fear up"),
        Emotion.DISGUST: gettext("disgust up"),
        SelfReportAnswer.FOLLOWING: gettext("“I follow” up"),
        SelfReportAnswer.LOST: gettext("“I’m lost” up"),
        SelfReportAnswer.TOO_FAST: gettext("“too fast” up"),
        SelfReportAnswer.BORED: gettext("“bored” up"),
        "coverage": gettext("coverage up"),
        "engagement": gettext("engagement profile up"),
    }


def changes_down() -> dict[str, str]:
    """Return what an alert says of what went down, by the change's name."""
    return {
        Emotion.NEUTRAL: gettext("neutral expressions down"),
        Emotion.HAPPY: gettext("happy expressions down"),
        Emotion.SURPRISE: gettext("surprise down"),
        Emotion.SAD: gettext("sad expressions down"),
        Emotion.ANGRY: gettext("angry expressions down"),
        Emotion.FEAR: gettext("fear down"),
        Emotion.DISGUST: gettext("disgust down"),
        SelfReportAnswer.FOLLOWING: gettext("“I follow” down"),
        SelfReportAnswer.LOST: gettext("“I’m lost” down"),
        SelfReportAnswer.TOO_FAST: gettext("“too fast” down"),
        SelfReportAnswer.BORED: gettext("“bored” down"),
        "coverage": gettext("coverage down"),
        "engagement": gettext("engagement profile down"),
    }
