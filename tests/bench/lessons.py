"""Invented lessons whose changes are known, of several kinds. Nothing here was learned from people.

The kinds differ in what might lead a detector astray: how long a face keeps its look, how much
students differ, whether a change is sudden, how many emotions it moves, who comes and goes, and
how the lesson is seen. `client.storyline` is one more, of another hand.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
from scipy.signal import lfilter

from client.storyline import Student
from model.emotions import EMOTIONS
from server.attendance import Attendance
from server.report.material import Material
from server.store.sessions import StoredSession
from server.tally import Tally

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
USUAL = np.array([-1.0, -2.3, -1.4, 0.3, -0.1, -0.6, 1.3])
FRAME_SECONDS = 2.0


@dataclass(frozen=True)
class Kind:
    """What a lesson is like.

    temperament, stir, wander: spread of log-odds between students, from second to second, and over
    minutes; stir_s, wander_s: how long these last; ramp_s: seconds that a change takes; one:
    a change moves one emotion only; away: part of the time that students are not seen, in absences
    of minutes; faces: a network that says one emotion for sure ("sure"), or in between; window: one
    source shows them all; generator: "odds", "states" or "storyline".
    """

    name: str
    students: int = 40
    bucket: int = 5
    minutes: int = 120
    changes: int = 10
    temperament: float = 0.55
    stir: float = 0.45
    stir_s: float = 3.0
    wander: float = 0.2
    wander_s: float = 120.0
    ramp_s: float = 0.0
    one: bool = False
    size: float = 1.2
    away: float = 0.03
    window: bool = False
    generator: str = "odds"


_ODDS = Kind("steps, 40 students")
KINDS = (
    _ODDS,
    replace(_ODDS, name="steps, 25 students", students=25),
    replace(_ODDS, name="steps, 15 students", students=15),
    replace(_ODDS, name="ramps over 60 s", ramp_s=60.0),
    replace(_ODDS, name="one emotion only", one=True),
    replace(_ODDS, name="lively students", temperament=0.9, stir=0.9, wander=0.4),
    replace(_ODDS, name="slow faces, 20 s", stir_s=20.0, wander_s=300.0, wander=0.5),
    replace(_ODDS, name="coming and going", away=0.2),
    replace(_ODDS, name="buckets of 10 s", bucket=10, students=25),
    replace(_ODDS, name="buckets of 30 s", bucket=30, students=25),
    replace(_ODDS, name="a window of 25", window=True, students=25),
    replace(_ODDS, name="faces that flip", generator="states"),
    replace(_ODDS, name="storyline's students", generator="storyline", students=25),
)


@dataclass(frozen=True)
class Lesson:
    """A lesson, and the seconds after its start at which it changed."""

    material: Material
    changes: list[float] = field(default_factory=list)


def invent_lesson(kind: Kind, seed: int) -> Lesson:
    """Invent a lesson; the same kind and seed, the same lesson."""
    rng = np.random.default_rng(seed)
    seconds = kind.minutes * 60
    changes = _place_changes(rng, kind.changes, seconds)
    frames = np.arange(0, seconds, FRAME_SECONDS)
    pull = _pull(rng, kind, frames, changes)
    make = {"odds": _odds, "states": _states, "storyline": _storyline}[kind.generator]
    faces = make(rng, kind, frames, pull)
    visible = _visibility(rng, kind, len(frames))
    turned = rng.random(visible.shape) < 0.85
    tallies = _count(kind, frames, faces, visible, turned)
    stored = StoredSession(
        id="0" * 24, title="An invented lesson", join_code="ABCD-EFGH", expected_students=None,
        bucket_seconds=kind.bucket, simulated=True, started_at=BEGIN,
        ended_at=BEGIN + timedelta(seconds=seconds), send_seconds=FRAME_SECONDS, camera=True,
        self_report=True, engagement_profile=None, course=None, origin="live", report_revision=0,
        network_version="simulated", joined=0 if kind.window else kind.students,
        present=0 if kind.window else kind.students, frames=int(visible.size),
        faces=int(visible.sum()),
    )  # fmt: skip
    joined = () if kind.window else (BEGIN.timestamp(),) * kind.students
    attendance = Attendance(None, joined, (), kind.bucket)
    return Lesson(Material(stored, tallies, attendance=attendance), changes)


def _place_changes(rng, count, seconds):
    """Return moments at least 4 minutes apart."""
    if not count:
        return []
    slack = seconds - 240.0 * (count + 1)
    cuts = np.sort(rng.uniform(0, slack, count))
    return [float(cut + 240 * (i + 1)) for i, cut in enumerate(cuts)]


def _pull(rng, kind, frames, changes):
    """Return `(t, 7)` log-odds that the lesson adds; every change leads to another state."""
    states = [np.zeros(7)]
    while len(states) <= len(changes):
        state = np.zeros(7)
        moved = [3, 4, 5, 0, 2]
        picked = rng.choice(moved, 1 if kind.one else 2, replace=False)
        state[picked] = kind.size * rng.uniform(0.8, 1.5, len(picked))
        if kind.one and np.abs(states[-1]).max() > 0:
            state = np.zeros(7)
        if _shift(state, states[-1]) >= 0.1:
            states.append(state)
    pull = np.zeros((len(frames), 7))
    for at, (before, after) in zip(changes, pairwise(states), strict=True):
        part = np.clip((frames - at + kind.ramp_s / 2) / max(kind.ramp_s, 1e-6), 0, 1)
        pull += part[:, None] * (after - before)
    return pull


def _shift(one, other):
    """Return by how much the most moved emotion's share differs for a usual student."""
    shares = [np.exp(USUAL + state) / np.exp(USUAL + state).sum() for state in (one, other)]
    return float(np.abs(shares[0] - shares[1]).max())


