"""Invented probabilities of faces whose emotion is known, as a network of given faults tells."""

import numpy as np
from scipy.special import softmax

COMMON = np.array([0.1, 0.03, 0.05, 0.3, 0.1, 0.12, 0.3])
"""How common each emotion is among the invented faces."""


def invent_faces(n, *, seed, sureness=3.0, bias=0.0):
    """Return probabilities `(n, 7)` and truth `(n,)`.

    sureness: distance between emotions; bias: how much too eagerly the last is told.
    """
    random = np.random.default_rng(seed)
    truth = random.choice(7, size=n, p=COMMON)
    seen = sureness * np.eye(7)[truth] + random.normal(size=(n, 7))
    seen[:, 6] += bias
    return softmax(seen * sureness / 2 + np.log(COMMON), axis=1), truth
