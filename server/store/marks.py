"""The sources' marks: the highest number counted of each, one for frames and self-reports alike.

Whether something is counted is judged here, in the transaction that counts it, so that nothing
slips in after a session's end or a source's leaving. Wants a transaction of its own, for its locks
(see `server.store.sessions`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple, Protocol

from sqlalchemy import bindparam, select, update

from server.store.statements import Transaction
from server.store.tables import session, source
from server.tally import Kind

LAST_SEQ = 2**63 - 1


class CountOutcome(Enum):
    """What became of one frame or self-report of a batch."""

    COUNTED = auto()
    DUPLICATE = auto()
    SESSION_ENDED = auto()
    SESSION_GONE = auto()
    SOURCE_GONE = auto()
    SOURCE_LEFT = auto()


class Numbered(Protocol):
    """Anything that a source sends under a number of its own."""

    @property
    def session_id(self) -> str: ...  # noqa: D102
    @property
    def source_id(self) -> str: ...  # noqa: D102
    @property
    def seq(self) -> int: ...  # noqa: D102


class HeldSession(NamedTuple):
    """A session that nobody ends before this transaction is over."""

    bucket_seconds: int
    ended: bool


class HeldSource(NamedTuple):
    """A source that nobody else counts for, or lets leave, before this transaction is over."""

    last_seq: int | None
    kind: Kind
    left: bool


@dataclass(frozen=True)
class Held:
    """What a batch is of: sessions by id, sources by the session's id and their own."""

    sessions: dict[str, HeldSession]
    sources: dict[tuple[str, str], HeldSource]


def hold_marks(db: Transaction, batch: Sequence[Numbered]) -> Held:
    """Lock the sessions and sources of a batch, so that it can be judged."""
    sessions = db.execute(_HOLD_SESSIONS, {"ids": list({one.session_id for one in batch})})
    sources = db.execute(_HOLD_SOURCES, {"ids": list({one.source_id for one in batch})})
    return Held(
        {
            session_id: HeldSession(bucket_seconds, ended_at is not None)
            for session_id, bucket_seconds, ended_at in sessions
        },
        {
            (session_id, source_id): HeldSource(last_seq, kind, left_at is not None)
            for session_id, source_id, last_seq, kind, left_at in sources
        },
    )


def judge_batch(batch: Sequence[Numbered], held: Held) -> list[CountOutcome]:
    """Say of each whether it is to be counted: numbers count only while they rise."""
    marks = {key: source.last_seq for key, source in held.sources.items()}
    outcomes: list[CountOutcome] = []
    for one in batch:
        key = one.session_id, one.source_id
        outcome = _judge(one, held, marks.get(key))
        if outcome is CountOutcome.COUNTED:
            marks[key] = one.seq
        outcomes.append(outcome)
    return outcomes


def move_marks(db: Transaction, counted: Sequence[Numbered]) -> None:
    """Move the marks of the sources to what is counted, in the order it was judged."""
    highest = {one.source_id: one.seq for one in counted}
    if highest:
        db.execute(_MOVE_MARK, [{"of_source": key, "mark": seq} for key, seq in highest.items()])


def _judge(one: Numbered, held: Held, mark: int | None) -> CountOutcome:
    if one.session_id not in held.sessions:
        return CountOutcome.SESSION_GONE
    source = held.sources.get((one.session_id, one.source_id))
    if source is None:
        return CountOutcome.SOURCE_GONE
    if source.left:
        return CountOutcome.SOURCE_LEFT
    if mark is not None and one.seq <= mark:  # also after the end: it was counted, and is told so
        return CountOutcome.DUPLICATE
    if held.sessions[one.session_id].ended:
        return CountOutcome.SESSION_ENDED
    return CountOutcome.COUNTED


# Built once: they are asked for every batch.
_HOLD_SESSIONS = (
    select(session.c.id, session.c.bucket_seconds, session.c.ended_at)
    .where(session.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(session.c.id)
    .with_for_update(read=True)
)
_HOLD_SOURCES = (
    select(source.c.session_id, source.c.id, source.c.last_seq, source.c.kind, source.c.left_at)
    .where(source.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(source.c.id)
    .with_for_update(key_share=True)
)
_MOVE_MARK = (
    update(source).where(source.c.id == bindparam("of_source")).values(last_seq=bindparam("mark"))
)
