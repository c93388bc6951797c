"""Lessons for tests of the report, written straight as tallies."""

from dataclasses import replace
from datetime import timedelta

import numpy as np

from model.emotions import EMOTIONS
from model.quantification import even_out
from server.attendance import Attendance
from server.report.assembly import assemble
from server.report.material import Material
from server.schemas import Marker, MarkerKind
from server.tally import Tally
from tests.bench.lessons import BEGIN, KINDS, invent_lesson

END = BEGIN + timedelta(minutes=20)
STEP = 5


def mark(minutes, label, kind=MarkerKind.MARKER):
    return Marker(marker_id=label, at=BEGIN + timedelta(minutes=minutes), kind=kind, label=label)


def count_class(faces, *, minutes=20, turned=None, kind="student"):
    """Return tallies of a class: `faces(minute)` gives `(n, 7)`, the shares of those visible."""
    tallies = []
    for second in range(0, minutes * 60, STEP):
        seen = np.asarray(faces(second / 60), float)
        n = len(seen)
        if n == 0:
            continue
        looked = np.full(n, 1.0) if turned is None else np.asarray(turned(second / 60), float)
        tallies.append(
            Tally(
                int(BEGIN.timestamp()) + second, kind, "v1", n, n, n, n, n,
                np.zeros(len(EMOTIONS), np.int64), seen.sum(0), seen.sum(0), (seen**2).sum(0),
                even_share_sums=even_out(seen).sum(0),
                posed_weight=n, turned_sum=looked.sum(), turned_square=(looked**2).sum(),
            )
        )  # fmt: skip
    return tallies


def material(tallies=(), *, minutes=20, joined=12, **parts):
    """Return the material of a lesson of so many minutes."""
    stored = invent_lesson(replace(KINDS[0], students=2, minutes=1, changes=0), 1).material.session
    stored = replace(
        stored, bucket_seconds=STEP, ended_at=BEGIN + timedelta(minutes=minutes), joined=joined,
        **parts.pop("session", {}),
    )  # fmt: skip
    attendance = parts.pop("attendance", Attendance(None, (BEGIN.timestamp(),) * joined, (), STEP))
    return Material(stored, tuple(tallies), attendance=attendance, **parts)


def report(tallies=(), **parts):
    return assemble(material(tallies, **parts), now=END)


def usual_faces(students, seed=1):
    """Return `(n, 7)` shares of students who differ."""
    return np.random.default_rng(seed).dirichlet([1, 0.3, 0.8, 3, 2, 1.5, 5], students)
