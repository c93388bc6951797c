"""What the database holds, against what the sources know: no number lost, none counted twice."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, func, select

from model.emotions import EMOTIONS
from server.store.tables import open_tally, source, tally
from tests.torture.sources import Source

EMOTION_COUNTS = tuple(f"count_{emotion}" for emotion in EMOTIONS)


class BooksWrong(AssertionError):
    """The database does not hold what was acknowledged."""


def compare(db: Connection, sources: Sequence[Source], *, settled: bool, per_source: bool) -> int:
    """Compare every source's mark and every session's sums; return how many frames there are.

    settled: nothing is under way, so marks are equal; else one number more may be committed whose
    answer was not told. per_source: nothing is folded yet, so each source's own rows are compared.
    Raises `BooksWrong`.
    """
    marks = _read_marks(db, sources)
    for each in sources:
        above = marks[each.source_id] - each.mark
        if not 0 <= above <= (0 if settled else 1):
            raise BooksWrong(f"acknowledged {each.mark}, the database has {marks[each.source_id]}")
    if per_source:
        _compare_sources(db, sources, marks)
    return _compare_sessions(db, sources, marks)


def _read_marks(db: Connection, sources: Iterable[Source]) -> dict[str, int]:
    ids = [each.source_id for each in sources]
    found = db.execute(select(source.c.id, source.c.last_seq).where(source.c.id.in_(ids)))
    marks = {row.id: row.last_seq or 0 for row in found}
    if lost := set(ids) - marks.keys():
        raise BooksWrong(f"{len(lost)} sources that had joined are gone")
    return marks


def _compare_sources(db: Connection, sources: Iterable[Source], marks: dict[str, int]) -> None:
    columns = open_tally.c.source_id, func.sum(open_tally.c.frames), func.sum(open_tally.c.faces)
    found = {row[0]: row[1:] for row in db.execute(select(*columns).group_by(columns[0]))}
    for each in sources:
        mark = marks[each.source_id]
        meant = (each.cargo.frames(mark), each.cargo.faces(mark))
        if (got := tuple(map(int, found.get(each.source_id, (0, 0))))) != meant:
            raise BooksWrong(f"up to number {mark} are {meant} frames and faces, counted {got}")


def _compare_sessions(db: Connection, sources: Iterable[Source], marks: dict[str, int]) -> int:
    by_session: defaultdict[str, list[Source]] = defaultdict(list)
    for each in sources:
        by_session[each.session_id].append(each)
    total = 0
    for session_id, own in by_session.items():
        sums = _sum_session(db, session_id)
        frames = sum(each.cargo.frames(marks[each.source_id]) for each in own)
        faces = sum(each.cargo.faces(marks[each.source_id]) for each in own)
        if (sums["frames"], sums["faces"]) != (frames, faces):
            raise BooksWrong(
                f"{frames} frames with {faces} faces were sent, {sums['frames']} with "
                f"{sums['faces']} are counted"
            )
        _compare_emotions(sums, own, marks)
        total += frames
    return total


def _compare_emotions(sums: Counter, own: Iterable[Source], marks: dict[str, int]) -> None:
    meant: Counter = Counter()
    for each in own:
        if (emotions := each.cargo.emotions(marks[each.source_id])) is None:
            if sum(sums[name] for name in EMOTION_COUNTS) != sums["faces"]:
                raise BooksWrong("the counts of emotions don't add up to the faces")
            return
        meant.update(emotions)
    if {name: sums[f"count_{name}"] for name in EMOTIONS} != {n: meant[n] for n in EMOTIONS}:
        raise BooksWrong(f"the counts of emotions are {dict(sums)}, meant {dict(meant)}")


def _sum_session(db: Connection, session_id: str) -> Counter:
    names = ("frames", "faces", *EMOTION_COUNTS)
    sums: Counter = Counter()
    for table in (open_tally, tally):
        columns = [func.coalesce(func.sum(table.c[name]), 0) for name in names]
        row = db.execute(select(*columns).where(table.c.session_id == session_id)).one()
        sums.update({name: int(found) for name, found in zip(names, row, strict=True)})
    return sums
