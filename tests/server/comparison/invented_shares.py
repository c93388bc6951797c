"""What a report tells of a whole lesson, drawn from students directly: thousands in a minute."""

import numpy as np
from scipy.special import stdtrit

from model.emotions import EMOTIONS
from server.report.threshold import round_shares
from server.schemas import Share, Stretch
from server.spread import within
from tests.server.comparison.lessons import MIX, NOON

HAPPY = np.array([0.02, 0.01, 0.02, 0.75, 0.04, 0.06, 0.10])
NARROW = 0.5
"""Intervals are made so much narrower than they should be, so that nothing leans on their width."""


def invent_wholes(chance, sessions, students, steady, *, mix=MIX):
    """Return whole lessons of a class. steady: how alike students are; at 0 each has one look."""
    return [_invent(chance, students, steady, mix) for _ in range(sessions)]


def whole(shares, students):
    """Return the stretch of a whole lesson."""
    return Stretch(
        start=NOON, seconds=2700, enough=True, visible=students, present=students, coverage=None,
        shares=shares, turned=None, engagement=None, said=0, answers=None,
    )  # fmt: skip


def _invent(chance, students, steady, mix):
    if steady:
        own = chance.dirichlet(mix * steady, students)
    else:
        own = np.eye(len(EMOTIONS))[chance.choice(len(EMOTIONS), size=students, p=mix)]
    told = round_shares(own.mean(0), students)
    reach = NARROW * stdtrit(students - 1, 0.975) * np.sqrt(own.var(0, ddof=1) / students)
    shares = {
        emotion: Share(share=within(p), low=within(p - r), high=within(p + r))
        for emotion, p, r in zip(EMOTIONS, told.tolist(), reach.tolist(), strict=True)
    }
    return whole(shares, students)
