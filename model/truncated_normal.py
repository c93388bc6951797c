"""Normal distributions over shares, cut to what shares can be: none below 0, together 1.

Shares of a small group are steps, and a continuous distribution stands for steps when each of
them is given its own width: so the cut is a `margin`, half a step, below 0.

Pure numpy and scipy. The cut is done by expectation propagation (Minka 2001; for normals cut by
planes see Cunningham, Hennig and Lacoste-Julien 2011): each “not below 0” is replaced, in turn,
by the normal factor that leaves the same mean and variance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import lgamma

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

SWEEPS = 12
DAMPING = 0.7
_RIDGE = 1e-7
_HALVINGS = 20


@dataclass(frozen=True)
class OnSimplex:
    """Distributions of k shares, one of each of g groups.

    mean: `(g, k)`. centre, spread: `(g, k)` mean and standard deviation of the normal that, cut a
    margin beyond 0 and 1, is the distribution of that share. log_evidence: `(g,)`, how well they
    explain what was seen. margin: `(g,)`.
    """

    mean: Doubles
    centre: Doubles
    spread: Doubles
    log_evidence: Doubles
    margin: Doubles


def truncate_to_simplex(
    slope: Doubles,
    seen: Doubles,
    noise: Doubles,
    prior: tuple[Doubles, Doubles] | None,
    margin: Doubles,
) -> OnSimplex:
    """Return what `seen = slope @ shares + noise` says of shares.

    slope: `(d, k - 1)`, of all shares but the last; seen: `(g, d)`; noise: `(g, d, d)`
    covariances; prior: mean `(k - 1,)` and covariances `(g, k - 1, k - 1)`, or None where every
    mix is as likely as any other; margin: `(g,)`, how far below 0 a share is cut.
    """
    precision, weighted, constant = _combine(slope, seen, noise, prior, margin)
    free = slope.shape[1]
    planes = np.vstack((np.eye(free), -np.ones(free)))
    offset = np.append(np.zeros(free), 1.0) + margin[:, None]
    tau = np.zeros((len(seen), free + 1))
    nu = np.zeros_like(tau)
    for _ in range(SWEEPS):
        _, _, middle, variance = _marginals(precision, weighted, planes, offset, tau=tau, nu=nu)
        centre, spread2 = _without_own_factor(middle, variance, tau, nu)
        cut_mean, cut_variance, _ = _cut_at_zero(centre, spread2)
        tau += DAMPING * (np.maximum(1 / cut_variance - 1 / spread2, 0) - tau)
        nu += DAMPING * ((cut_mean / cut_variance - centre / spread2) - nu)
    joint, pull, middle, variance = _marginals(precision, weighted, planes, offset, tau=tau, nu=nu)
    centre, spread2 = _without_own_factor(middle, variance, tau, nu)
    cut_mean, _, log_mass = _cut_at_zero(centre, spread2)
    evidence = (
        constant
        + _log_integral(joint, pull)
        + (nu * offset - tau * offset**2 / 2).sum(1)
        + (log_mass - _log_factor(centre, spread2, tau, nu)).sum(1)
    )
    shares = np.maximum(cut_mean - margin[:, None], 0)
    return OnSimplex(
        shares / shares.sum(1, keepdims=True),
        centre - margin[:, None],
        np.sqrt(spread2),
        evidence,
        margin,
    )


def mix_quantiles(
    parts: Sequence[OnSimplex], weights: Doubles, levels: Sequence[float]
) -> list[Doubles]:
    """Return quantiles `(g, k)` of each share at each level, the parts weighing `(parts, g)`."""
    found = []
    for level in levels:
        low = np.zeros_like(parts[0].centre) - parts[0].margin[:, None]
        high = 1 - low
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            below = sum(
                weight[:, None] * _mass_below(middle, part)
                for weight, part in zip(weights, parts, strict=True)
            )
            low, high = np.where(below < level, middle, low), np.where(below < level, high, middle)
        found.append((low + high) / 2)
    return found


def _mass_below(at: Doubles, part: OnSimplex) -> Doubles:
    from scipy.special import ndtr  # noqa: PLC0415 - a process that only reads frames needs none

    margin = part.margin[:, None]
    none, whole = (ndtr((edge - part.centre) / part.spread) for edge in (-margin, 1 + margin))
    mass: Doubles = (ndtr((at - part.centre) / part.spread) - none) / np.maximum(
        whole - none, 1e-300
    )
    return mass


def _combine(
    slope: Doubles,
    seen: Doubles,
    noise: Doubles,
    prior: tuple[Doubles, Doubles] | None,
    margin: Doubles,
) -> tuple[Doubles, Doubles, Doubles]:
    """Return precision and precision-weighted mean of all shares but the last, and a constant."""
    certainty = np.linalg.inv(noise + _RIDGE * np.eye(noise.shape[-1]))
    precision = slope.T @ certainty @ slope
    weighted = np.einsum("dk,gde,ge->gk", slope, certainty, seen)
    constant = np.linalg.slogdet(certainty)[1] / 2
    constant -= np.einsum("gd,gde,ge->g", seen, certainty, seen) / 2
    free = slope.shape[1]
    if prior is None:
        log_density = lgamma(free + 1) - free * np.log1p((free + 1) * margin)
        return precision, weighted, constant + log_density - free * np.log(2 * np.pi) / 2
    mean, covariance = prior
    own = np.linalg.inv(covariance + _RIDGE * np.eye(free))
    constant += np.linalg.slogdet(own)[1] / 2 - free * np.log(2 * np.pi) / 2
    constant -= np.einsum("k,gkl,l->g", mean, own, mean) / 2
    return precision + own, weighted + own @ mean, constant


def _marginals(
    precision: Doubles,
    weighted: Doubles,
    planes: Doubles,
    offset: Doubles,
    *,
    tau: Doubles,
    nu: Doubles,
) -> tuple[Doubles, Doubles, Doubles, Doubles]:
    """Return the joint normal with all factors, and mean and variance of each share."""
    joint = precision + np.einsum("ik,gi,il->gkl", planes, tau, planes)
    pull = weighted + (nu - tau * offset) @ planes
    covariance = np.linalg.inv(joint)
    mean = np.einsum("gkl,gl->gk", covariance, pull)
    variance = np.einsum("ik,gkl,il->gi", planes, covariance, planes)
    return joint, pull, mean @ planes.T + offset, np.maximum(variance, 1e-12)


def _without_own_factor(
    middle: Doubles, variance: Doubles, tau: Doubles, nu: Doubles
) -> tuple[Doubles, Doubles]:
    spread2 = 1 / np.maximum(1 / variance - tau, 1e-6)
    return spread2 * (middle / variance - nu), spread2


def _cut_at_zero(centre: Doubles, spread2: Doubles) -> tuple[Doubles, Doubles, Doubles]:
    """Return mean, variance and log mass of normals without what is below 0."""
    from scipy.special import log_ndtr  # noqa: PLC0415 - as above

    spread = np.sqrt(spread2)
    z = centre / spread
    log_mass = log_ndtr(z)
    ratio = np.exp(-(z**2) / 2 - np.log(2 * np.pi) / 2 - log_mass)
    mean = centre + spread * ratio
    variance = spread2 * np.clip(1 - ratio * (ratio + z), 1e-6, 1)
    return mean, variance, log_mass


def _log_integral(joint: Doubles, pull: Doubles) -> Doubles:
    free = joint.shape[-1]
    solved = np.linalg.solve(joint, pull[..., None])[..., 0]
    value: Doubles = (
        (pull * solved).sum(1) - np.linalg.slogdet(joint)[1] + free * np.log(2 * np.pi)
    ) / 2
    return value


def _log_factor(centre: Doubles, spread2: Doubles, tau: Doubles, nu: Doubles) -> Doubles:
    """Return the log integral of a normal times its replaced factor."""
    pull = centre / spread2 + nu
    value: Doubles = (
        pull**2 / (1 / spread2 + tau) - centre**2 / spread2 - np.log1p(tau * spread2)
    ) / 2
    return value
