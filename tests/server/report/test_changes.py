"""Changes that a report finds in lessons whose changes are known."""

from dataclasses import replace

import numpy as np
import pytest

from model.quantification import EstimatedShares, even_out, fit_estimator
from server.report.assembly import assemble
from tests.bench.changes import Score
from tests.bench.lessons import BEGIN, KINDS, invent_lesson
from tests.invented_faces import invent_faces
from tests.server.report.lessons import count_class, mark, report, usual_faces

LOUD = {kind.name: kind for kind in KINDS}


@pytest.mark.parametrize(
    "name", ["steps, 25 students", "ramps over 60 s", "slow faces, 20 s", "buckets of 30 s"]
)
def test_nine_of_ten_known_changes_are_found_within_half_a_minute(name):
    score = Score()
    score.count(LOUD[name], seed=11)
    assert score.found >= 9
    assert score.false <= 1


@pytest.mark.parametrize("name", ["steps, 15 students", "coming and going", "faces that flip"])
def test_where_nothing_changes_hardly_any_change_is_told(name):
    score = Score()
    score.count(replace(LOUD[name], changes=0), seed=12)
    assert score.false <= 1


def _laugh(students, from_minute, extra, seed=5):
    """Return faces of which happy grows by about `extra` at a minute."""
    random, faces = np.random.default_rng(seed), usual_faces(students)

    def show(minute):
        shown = np.log(faces + 1e-3) + random.normal(0, 0.3, faces.shape)
        shown[:, 3] += extra * (minute >= from_minute)
        return np.exp(shown) / np.exp(shown).sum(1, keepdims=True)

    return show


def test_a_change_is_told_with_time_size_interval_and_what_was_near():
    told = report(
        count_class(_laugh(24, 8, 1.5)), joined=24, markers=[mark(7.9, "A joke"), mark(15, "Test")]
    )
    [change] = told.changes
    assert abs((change.at - BEGIN).total_seconds() - 480) <= 10
    assert change.what == "happy"
    assert 0.1 < change.change.low < change.change.size < change.change.high
    assert change.near == "A joke"
    assert change.near_s == pytest.approx((change.at - BEGIN).total_seconds() - 7.9 * 60)
    assert "neutral" in {one.what for one in change.also}


def test_what_lasts_less_than_half_a_minute_is_no_change():
    calm = _laugh(24, 99, 0)
    loud = _laugh(24, 0, 2)
    told = report(count_class(lambda m: loud(m) if 8 <= m < 8.3 else calm(m)), joined=24)
    assert told.changes == []


def test_a_section_that_differs_is_told_against_the_rest():
    loud, calm = _laugh(24, 0, 1.5), _laugh(24, 99, 0)
    told = report(
        count_class(lambda m: loud(m) if 5 <= m < 10 else calm(m)), joined=24,
        markers=[mark(5, "A joke"), mark(10, "Seriously"), mark(15, "Really")],
    )  # fmt: skip
    assert [one.title for one in told.segments] == ["", "A joke", "Seriously", "Really"]
    differing = [one.title for one in told.segments if one.against_rest["happy"].beyond_noise]
    assert "A joke" in differing
    assert told.segments[1].against_rest["happy"].size > 0.1


def test_notes_divide_nothing():
    told = report(count_class(_laugh(24, 99, 0)), joined=24, markers=[mark(5, "Mine", "note")])
    assert told.segments == []
    assert [one.label for one in told.notes] == ["Mine"]
    assert told.markers == []


def test_a_day_in_buckets_of_one_second_is_looked_at():
    lesson = invent_lesson(replace(KINDS[0], students=6, minutes=60, bucket=1, changes=2), 3)
    told = assemble(lesson.material, now=BEGIN)
    assert len(told.series) <= 250
    assert told.whole.enough


def test_corrected_shares_change_with_the_plain_ones():
    """Twenty-five faces whose likeness a network confuses; half the neutral ones become happy."""
    faces, true = (np.asarray(part) for part in invent_faces(4000, seed=3, bias=1.5)[:2])
    estimators = {"v1": fit_estimator(*invent_faces(3000, seed=1, bias=1.5))}
    random = np.random.default_rng(2)
    neutral, happy = (faces[true == which].astype(float) for which in (6, 3))
    tallies = []
    for one in count_class(lambda _: usual_faces(25)):
        late = one.bucket_start >= BEGIN.timestamp() + 600
        shown = neutral[random.integers(len(neutral), size=25)]
        shown[: 5 + 12 * late] = happy[random.integers(len(happy), size=5 + 12 * late)]
        sums = {"share_sums": shown.sum(0), "share_squares": (shown**2).sum(0)}
        tallies.append(replace(one, **sums, even_share_sums=even_out(shown).sum(0)))
    told = report(tallies, joined=25, estimators=estimators)
    assert told.corrected
    [change] = told.changes
    assert change.what == "happy"
    assert change.change.low <= 0.48 <= change.change.high
    assert told.series[0].shares["happy"].share == pytest.approx(0.2, abs=0.09)
    assert told.series[-1].shares["happy"].share == pytest.approx(0.68, abs=0.13)


class Blind:
    """Corrects every class to the same shares, as where faces are unlike those it was fitted on."""

    def estimate(self, probabilities, evened, students):
        same = np.full(probabilities.shape, 1 / 7)
        return EstimatedShares(same, same - 0.1, same + 0.1)


def test_a_correction_that_does_not_fit_hides_no_change():
    calm, glad = usual_faces(20), usual_faces(20, seed=2)
    glad[:, 3] += 2
    glad /= glad.sum(1, keepdims=True)
    tallies = count_class(lambda minute: calm if minute < 10 else glad)
    (change,) = report(tallies, estimators={"v1": Blind()}).changes
    assert (change.at - BEGIN).total_seconds() == 600
    assert (change.what, change.change.size > 0.2) == ("happy", True)
