"""The words that change while the student's page is open, in the language spoken here.

They go to the browser as JSON. {Holes} are filled there; a word with forms for one and for many
things is {"one": …, "other": …}, chosen by the hole `n`.
"""

from server.languages import gettext, ngettext

Words = dict[str, str | dict[str, str]]


def script_words() -> Words:
    """Return all words of the page's scripts, each under its key."""
    return {
        **_lamp_words(),
        **_trouble_words(),
        **_camera_words(),
        **_reading_words(),
        **_answer_words(),
        **_over_words(),
        **_sent_words(),
    }


def _lamp_words() -> Words:
    return {
        "starting": gettext("Starting"),
        "starting_detail": gettext("If your browser asks for the camera, allow it."),
        "sending": gettext("Sending"),
        "sending_detail": {
            form: ngettext(
                "A picture goes out every second.", "A picture goes out every {n} seconds.", number
            )
            for form, number in (("one", 1), ("other", 2))
        },
        "paused": gettext("Paused"),
        "paused_detail": gettext("Nothing is sent and the camera is off."),
        "paused_report_detail": gettext("Nothing is sent."),
        "resumed_detail": gettext(
            "You had agreed in this tab before it was loaded again. Nothing is sent until you "
            "press Resume."
        ),
        "reconnecting": gettext("Reconnecting"),
        "reconnecting_detail": gettext(
            "The server can’t be reached just now. No picture goes out; this page keeps trying."
        ),
        "busy": gettext("Waiting for the server"),
        "busy_detail": gettext("It is busy. The next picture goes out in a moment."),
        "no-camera": gettext("No camera"),
        "no_camera_detail": gettext("No picture is sent."),
        "denied_detail": gettext("No picture is sent. That is fine, if you mean it."),
        "reporting": gettext("Taking part without camera"),
        "reporting_detail": gettext("Only what you tap is sent."),
        "pause": gettext("Pause"),
        "resume": gettext("Resume"),
    }


def _trouble_words() -> Words:
    return {
        "was_hidden": gettext(
            "While this tab was in the background, pictures went out less often. Keep it visible, "
            "in a window of its own if you can."
        ),
        "refused_frame": gettext(
            "This lesson takes no pictures, so the camera is off. You can still answer."
        ),
        "refused_picture": gettext(
            "The server could not read the last pictures. Choose another camera, or load this "
            "page again."
        ),
        "refused_self_report": gettext("This lesson does not ask how it is going."),
        "expired": gettext(
            "Your permission to send has expired, so nothing is sent any more. Agree again to go "
            "on."
        ),
    }


def _camera_words() -> Words:
    return {
        "camera_start": gettext("Turn camera on"),
        "camera_stop": gettext("Turn camera off"),
        "camera_without": gettext("Go on without camera"),
        "camera_number": gettext("Camera {n}"),
        "camera_denied": gettext(
            "Your browser keeps the camera from this page. To allow it, use the camera or lock "
            "symbol beside the address, then try again."
        ),
        "camera_none": gettext("No camera was found. Plug one in, then try again."),
        "camera_taken": gettext(
            "The camera can’t be opened; another program may be using it. Close that one, or "
            "choose another camera, then try again."
        ),
        "camera_lost": gettext(
            "The camera has stopped; it may have been unplugged, or another program has taken it. "
            "Plug it in or choose another camera, then try again."
        ),
        "camera_muted": gettext(
            "The camera gives no pictures just now; the device or another program has stopped it. "
            "Sending goes on when the camera does."
        ),
        "camera_insecure": gettext(
            "The camera can’t be used here, because this page was opened without encryption "
            "(http). Ask your teacher for an address that begins with https."
        ),
    }


def _reading_words() -> Words:
    return {
        "reading_none": gettext("No picture has been read yet."),
        "reading_no_face": gettext("No face was found in it."),
        "reading_face": gettext("Your face looks {emotion} ({share})."),
        "reading_faces": gettext(
            "{n} faces are in it, and all are counted. The largest looks {emotion} ({share})."
        ),
    }


def _answer_words() -> Words:
    return {
        "answer_none": gettext("Tap one if you like. Your teacher sees only how many say what."),
        "answer_stands": {
            form: ngettext(
                "Your answer stands for one more minute. Tap it again to take it back.",
                "Your answer stands for {n} more minutes. Tap it again to take it back.",
                number,
            )
            for form, number in (("one", 1), ("other", 2))
        },
        "answer_paused": gettext("While you pause, answers are not sent either."),
        "answer_following": gettext("I follow"),
        "answer_lost": gettext("I’m lost"),
        "answer_too_fast": gettext("Too fast"),
        "answer_bored": gettext("Bored"),
    }


def _over_words() -> Words:
    return {
        "ended_heading": gettext("This lesson has ended"),
        "ended_words": gettext("Nothing is sent any more, and the camera is off."),
        "deleted_words": gettext(
            "The teacher has deleted it, with all its numbers. Nothing is sent any more, and the "
            "camera is off."
        ),
        "left_heading": gettext("You have left"),
        "leaving": gettext("Nothing is sent any more, and the camera is off. Erasing…"),
        "leaving_unheard": gettext(
            "Nothing is sent any more, and the camera is off. The server can’t be reached to erase "
            "your last numbers; keep this page open, it keeps trying."
        ),
        "left_unjoined": gettext("Nothing was sent, and the camera is off."),
        "left_words": gettext(
            "Nothing is sent any more, and the camera is off. What stood apart of you is erased."
        ),
        "left_unknown": gettext(
            "Nothing is sent any more, and the camera is off. Your permission to send had expired, "
            "so nothing could be erased; what stands apart of you is added to the sums of the "
            "class within minutes."
        ),
        "left_nothing": gettext(
            "Nothing is sent any more, and the camera is off. There was nothing left to erase: all "
            "you sent is part of the sums of the class and no longer says whose it was."
        ),
        "left_erased": {
            form: ngettext(
                "Nothing is sent any more, and the camera is off. Your numbers of the last stretch "
                "of time are erased. What is older is part of the sums of the class and no longer "
                "says whose it was.",
                "Nothing is sent any more, and the camera is off. Your numbers of the last {n} "
                "stretches of time are erased. What is older is part of the sums of the class and "
                "no longer says whose it was.",
                number,
            )
            for form, number in (("one", 1), ("other", 2))
        },
        "left_stolen": gettext(
            "You take part in another tab of this browser now. Here nothing is sent any more, and "
            "the camera is off."
        ),
    }


def _sent_words() -> Words:
    return {
        "sent_pictures": {
            form: ngettext("{n} picture", "{n} pictures", number)
            for form, number in (("one", 1), ("other", 2))
        },
        "sent_answers": {
            form: ngettext("{n} answer", "{n} answers", number)
            for form, number in (("one", 1), ("other", 2))
        },
        "sent_nothing": gettext("nothing yet"),
        "sent_more": gettext("The newest {n} are shown; the downloaded list has all."),
        "what_picture": gettext("Picture, {width} × {height}, {kb} kB"),
        "what_answer": gettext("Answer: {answer}"),
        "outcome_under_way": gettext("under way"),
        "outcome_counted": gettext("counted"),
        "outcome_counted_late": gettext("counted, but its answer was lost"),
        "outcome_duplicate": gettext("not counted, its number was used before"),
        "outcome_refused": gettext("not counted, the server declined it"),
        "outcome_no_answer": gettext("no answer"),
        "read_no_face": gettext("no face"),
    }
