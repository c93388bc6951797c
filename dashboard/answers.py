"""What students say of themselves, in words and colours. Pure.

Told only where at least five said something, like everything else.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from dashboard.sentence import AGO, Sentence, is_beyond_noise, say_change
from dashboard.vocabulary import fewer_said, more_said
from server.languages import gettext, ngettext
from server.schemas import ENOUGH_STUDENTS, Mood, SelfReportAnswer, SelfReportPoint
from server.schemas.answer_look import BOTTOM_TO_TOP


def say_now(point: SelfReportPoint) -> str:
    """Say the most given answer, or why there is none."""
    if point.counts is None:
        if not point.said:
            return gettext("Nobody has answered just now.")
        said = gettext("Not enough answers to say: {said} of the {needed} needed.")
        return said.format(said=point.said, needed=ENOUGH_STUDENTS)
    counts = point.counts
    return say_answer(max(BOTTOM_TO_TOP, key=lambda a: counts[a]), point)


def say_answer(answer: SelfReportAnswer, point: SelfReportPoint) -> str:
    """Say how many of those who answered gave one answer; `point` tells counts."""
    count = point.counts[answer] if point.counts else 0
    sentences = {
        SelfReportAnswer.FOLLOWING: ngettext(
            "{count} of {said} who answered follows.",
            "{count} of {said} who answered follow.",
            count,
        ),
        SelfReportAnswer.LOST: ngettext(
            "{count} of {said} who answered is lost.",
            "{count} of {said} who answered are lost.",
            count,
        ),
        SelfReportAnswer.TOO_FAST: ngettext(
            "{count} of {said} who answered finds it too fast.",
            "{count} of {said} who answered find it too fast.",
            count,
        ),
        SelfReportAnswer.BORED: ngettext(
            "{count} of {said} who answered is bored.",
            "{count} of {said} who answered are bored.",
            count,
        ),
    }
    return sentences[answer].format(count=count, said=point.said)


def describe_answers(mood: Mood) -> Sentence:
    """Say what students say: the large sentence of a session without cameras."""
    if mood.session.ended_at is not None:
        return Sentence(_describe_lesson(mood.self_reports))
    now = mood.self_report_now
    if now is None or (not now.said and not mood.self_reports):
        return Sentence(gettext("No answers yet."), gettext("Give your students the join code."))
    before = find_report(mood.self_reports, mood.now.start - AGO)
    return Sentence(say_now(now), compare_answers(now, before) if before else "")


def find_report(series: Sequence[SelfReportPoint], at: datetime) -> SelfReportPoint | None:
    """Return the bucket of self-reports that holds `at`, if it is told."""
    for point in series:
        if point.enough and point.start <= at < point.start + timedelta(seconds=point.seconds):
            return point
    return None


def compare_answers(now: SelfReportPoint, before: SelfReportPoint) -> str:
    """Say which answer changed most, and whether beyond noise; empty where either is not told."""
    if now.shares is None or before.shares is None:
        return ""
    one, other = now.shares, before.shares
    differences = {a: one[a].share - other[a].share for a in BOTTOM_TO_TOP}
    changed = [a for a in BOTTOM_TO_TOP if is_beyond_noise(one[a], other[a])]
    more, fewer = more_said(), fewer_said()
    clauses = {a: more[a] if differences[a] > 0 else fewer[a] for a in BOTTOM_TO_TOP}
    return say_change(changed, differences, clauses)


def count_answers(series: Sequence[SelfReportPoint]) -> dict[SelfReportAnswer, int] | None:
    """Return how often each answer was given in the told buckets; None where none is told."""
    told = [point.counts for point in series if point.counts is not None]
    return {a: sum(counts[a] for counts in told) for a in BOTTOM_TO_TOP} if told else None


def _describe_lesson(series: Sequence[SelfReportPoint]) -> str:
    counts = count_answers(series)
    if counts is None:
        return gettext("Never enough answers to say: {needed} are needed at once.").format(
            needed=ENOUGH_STUDENTS
        )
    part = counts[SelfReportAnswer.FOLLOWING] / sum(counts.values())
    return gettext("Over the lesson {percent} % of the answers were “I follow”.").format(
        percent=round(part * 100)
    )
