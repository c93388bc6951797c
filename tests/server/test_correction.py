import numpy as np
import pytest

from model.emotions import EMOTIONS
from model.quantification import even_out, fit_estimator
from server.engagement import SHIPPED
from server.mood import describe_bucket, describe_series, finish_points, gather_now
from server.tally import SourceTally, fold_by_bucket, fold_sources, join_folds
from tests.invented_faces import invent_faces

ANGRY = EMOTIONS.index("angry")


@pytest.fixture(scope="module")
def estimators():
    return {"v1": fit_estimator(*invent_faces(3000, seed=1, bias=1.5))}


def seen(probabilities, *, start=0, version="v1", evened=True, kind="student"):
    rows = np.atleast_2d(probabilities)
    told = SourceTally(
        start,
        kind,
        version,
        len(rows),
        len(rows),
        len(rows),
        np.bincount(rows.argmax(1), minlength=7),
        rows.sum(0),
        (rows**2).sum(0),
    )
    if not evened:
        return told
    return SourceTally(**{**told.__dict__, "even_sums": even_out(rows).sum(0)})


def a_class(n=30, emotion=ANGRY, **how):
    probabilities, truth = invent_faces(4000, seed=7, bias=1.5)
    return [seen(row, **how) for row in probabilities[truth == emotion][:n]]


def told_of(tallies, estimators):
    return describe_bucket(tallies, start=0, seconds=5, estimators=estimators)


def test_what_the_network_mistakes_is_put_right_beside_the_plain_shares(estimators):
    point = told_of([fold_sources(a_class())], estimators)
    true = point.estimated_shares["angry"]
    assert point.shares["angry"].share < 0.75
    assert true.share > 0.85
    assert true.low <= true.share <= true.high
    assert sum(share.share for share in point.estimated_shares.values()) == pytest.approx(
        1, abs=1e-5
    )


def test_without_an_estimator_only_plain_shares_are_told(estimators):
    assert told_of([fold_sources(a_class())], {}).estimated_shares is None
    other = told_of([fold_sources(a_class(version="v2"))], estimators)
    assert other.shares is not None
    assert other.estimated_shares is None


def test_below_five_nothing_is_estimated(estimators):
    assert told_of([fold_sources(a_class(4))], estimators).estimated_shares is None


def test_a_part_below_five_changes_nothing_of_what_is_estimated(estimators):
    """Whoever could subtract one answer from another would have that part."""
    crowd, few = a_class(8), a_class(4, emotion=3, start=5)
    told, both = (
        describe_series(fold_by_bucket([one] for one in sources), bucket_seconds=10,
                        estimators=estimators)[0]
        for sources in (crowd, [*crowd, *few])
    )  # fmt: skip
    assert both.estimated_shares == told.estimated_shares
    beside = fold_by_bucket([one] for one in [*crowd, *a_class(4, emotion=3, kind="window")])
    assert told_of(beside, estimators).estimated_shares == told.estimated_shares


def test_nothing_is_estimated_of_two_networks_together(estimators):
    one, other = a_class(6), a_class(6, version="v2")
    mixed = [fold_sources([*one, *other]), join_folds(fold_sources(one), fold_sources(other))]
    for tallies in ([fold_sources(one), fold_sources(other)], mixed[:1], mixed[1:]):
        assert told_of(tallies, {"v1": estimators["v1"], "v2": estimators["v1"]}).shares
        assert (
            told_of(tallies, {"v1": estimators["v1"], "v2": estimators["v1"]}).estimated_shares
            is None
        )


def test_nothing_is_estimated_where_an_older_server_counted_a_part(estimators):
    sources = [*a_class(8), *a_class(1, evened=False)]
    assert told_of([fold_sources(sources)], estimators).estimated_shares is None


def test_frames_of_one_student_weigh_as_one(estimators):
    many = [seen(np.repeat(source.sums[None], 9, axis=0)) for source in a_class(10)]
    assert (
        told_of([fold_sources(many)], estimators).estimated_shares
        == told_of([fold_sources(a_class(10))], estimators).estimated_shares
    )


def test_now_is_estimated_as_a_bucket_is(estimators):
    sources = a_class(9)
    gathered = gather_now([[one] for one in sources], [], start=0, seconds=5)
    (now,) = finish_points([gathered], SHIPPED, estimators)
    bucket = told_of([fold_sources(sources)], estimators)
    assert now.estimated_shares == bucket.estimated_shares


def test_what_was_told_once_is_told_again_and_not_by_another_network(estimators):
    tallies = [fold_sources(a_class())]
    first, again = told_of(tallies, estimators), told_of(tallies, estimators)
    assert again == first
    other = {"v1": fit_estimator(*invent_faces(3000, seed=2, bias=0.5))}
    assert told_of(tallies, other).estimated_shares != first.estimated_shares
    one_more = told_of([fold_sources(a_class(31))], estimators)
    assert one_more.estimated_shares != first.estimated_shares
