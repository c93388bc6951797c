"""Sentences of a report: only what its figures support, in plain words."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from server.languages import LANGUAGES, speaking
from server.report.words import word_report
from server.schemas import Figure, SelfReportAnswer, TranscriptCue
from server.self_report import CountedAnswers
from server.tally import Tally
from tests.server.report.lessons import BEGIN, count_class, mark, report, usual_faces

NOBODY = np.zeros((0, 7))


def calm(students, seed=1):
    random, faces = np.random.default_rng(seed), usual_faces(students)

    def show(_):
        shown = np.log(faces + 1e-3) + random.normal(0, 0.3, faces.shape)
        return np.exp(shown) / np.exp(shown).sum(1, keepdims=True)

    return show


def keys(told, section=None):
    return [one.key for one in told.statements if section in (None, one.section)]


def texts(told):
    return [one.text for one in word_report(told).statements]


def answers(**counts):
    start = int(BEGIN.timestamp())
    said = Counter({SelfReportAnswer(name): count for name, count in counts.items()})
    return [CountedAnswers(start + 30 * at, said) for at in range(40)]


def test_a_calm_lesson_says_that_nothing_changed():
    told = report(count_class(calm(24)), joined=24)
    assert keys(told, "changes") == ["no_change"]
    assert "No change beyond noise was found in the 20 min that could be looked at." in texts(told)
    assert keys(told, "visible") == ["of_joined", "no_gap"]


def test_a_lesson_too_short_to_say_so_does_not():
    told = report(count_class(calm(24), minutes=2), minutes=2, joined=24)
    assert keys(told, "changes") == ["too_short"]


def test_without_pictures_it_says_so_and_tells_no_shares():
    told = report([])
    assert keys(told, "whole") == ["no_pictures"]
    assert told.whole.shares is None
    assert not any(one.shares for one in told.series)
    assert keys(told, "changes") == keys(told, "segments") == keys(told, "visible") == []


def test_never_five_says_how_many_are_needed():
    told = report(count_class(calm(4)), joined=4, markers=[mark(5, "A"), mark(9, "B")])
    assert keys(told, "whole") == ["never_enough"]
    assert "5 must be visible at once, and at most 4 were." in texts(told)[0]
    assert all(one.against_rest is None and one.shares is None for one in told.segments)
    assert [one.seconds for one in told.gaps] == [1200]


def test_one_bucket_of_five_is_too_little():
    told = report(count_class(lambda m: calm(5)(m) if m == 0 else NOBODY), joined=5)
    assert keys(told, "whole") == ["too_little"]


def test_one_bucket_of_twelve_is_told():
    told = report(count_class(lambda m: calm(12)(m) if m == 0 else NOBODY))
    assert told.whole.enough
    assert [one.enough for one in told.series].count(True) == 1
    assert keys(told, "changes") == ["too_short"]


def test_how_little_was_seen_is_said_beside_how_the_lesson_was():
    told = report(count_class(lambda m: calm(12)(m) if m < 8 else NOBODY))
    assert keys(told, "whole")[1] == "only_of"
    assert texts(told)[1].startswith("That is from 8 min of the 20 min that it lasted;")
    most = report(count_class(lambda m: calm(12)(m) if m < 12 else NOBODY))
    assert "only_of" not in keys(most)


def test_what_students_said_is_told_from_five_on():
    told = report([], answers=answers(following=6, lost=3))
    assert keys(told, "said") == ["said", "said", "said_by"]
    assert "67\u202f% of the answers were “I follow” (35–89 %)." in texts(told)
    few = report([], answers=answers(following=4))
    assert keys(few, "said") == ["said_by_few"]
    assert few.whole.answers is None
    assert few.whole.said == 4


def test_self_report_only_tells_no_expressions():
    told = report([], answers=answers(following=6), session={"camera": False})
    assert keys(told, "whole") == ["no_camera"]
    assert told.gaps == []


def test_a_gap_is_told_with_its_length():
    told = report(count_class(lambda m: NOBODY if 5 <= m < 8 else calm(12)(m)))
    [gap] = told.gaps
    assert (gap.start - BEGIN, gap.seconds) == (timedelta(minutes=5), 180)
    assert "From 09:05 on, for 3 min, too few students were visible to tell expressions." in texts(
        told
    )


def test_a_simulated_lesson_is_called_invented():
    assert "simulated" in keys(report([]), "limits")
    assert "simulated" not in keys(report([], session={"simulated": False}), "limits")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_statement_has_a_sentence_with_all_its_figures(language):
    loud = [
        report(count_class(lambda m: calm(24)(m) if m < 9 else calm(24)(m)[:, ::-1]), joined=24,
               markers=[mark(9, "{braces} and %s"), mark(15, "Later")],
               answers=answers(following=9, bored=3)),
        report([]), report(count_class(calm(4))), report([], session={"camera": False}),
    ]  # fmt: skip
    with speaking(language):
        for told in loud:
            for text in texts(told):
                assert text
                assert "None" not in text
    assert any("{braces} and %s" in text for text in texts(loud[0]))


def test_limits_are_always_told_last():
    for told in (report([]), report(count_class(calm(24)))):
        assert keys(told)[-len(keys(told, "limits")) :] == keys(told, "limits")
        assert keys(told, "limits")[:2] == ["not_feelings", "not_for_grading"]


def test_a_clock_set_back_loses_nothing():
    early = [
        replace(one, bucket_start=one.bucket_start - 3600) for one in count_class(calm(12))[:60]
    ]
    told = report([*early, *count_class(calm(12))])
    assert told.series[0].start == BEGIN - timedelta(hours=1)
    assert [one.enough for one in told.series].count(True) > 2


def test_an_end_before_the_start_is_survived():
    told = report([], minutes=-5)
    assert told.session.ended_at == told.session.started_at


def test_two_networks_are_not_corrected_but_told():
    half = [
        replace(one, network_version="v2") if at % 2 else one
        for at, one in enumerate(count_class(calm(12)))
    ]
    told = report(half)
    assert told.corrected is False
    assert told.whole.enough
    assert told.session.network_versions == ["v1", "v2"]


def test_a_window_alone_is_told_without_coverage():
    window: list[Tally] = count_class(calm(12), kind="window")
    told = report(window, joined=0)
    assert told.whole.shares is not None
    assert told.whole.coverage is None
    assert keys(told, "visible")[0] == "visible"


def test_what_was_said_stands_in_it():
    cue = TranscriptCue(begins_s=1, ends_s=3, words="Water moves.")
    assert report([], transcript=[cue]).transcript == [cue]


def test_figures_are_those_of_the_tables():
    told = report(count_class(calm(24)), joined=24)
    statement = next(one for one in told.statements if one.section == "whole")
    share = told.whole.shares[statement.figures[Figure.WHAT]]
    assert statement.figures[Figure.SHARE] == share.share
