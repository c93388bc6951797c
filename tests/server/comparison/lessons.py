"""Invented lessons: what students show, folded as the server folds it, fast enough for fifty.

Each student keeps a mix of expressions of their own for the whole lesson, drawn around the class's;
in each bucket the face of one of them is read. So students differ, as real ones do.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from sqlalchemy import insert

from model.emotions import EMOTIONS
from model.quantification import even_out
from server.schemas import OutlineEntry
from server.store.outlines import replace_outline
from server.store.sessions import add_session, end_session
from server.store.sources import add_source
from server.store.tables import tally as tally_table
from server.store.tally_rows import write_tally
from server.tally import Tally
from tests.invented_faces import invent_faces

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MIX = np.array([0.05, 0.02, 0.04, 0.24, 0.09, 0.12, 0.44])
"""Angry to neutral, in the order of `EMOTIONS`."""
STEADY = 6.0
"""How alike students are: their mixes are Dirichlet with so many counts."""


@dataclass(frozen=True)
class Faces:
    """A pool of readings by true emotion."""

    readings: tuple[np.ndarray, ...]

    @classmethod
    def invent(cls, n=6000, seed=3):
        """Invent readings `(n, 7)` of a network that tells some emotions too eagerly."""
        readings, truth = invent_faces(n, seed=seed, bias=1.0)
        return cls(tuple(readings[truth == k] for k in range(len(EMOTIONS))))

    def read(self, truth, chance):
        """Return readings `(…, 7)` of faces whose emotions are `truth`."""
        found = np.empty((*truth.shape, len(EMOTIONS)))
        for k, pool in enumerate(self.readings):
            wanted = truth == k
            found[wanted] = pool[chance.integers(len(pool), size=int(wanted.sum()))]
        return found


def invent_tallies(
    chance, faces, *, begin=NOON, minutes=45.0, students=25, mix=MIX, steady=STEADY, step=5,
    version="v1", pieces=(),
):  # fmt: skip
    """Return a lesson's tallies, one a bucket. pieces: (from minute, mix) where the mix changes."""
    first = int(begin.timestamp()) // step * step
    count = max(int(minutes * 60 / step), 1)
    minute = np.arange(count) * step / 60
    truth = np.empty((count, students), np.int64)
    for since, own_mix in ((0.0, mix), *pieces):
        own = chance.dirichlet(own_mix * steady, students)
        drawn = chance.random((count, students, 1)) > own.cumsum(1)
        later = minute >= since
        truth[later] = drawn.sum(2).clip(max=len(EMOTIONS) - 1)[later]
    return [
        _fold(first + at * step, shown, version, chance)
        for at, shown in enumerate(faces.read(truth, chance))
    ]


def store_lesson(
    database, chance, faces, *, title, course=None, begin=NOON, minutes=45.0, ended=True,
    simulated=False, slides=(), joined=None, expected=30, version="v1", camera=True, **shown,
):  # fmt: skip
    """Write a lesson straight into a database, its report not made. slides: (minute, title)."""
    tallies = invent_tallies(chance, faces, begin=begin, minutes=minutes, version=version, **shown)
    end = begin + timedelta(minutes=minutes)
    with database.writing() as db:
        stored = add_session(
            db, title=title, course=course, join_code=secrets.token_hex(8), bucket_seconds=5,
            expected_students=expected, simulated=simulated, started_at=begin, camera=camera,
            network_version=version,
        )  # fmt: skip
        for _ in range(shown.get("students", 25) if joined is None else joined):
            add_source(db, stored.id, kind="student", joined_at=begin)
        if camera and tallies:
            rows = [write_tally(stored.id, tally) for tally in tallies]
            db.execute(insert(tally_table), rows)
        outline = [
            OutlineEntry(position=at, kind="slide", title=name, begins_s=60 * minute, begun=True)
            for at, (minute, name) in enumerate(slides, 1)
        ]
        if outline:
            replace_outline(db, stored.id, outline)
        return end_session(db, stored.id, end) if ended else stored


def lessons_apart(days, count, begin=NOON):
    """Return when lessons begin that are so many days apart."""
    return [begin + timedelta(days=days * at) for at in range(count)]


def _fold(start, shown, version, chance):
    students = len(shown)
    turned = (chance.random(students) < 0.8).astype(float)
    return Tally(
        start, "student", version,
        frames=2 * students, faces=2 * students, sources=students,
        visible=float(students), weight=float(students),
        counts=2 * np.bincount(shown.argmax(1), minlength=len(EMOTIONS)),
        sums=2 * shown.sum(0), share_sums=shown.sum(0), share_squares=(shown**2).sum(0),
        even_share_sums=even_out(shown).sum(0),
        posed_weight=float(students), turned_sum=turned.sum(), turned_square=(turned**2).sum(),
    )  # fmt: skip
