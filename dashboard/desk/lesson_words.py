"""What the scripts of notes, of the transcript and of a session's own fields say."""

from server.languages import gettext, ngettext


def lesson_words() -> dict[str, str | dict[str, str]]:
    """Return the sentences under their names, as `dashboard.desk.words.page_words` does."""
    return {**_notes(), **_transcript(), **_session()}


def _notes() -> dict[str, str | dict[str, str]]:
    return {
        "note_title": gettext("Note a moment"),
        "note_change": gettext("Change this note"),
        "note_saved": gettext("Noted at {time}."),
        "note_no_words": gettext("Write what you want to remember of this moment."),
        "note_no_time": gettext("Say when it was: hours, minutes and seconds."),
        "note_outside": gettext("The lesson went from {start} to {end}. Choose a time within it."),
        "note_left": {
            "one": ngettext("{n} character left", "{n} characters left", 1),
            "other": ngettext("{n} character left", "{n} characters left", 2),
        },
        "moment_hint": gettext("Point at the chart, or move the bar, to see what was then."),
        "put_back": gettext("It is back."),
        "quoted": gettext("“{words}”"),
    }


def _transcript() -> dict[str, str | dict[str, str]]:
    return {
        "sentences": {
            "one": ngettext("{n} sentence, {start} to {end}", "{n} sentences, {start} to {end}", 1),
            "other": ngettext(
                "{n} sentence, {start} to {end}", "{n} sentences, {start} to {end}", 2
            ),
        },
        "no_transcript": gettext(
            "Nothing is loaded. With a transcript you read at each moment what was said."
        ),
        "transcript_removed": gettext("The transcript is removed."),
        "remove_transcript": gettext("Remove what was said from this session?"),
        "not_transcript": gettext("{name} is no WebVTT file (.vtt), so it can’t be what was said."),
        "looks_said": gettext(
            "{name} has {n} entries, which looks like what was said, not like chapters. "
            "OK loads it as what was said; Cancel loads it as chapters."
        ),
    }


def _session() -> dict[str, str | dict[str, str]]:
    return {
        "session_no_title": gettext("Give it a title, so that you find it again."),
        "session_saved": gettext("Saved."),
    }