def _wander(rng, shape, spread, lasting_s):
    keep = np.exp(-FRAME_SECONDS / lasting_s)
    noise = rng.normal(0, spread * np.sqrt(1 - keep**2), shape)
    noise[0] = rng.normal(0, spread, shape[1:])
    return lfilter([1], [1, -keep], noise, axis=0)


def _odds(rng, kind, frames, pull):
    """Return `(t, n, 7)`: students with temperaments, who stir and wander."""
    shape = len(frames), kind.students, 7
    usual = USUAL + rng.normal(0, kind.temperament, (kind.students, 7))
    lively = rng.lognormal(0, 0.4, kind.students)
    odds = usual + pull[:, None] * lively[:, None]
    odds += _wander(rng, shape, kind.stir, kind.stir_s)
    odds += _wander(rng, shape, kind.wander, kind.wander_s)
    shares = np.exp(odds)
    return shares / shares.sum(-1, keepdims=True)


def _states(rng, kind, frames, pull):
    """Return faces that keep one look for about 15 s and are read as 0.8 of it."""
    shares = np.exp(USUAL + pull)
    shares /= shares.sum(-1, keepdims=True)
    temper = rng.dirichlet(np.full(7, 3.0), kind.students) * 7
    faces = np.empty((len(frames), kind.students, 7))
    look = np.zeros(kind.students, int)
    for t in range(len(frames)):
        odds = shares[t] * temper
        odds = np.cumsum(odds / odds.sum(1, keepdims=True), axis=1)
        new = (odds < rng.random((kind.students, 1))).sum(1).clip(0, 6)
        flips = rng.random(kind.students) < (1 if t == 0 else FRAME_SECONDS / 15)
        look = np.where(flips, new, look)
        faces[t] = 0.2 / 7 + 0.8 * np.eye(7)[look]
    return faces


class _Changed(Student):
    """A student of the storyline who lives through another lesson."""

    pull = np.zeros(7)

    def _live_on(self, at_seconds):
        passed = max(at_seconds - self._last, 0.0)
        self._last = at_seconds
        goal = self._usual + self._liveliness * self.pull
        self._mood += (goal - self._mood) * (1 - np.exp(-passed / self._slowness))
        keep = np.exp(-passed / 3)
        self._stir = keep * self._stir + self._rng.normal(0, 0.45, 7) * np.sqrt(1 - keep**2)


def _storyline(rng, kind, frames, pull):
    students = [_Changed(n, int(rng.integers(1 << 30))) for n in range(kind.students)]
    faces = np.empty((len(frames), kind.students, 7))
    for t, at in enumerate(frames):
        for n, student in enumerate(students):
            student.pull = pull[t]
            student._live_on(float(at))
            odds = np.exp(student._mood + student._stir)
            faces[t, n] = odds / odds.sum()
    return faces


def _visibility(rng, kind, frames):
    """Return `(t, n)`: absences of some minutes, and faces that are missed."""
    seen = rng.random((frames, kind.students)) >= 0.03
    for n in range(kind.students):
        at = 0.0
        while kind.away and at < frames:
            here = rng.exponential(180 / FRAME_SECONDS * (1 - kind.away) / kind.away)
            gone = rng.uniform(15, 345) / FRAME_SECONDS
            seen[int(at + here) : int(at + here + gone), n] = False
            at += here + gone
    return seen


def _count(kind, frames, faces, visible, turned):
    """Count what was seen as the server does, with its own arithmetic but all at once."""
    per = (frames // kind.bucket).astype(int)
    edges = np.flatnonzero(np.diff(per, prepend=-1))
    number = np.add.reduceat(visible, edges, axis=0).astype(float)
    sums = np.add.reduceat(faces * visible[:, :, None], edges, axis=0)
    squares = np.add.reduceat(faces**2 * visible[:, :, None], edges, axis=0)
    turns = np.add.reduceat(turned & visible, edges, axis=0).astype(float)
    start = int(BEGIN.timestamp())
    tallies = []
    for b, first in enumerate(edges):
        n = number[b]
        there = n > 0
        mean = sums[b][there] / n[there, None]
        p = turns[b][there] / n[there]
        students, share_sum, share_square = float(there.sum()), mean.sum(0), (mean**2).sum(0)
        turned_sum, turned_square = p.sum(), (p**2).sum()
        if kind.window:
            shown = np.add.reduceat(visible.sum(1) > 0, edges)[b]
            students = float(n.sum() / shown)
            share_sum = students * sums[b].sum(0) / n.sum()
            share_square = students * squares[b].sum(0) / n.sum()
            turned_sum = turned_square = students * turns[b].sum() / n.sum()
        tallies.append(
            Tally(
                bucket_start=start + int(per[first]) * kind.bucket,
                kind="window" if kind.window else "student",
                network_version="simulated",
                frames=int(n.sum()), faces=int(n.sum()), sources=int(there.sum()),
                visible=students, weight=students, counts=np.zeros(len(EMOTIONS), np.int64),
                sums=sums[b].sum(0), share_sums=share_sum, share_squares=share_square,
                posed_weight=students, turned_sum=turned_sum, turned_square=turned_square,
            )
        )  # fmt: skip
    return tallies
