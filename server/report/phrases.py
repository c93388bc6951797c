"""Parts of sentences that a language inflects, whole, in the language spoken. Pure."""

from model.emotions import Emotion
from server.languages import gettext
from server.schemas import SelfReportAnswer


def adjectives() -> dict[Emotion, str]:
    """Return how a class looks: “mostly surprised”."""
    return {
        Emotion.NEUTRAL: gettext("neutral"),
        Emotion.HAPPY: gettext("happy"),
        Emotion.SURPRISE: gettext("surprised"),
        Emotion.SAD: gettext("sad"),
        Emotion.ANGRY: gettext("angry"),
        Emotion.FEAR: gettext("fearful"),
        Emotion.DISGUST: gettext("disgusted"),
    }


def more() -> dict[str, str]:
    """Return what is said of a share that is larger. Expressions are counted, never feelings."""
    return {
        Emotion.NEUTRAL: gettext("more neutral expressions"),
        Emotion.HAPPY: gettext("more happy expressions"),
        Emotion.SURPRISE: gettext("more surprise"),
        Emotion.SAD: gettext("more sad expressions"),
        Emotion.ANGRY: gettext("more angry expressions"),
        Emotion.FEAR: gettext("more fear"),
        Emotion.DISGUST: gettext("more disgust"),
        SelfReportAnswer.FOLLOWING: gettext("“I follow” was said more often"),
        SelfReportAnswer.LOST: gettext("“I’m lost” was said more often"),
        SelfReportAnswer.TOO_FAST: gettext("“too fast” was said more often"),
        SelfReportAnswer.BORED: gettext("“bored” was said more often"),
        "coverage": gettext("more students visible"),
        "turned": gettext("more faces turned to the screen"),
    }


def less() -> dict[str, str]:
    """Return what is said of a share that is smaller."""
    return {
        Emotion.NEUTRAL: gettext("fewer neutral expressions"),
        Emotion.HAPPY: gettext("fewer happy expressions"),
        Emotion.SURPRISE: gettext("less surprise"),
        Emotion.SAD: gettext("fewer sad expressions"),
        Emotion.ANGRY: gettext("fewer angry expressions"),
        Emotion.FEAR: gettext("less fear"),
        Emotion.DISGUST: gettext("less disgust"),
        SelfReportAnswer.FOLLOWING: gettext("“I follow” was said less often"),
        SelfReportAnswer.LOST: gettext("“I’m lost” was said less often"),
        SelfReportAnswer.TOO_FAST: gettext("“too fast” was said less often"),
        SelfReportAnswer.BORED: gettext("“bored” was said less often"),
        "coverage": gettext("fewer students visible"),
        "turned": gettext("fewer faces turned to the screen"),
    }
