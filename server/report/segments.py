"""The sections of a lesson, and how each differs from all the others. Pure."""

from collections.abc import Sequence

from model.emotions import EMOTIONS
from server.correction import Estimators
from server.report.buckets import Buckets
from server.report.difference import Doubt, compare_sights
from server.report.moments import Section
from server.report.sight import look
from server.report.spread import level_of
from server.report.stretches import Teller, see_cells
from server.schemas import Segment


def tell_segments(
    buckets: Buckets,
    sections: Sequence[Section],
    teller: Teller,
    doubts: Sequence[Doubt],
    estimators: Estimators,
) -> list[Segment]:
    """Tell each section and how it differs from the rest.

    doubts: of each emotion; their intervals are widened for all the sections that are looked at.
    """
    cells = [(one.begin, one.end) for one in sections]
    slices = see_cells(buckets, cells)
    rests = [
        [part for other, parts in enumerate(slices) if other != at for part in parts]
        for at in range(len(slices))
    ]
    sights = look(buckets, [*slices, *rests], estimators)
    level = level_of(len(EMOTIONS) * len(sections))
    wide = [Doubt(one.lasting, one.wandering, level) for one in doubts]
    told: list[Segment] = []
    for at, section in enumerate(sections):
        own, rest = sights[at], sights[len(sections) + at]
        against = None if own is None or rest is None else compare_sights(rest, own, wide)
        stretch = teller.tell_long(own, section.begin, section.end)
        told.append(
            Segment(
                **{name: getattr(stretch, name) for name in type(stretch).model_fields},
                kind=section.kind,
                title=section.title,
                against_rest=against,
            )
        )
    return told
