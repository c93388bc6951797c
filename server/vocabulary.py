"""What emotions, answers and marks are called in a report, in the language spoken. Pure.

The same words as on the dashboard. Functions instead of tables: which language is spoken is known
only when something is written.
"""

from model.emotions import Emotion
from server.languages import gettext
from server.schemas import EngagementProfile, MarkerKind, SelfReportAnswer


def emotion_names() -> dict[Emotion, str]:
    """Return the emotions' names, as the charts and tables show them."""
    return {
        Emotion.NEUTRAL: gettext("neutral"),
        Emotion.HAPPY: gettext("happy"),
        Emotion.SURPRISE: gettext("surprise"),
        Emotion.SAD: gettext("sad"),
        Emotion.ANGRY: gettext("angry"),
        Emotion.FEAR: gettext("fear"),
        Emotion.DISGUST: gettext("disgust"),
    }


def answer_names() -> dict[SelfReportAnswer, str]:
    """Return the answers as students read them on their page."""
    return {
        SelfReportAnswer.FOLLOWING: gettext("I follow"),
        SelfReportAnswer.LOST: gettext("I’m lost"),
        SelfReportAnswer.TOO_FAST: gettext("too fast"),
        SelfReportAnswer.BORED: gettext("bored"),
    }


def kind_names() -> dict[MarkerKind, str]:
    """Return what a mark on the time axis is."""
    return {
        MarkerKind.MARKER: gettext("Marker"),
        MarkerKind.QUESTION: gettext("Question"),
        MarkerKind.SLIDE: gettext("Slide"),
        MarkerKind.CHAPTER: gettext("Chapter"),
        MarkerKind.NOTE: gettext("Note"),
    }


def quantity_names() -> dict[str, str]:
    """Return what may change: emotions, answers in quotes, coverage, where faces turn."""
    return (
        {str(emotion): name for emotion, name in emotion_names().items()}
        | {
            str(answer): gettext("“{words}”").format(words=name)
            for answer, name in answer_names().items()
        }
        | {
            "coverage": gettext("coverage"),
            "turned": gettext("turned to the screen"),
            "engagement": gettext("engagement profile"),
        }
    )


def profile_title(profile: EngagementProfile) -> str:
    """Return what an engagement profile is called: the shipped one in the language spoken."""
    return gettext("Visible and turned") if profile.ours else profile.title
