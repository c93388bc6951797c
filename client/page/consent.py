"""What is said before anything starts: who measures what, what it is not for, what is kept.

The words follow docs/privacy.md; whoever changes one changes the other.
"""

from dataclasses import dataclass

from babel.numbers import format_decimal

from server.languages import gettext, ngettext, spoken_locale
from server.schemas import ENOUGH_STUDENTS, Invitation


@dataclass(frozen=True)
class ConsentItem:
    """One question and the sentences that answer it."""

    question: str
    answer: tuple[str, ...]


def consent_items(invitation: Invitation, host: str) -> tuple[ConsentItem, ...]:
    """Return what a student reads before agreeing; host: where this server is."""
    camera = invitation.camera and not invitation.simulated
    report = invitation.self_report
    kinds = (camera, report)
    return (
        ConsentItem(gettext("What is measured?"), _keep(kinds, _faces(), _taps())),
        ConsentItem(gettext("By whom?"), (_whom(invitation, host),)),
        ConsentItem(
            gettext("What leaves your device?"),
            (*_keep(kinds, _pictures(invitation.send_seconds), _answers()), _nothing_else()),
        ),
        ConsentItem(gettext("What is kept?"), (_kept(), _row())),
        ConsentItem(gettext("What does your teacher see?"), (_class_only(), _joined())),
        ConsentItem(gettext("What is it not for?"), (_not_for(), *((_looks(),) if camera else ()))),
        ConsentItem(gettext("Can you stop?"), (_stop(),)),
    )


def agreement(invitation: Invitation) -> str:
    """Return the line above the buttons."""
    if invitation.camera and invitation.self_report and not invitation.simulated:
        return gettext(
            "Take part with your camera, without it, or not at all. Declining is fine: the lesson "
            "goes on as ever, and nobody is told that you declined."
        )
    return gettext(
        "Take part or not. Declining is fine: the lesson goes on as ever, and nobody is told that "
        "you declined."
    )


def _keep(kinds: tuple[bool, bool], *sentences: str) -> tuple[str, ...]:
    return tuple(said for wanted, said in zip(kinds, sentences, strict=True) if wanted)


def _faces() -> str:
    return gettext(
        "How much a face looks happy, surprised, neutral, sad, fearful, angry or disgusted, and "
        "whether it is turned to the screen."
    )


def _taps() -> str:
    return gettext(
        "What you say yourself with one tap: that you follow, are lost, find it too fast, or are "
        "bored."
    )


def _whom(invitation: Invitation, host: str) -> str:
    return gettext(
        "By the teacher of “{title}”, with the program Roomtone on this server ({host})."
    ).format(
        title=f"\N{FIRST STRONG ISOLATE}{invitation.session_title}\N{POP DIRECTIONAL ISOLATE}",
        host=host,
    )


def _pictures(seconds: float) -> str:
    return ngettext(
        "A small picture from your camera every second, with all that the camera sees, so your "
        "room too. The server reads it and forgets it at once; no picture is ever stored.",
        "A small picture from your camera every {seconds} seconds, with all that the camera sees, "
        "so your room too. The server reads it and forgets it at once; no picture is ever stored.",
        1 if seconds == 1 else 2,
    ).format(seconds=format_decimal(seconds, locale=spoken_locale()))


def _answers() -> str:
    return gettext("The answers you tap, for as long as they stand.")


def _nothing_else() -> str:
    return gettext("No sound, no name, no account. It goes to this server and nowhere else.")


def _kept() -> str:
    return gettext(
        "Numbers only. As a rule yours stand apart for about a minute, under a random number, and "
        "are then added to the sums of the class, which say nothing of you alone. The sums are "
        "kept until the teacher deletes the lesson."
    )


def _row() -> str:
    return gettext(
        "Until then there also stays the random number, when it joined and left, and how much it "
        "sent."
    )


def _class_only() -> str:
    return ngettext(
        "The class as a whole, and only while at least {number} student is visible or has "
        "answered. Never you alone.",
        "The class as a whole, and only while at least {number} students are visible or have "
        "answered. Never you alone.",
        ENOUGH_STUDENTS,
    ).format(number=ENOUGH_STUDENTS)


def _joined() -> str:
    return gettext(
        "How many have joined, and how many are still there, is always shown, without names."
    )


def _not_for() -> str:
    return gettext("It must not be used for marks, attendance, discipline or appraisal.")


def _looks() -> str:
    return gettext(
        "It says how faces look, not what anybody feels, whether they listen or what they "
        "understood. It is often wrong."
    )


def _stop() -> str:
    return gettext(
        "At any moment. Pause sends nothing for a while. Leave stops everything and erases those "
        "of your numbers that still stand apart. Closing this page stops sending too."
    )
