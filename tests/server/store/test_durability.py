import os
import subprocess
import sys
from pathlib import Path

import pytest

from server.store.sessions import find_session
from server.store.sources import look_up_source
from server.store.tallies import fold_session

HERE = Path(__file__).resolve()
WRITER = HERE.with_name("endless_writer.py")
ROOT = HERE.parents[3]


@pytest.fixture
def killed_writer(lesson, database_url):
    """A session whose server was killed -9 in the middle of writing, and what it had told."""
    session = lesson.begin()
    source_id = lesson.join(session)
    arguments = [sys.executable, WRITER, database_url, session.id, source_id]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, env=environment, text=True) as writer:
        told = [next(writer.stdout) for _ in range(40)]
        writer.kill()
        told += writer.stdout.readlines()
    whole = [line for line in told if line.endswith("\n")]
    return session, source_id, int(whole[-1])


def test_kill_9_loses_no_acknowledged_frame_and_the_next_server_goes_on(lesson, killed_writer):
    session, source_id, acknowledged = killed_writer
    with lesson.database.reading() as db:
        mark = look_up_source(db, session.id, source_id).last_seq
        frames = find_session(db, session.id).frames
    assert acknowledged <= mark <= acknowledged + 1  # the last one may be committed, not yet told
    assert frames == mark + 1  # the mark and the tally moved together
    assert lesson.count(lesson.frame(session, source_id, acknowledged)) == ["DUPLICATE"]
    assert lesson.count(lesson.frame(session, source_id, acknowledged + 2)) == ["COUNTED"]
    with lesson.database.writing() as db:
        assert fold_session(db, session.id) >= 1
