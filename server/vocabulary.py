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


def emotion_adjectives() -> dict[Emotion, str]:
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


def more_of() -> dict[str, str]:
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


def less_of() -> dict[str, str]:
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
