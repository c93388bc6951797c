"""The words that stand in the student's page, in the language spoken here; consent apart."""

from model.emotions import Emotion
from server.languages import gettext


def page_words() -> dict[str, str]:
    """Return the words that stand in the template."""
    return _asking_words() | _part_words() | _over_words() | _sent_words()


def emotion_names() -> dict[Emotion, str]:
    """Return what each emotion is called."""
    return {
        Emotion.ANGRY: gettext("angry"),
        Emotion.DISGUST: gettext("disgusted"),
        Emotion.FEAR: gettext("fearful"),
        Emotion.HAPPY: gettext("happy"),
        Emotion.SAD: gettext("sad"),
        Emotion.SURPRISE: gettext("surprised"),
        Emotion.NEUTRAL: gettext("neutral"),
    }


def _asking_words() -> dict[str, str]:
    return {
        "skip": gettext("Skip to the content"),
        "noscript": gettext(
            "This page needs JavaScript. Allow it for this address, or take part from the command "
            "line:"
        ),
        "asking_heading": gettext("Would you like to take part?"),
        "asking_lead": gettext(
            "Your teacher would like to see the visible mood of the class during this lesson. "
            "Whether you take part is up to you. This is what it means:"
        ),
        "elsewhere": gettext(
            "This lesson is open in another tab of this browser. Go on there: taking part twice "
            "would count you twice."
        ),
        "take_over": gettext("Take part here instead"),
        "insecure": gettext(
            "The camera can’t be used here, because this page was opened without encryption "
            "(http). Ask your teacher for an address that begins with https."
        ),
        "no_way_words": gettext("There is nothing to take part in with this page."),
        "agree": gettext("Agree and start the camera"),
        "agree_without": gettext("Agree, without camera"),
        "decline": gettext("Decline"),
        "declined_heading": gettext("That is fine"),
        "declined_lead": gettext(
            "You are not taking part. Nothing was sent, and nobody is told that you declined. You "
            "can close this page."
        ),
        "ask_again": gettext("Read it again"),
        "limit_expressions": gettext(
            "Visible expressions, not feelings, attention or understanding."
        ),
        "limit_use": gettext("Not for grading, attendance, discipline or appraisal."),
    }


def _part_words() -> dict[str, str]:
    return {
        "taking_part": gettext("You are taking part"),
        "preview": gettext("What your camera sees, mirrored"),
        "camera_off": gettext("The camera is off"),
        "reading_heading": gettext("Read in your last picture"),
        "reading_none": gettext("No picture has been read yet."),
        "reading_more": gettext("All seven expressions"),
        "reading_limits": gettext(
            "Only you see this. It says how your face looks, not how you feel, and is often wrong."
        ),
        "camera_again": gettext("Try the camera again"),
        "camera_choice": gettext("Camera"),
        "camera_stop": gettext("Turn camera off"),
        "answers_heading": gettext("How is it going?"),
        "following": gettext("I follow"),
        "lost": gettext("I’m lost"),
        "too_fast": gettext("Too fast"),
        "bored": gettext("Bored"),
        "answer_none": gettext("Tap one if you like. Your teacher sees only how many say what."),
        "keys": gettext("Keys 1 to 4 answer"),
        "pause": gettext("Pause"),
        "leave": gettext("Leave"),
    }


def _over_words() -> dict[str, str]:
    return {
        "ended_heading": gettext("This lesson has ended"),
        "ended_lead": gettext("Nothing is sent any more, and the camera is off."),
        "close_page": gettext("You can close this page."),
        "join_again": gettext("Join again"),
        "wrong_heading": gettext("This code leads nowhere any more"),
        "wrong_lead": gettext("The lesson may have been deleted. Nothing was sent."),
        "other_code": gettext("Type a code"),
    }


def _sent_words() -> dict[str, str]:
    return {
        "sent_heading": gettext("What was sent"),
        "sent_lead": gettext(
            "Every picture and answer that left this device, newest first. Besides these, the page "
            "only joins, asks now and then whether the lesson still runs, and leaves. The list is "
            "kept in this tab and is gone when you close or reload it."
        ),
        "download": gettext("Download the list (JSON)"),
        "col_number": gettext("Number"),
        "col_time": gettext("Time"),
        "col_what": gettext("What"),
        "col_outcome": gettext("Outcome"),
        "col_read": gettext("Read as"),
    }
