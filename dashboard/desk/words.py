"""What the page's scripts say, handed to them as one JSON block in the viewer's language."""

from dashboard.desk.lesson_words import lesson_words
from dashboard.desk.recording_words import recording_words
from server.languages import gettext, ngettext, spoken_language


def page_words() -> dict[str, str | dict[str, str]]:
    """Return every sentence under its name; those that count something under `one` and `other`.

    `{name}` in a sentence is filled in by `window.roomtone.say`.
    """
    return {"language": spoken_language(), **_connection(), **_moments(), **_outline(),
            **lesson_words(), **_profile(), **_sharing(), **recording_words()}  # fmt: skip


def _connection() -> dict[str, str]:
    return {
        "signed_out": gettext("You are signed out. Reload this page to sign in again."),
        "unreachable": gettext("Roomtone can’t be reached. Trying again every second."),
        "unreachable_since": gettext(
            "Roomtone can’t be reached. What you see is from {time}. Trying again every second."
        ),
        "not_done": gettext("Roomtone can’t be reached, so nothing was changed. Try again."),
        "no_reason": gettext("The server answered {status} without saying why. Try again."),
        "copied": gettext("Copied"),
        "not_copied": gettext("Not copied"),
        "title_list": gettext("Sessions"),
        "title_session": gettext("Session"),
    }


def _moments() -> dict[str, str]:
    return {
        "question": gettext("Question"),
        "marked": gettext("Marked at {time}: {words}"),
        "begun": gettext("Begun at {time}: {words}"),
        "taken_back": gettext("Taken back."),
        "undo": gettext("Undo"),
        "close": gettext("Close"),
        "waiting": gettext(
            "“{words}” is not saved yet: the server can’t be reached. Trying again."
        ),
        "given_up": gettext("“{words}” could not be saved: the server was away for too long."),
        "at": gettext("It is marked at {time}, when you pressed the key."),
        "new_words": gettext("New words for this marker"),
        "mark_title": gettext("Mark this moment"),
        "mark": gettext("Mark"),
        "save": gettext("Save"),
        "deleted": gettext("Deleted: {words}"),
        "no_words": gettext("Write a word or two, so that you know it again."),
        "no_next": gettext("There is no next slide or chapter."),
        "no_outline": gettext("No slides or chapters are loaded."),
        "not_live": gettext("The session has ended, so nothing can be marked now."),
    }


def _outline() -> dict[str, str | dict[str, str]]:
    return {
        "sending_file": gettext("Sending {name}: {percent} %"),
        "reading_file": gettext("Reading {name}…"),
        "loaded": {
            "one": ngettext("{n} entry is loaded.", "{n} entries are loaded.", 1),
            "other": ngettext("{n} entry is loaded.", "{n} entries are loaded.", 2),
        },
        "file_too_large": gettext(
            "{name} has {size} MB; at most {most} MB can be read. Save it without pictures and "
            "films, or load its titles as CSV."
        ),
        "file_unknown": gettext("{name} is none of PPTX, WebVTT (.vtt), CSV and JSON."),
        "outline_removed": gettext("The slides and chapters are removed; markers stay."),
        "remove_outline": gettext("Remove the slides and chapters from this session?"),
    }


def _profile() -> dict[str, str]:
    return {
        "formula": gettext(
            "{screen} × share of the class turned to the screen + {rest} × balance of expressions"
        ),
        "balance": gettext("balance of expressions = (1 {terms}) / 2"),
        "version": gettext("Version {version}, “{title}”"),
        "version_ours": gettext("Version {version}, “{title}”, as shipped"),
        "profile_saved": gettext("Saved as version {version}. The whole session is told by it."),
    }


def _sharing() -> dict[str, str | dict[str, str]]:
    return {
        "share_sending": gettext("Sending"),
        "share_starting": gettext("Waiting for the first picture"),
        "share_no_picture": gettext("No picture: is the window minimised?"),
        "share_busy": gettext("The server is busy; the next picture goes in {seconds} s."),
        "share_away": gettext("The server can’t be reached; trying again in {seconds} s."),
        "share_smaller": gettext("The picture was too large; it is sent smaller now."),
        "share_stopped": gettext("Your meeting window is no longer shared."),
        "share_ended": gettext("The session has ended; your meeting window is no longer shared."),
        "share_refused": gettext("No window was chosen, so nothing is shared."),
        "share_failed": gettext("The window can’t be shared: {why}"),
        "share_impossible": gettext(
            "This browser can share a window only over https or on the server’s own computer. "
            "Ask whoever runs Roomtone for its https address."
        ),
        "share_faces": {
            "one": ngettext("{n} face counted", "{n} faces counted", 1),
            "other": ngettext("{n} face counted", "{n} faces counted", 2),
        },
    }
