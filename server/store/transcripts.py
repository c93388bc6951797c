"""Transcripts in SQL: what was said, sentence by sentence. Works inside the caller's `db`."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from server.schemas import TranscriptCue
from server.store.markers import hold_session
from server.store.reports import raise_revision
from server.store.tables import transcript_cue


def replace_transcript(
    db: Connection, session_id: str, cues: Sequence[TranscriptCue]
) -> list[TranscriptCue]:
    """Store a transcript in place of the former one and return it. Raises `SessionNotFound`."""
    delete_transcript(db, session_id)
    rows = [
        {"session_id": session_id, "position": position, **cue.model_dump()}
        for position, cue in enumerate(cues, start=1)
    ]
    if rows:
        db.execute(insert(transcript_cue), rows)
    return read_transcript(db, session_id)


def read_transcript(db: Connection, session_id: str) -> list[TranscriptCue]:
    """Return the cues by their time; none where nothing is loaded or there is no such session."""
    columns = transcript_cue.c.begins_s, transcript_cue.c.ends_s, transcript_cue.c.words
    wanted = select(*columns).where(transcript_cue.c.session_id == session_id)
    found = db.execute(wanted.order_by(transcript_cue.c.position))
    return [TranscriptCue(begins_s=b, ends_s=e, words=words) for b, e, words in found]


def delete_transcript(db: Connection, session_id: str) -> None:
    """Erase the transcript, if there is one. Raises `SessionNotFound`."""
    hold_session(db, session_id)
    db.execute(delete(transcript_cue).where(transcript_cue.c.session_id == session_id))
    raise_revision(db, session_id)
