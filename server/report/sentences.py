"""The sentences that a report may say, in the language spoken. Pure.

Whole ones with places for figures, by the key of the statement. Some depend on a number, for their
plural.
"""

from server.languages import gettext, ngettext


def sentences_of_numbers(number: int) -> dict[str, str]:
    """Return the sentences whose form depends on their number."""
    return {
        "never_enough": ngettext(
            "Never enough students to tell expressions: {needed} must be visible at once, and "
            "at most {visible} was.",
            "Never enough students to tell expressions: {needed} must be visible at once, and "
            "at most {visible} were.",
            number,
        ),
        "smaller_changes": ngettext(
            "{number} smaller change is in the table.",
            "{number} smaller changes are in the table.",
            number,
        ),
        "segments_not_told": ngettext(
            "Of {number} of the {needed} segments nothing can be told: it was too short, or too "
            "few students were visible.",
            "Of {number} of the {needed} segments nothing can be told: they were too short, or "
            "too few students were visible.",
            number,
        ),
        "said_by": ngettext(
            "At most {students} student answered within the same half minute.",
            "At most {students} students answered within the same half minute.",
            number,
        ),
    }


def sentences() -> dict[str, str]:
    """Return all other sentences."""
    return {
        "mostly": gettext(
            "The lesson looked mostly {expression}: {share} of what was seen ({low}–{high} %)."
        ),
        "mixed": gettext(
            "The lesson looked mixed: {expression} most often, {share} of what was seen "
            "({low}–{high} %), then {second}."
        ),
        "only_of": gettext(
            "That is from {seconds} of the {needed} that it lasted; the rest of the time too few "
            "students were visible."
        ),
        "turned": gettext(
            "Of the visible faces, {share} were turned to the screen ({low}–{high} %)."
        ),
        "no_camera": gettext(
            "Students were not asked for their cameras, so there are no expressions to tell."
        ),
        "no_pictures": gettext("No pictures were sent in this lesson."),
        "too_little": gettext(
            "Too little was seen to tell expressions: enough students, but only for a moment."
        ),
        "change": gettext(
            "At {at}, {into} into the lesson: {change}, {size} points ({low} to {high})."
        ),
        "change_at": gettext(
            "At {at}, {into} into the lesson: {change}, {size} points ({low} to {high}), just as "
            "“{near}” began."
        ),
        "change_after": gettext(
            "At {at}, {into} into the lesson: {change}, {size} points ({low} to {high}), "
            "{seconds} after “{near}”."
        ),
        "change_before": gettext(
            "At {at}, {into} into the lesson: {change}, {size} points ({low} to {high}), "
            "{seconds} before “{near}”."
        ),
        "no_change": gettext(
            "No change beyond noise was found in the {seconds} that could be looked at."
        ),
        "too_short": gettext(
            "Whether the mood changed can't be said: {seconds} could be looked at, and it takes "
            "{needed} at least."
        ),
        "segment": gettext(
            "“{title}”: {change} than in the rest of the lesson, {size} points ({low} to {high})."
        ),
        "segment_first": gettext(
            "Before “{title}”: {change} than in the rest of the lesson, {size} points ({low} to "
            "{high})."
        ),
        "segments_alike": gettext(
            "None of the {number} segments differed from the rest beyond noise."
        ),
        "of_expected": gettext(
            "Usually {number} students were visible at once, {visible} at most; {students} are "
            "enrolled."
        ),
        "of_joined": gettext(
            "Usually {number} students were visible at once, {visible} at most; {students} joined."
        ),
        "visible": gettext("Usually {number} students were visible at once, {visible} at most."),
        "no_gap": gettext("Enough students were visible all the time."),
        "gap": gettext(
            "From {at} on, for {seconds}, too few students were visible to tell expressions."
        ),
        "gaps": gettext(
            "For {seconds} altogether, in {number} stretches, too few students were visible to "
            "tell expressions; the longest began at {at}."
        ),
        "said": gettext("{share} of the answers were “{what}” ({low}–{high} %)."),
        "said_by_few": gettext(
            "Too few students answered at the same time to tell what they said: {needed} must, "
            "and at most {students} did."
        ),
        "said_too_briefly": gettext(
            "What students said can't be told: enough of them answered, but only for a moment."
        ),
        "said_nothing": gettext("Students were asked how they follow, and nobody said anything."),
        **_limits(),
    }


def _limits() -> dict[str, str]:
    return {
        "not_feelings": gettext("Visible expressions, not feelings, attention or understanding."),
        "not_for_grading": gettext("Not for grading, attendance, discipline or appraisal."),
        "simulated": gettext("Invented readings. No student is behind these numbers."),
        "not_visible": gettext("Students who were not visible may have looked different."),
        "corrected": gettext(
            "The network is often wrong about a face. Shares are corrected for what it usually "
            "confuses; how it sees your students nobody has measured."
        ),
        "not_corrected": gettext(
            "The network is often wrong about a face. The intervals tell how much students "
            "differ, not how wrong it is."
        ),
        "steps": gettext(
            "Shares are told in steps of one student, and only a change of more than one and a "
            "half students moves them, so that no single student can be read from them."
        ),
    }
