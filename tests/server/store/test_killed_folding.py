"""kill -9 while buckets are folded: each is folded once or still open, and none is both."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from server.store.sources import look_up_source
from server.store.tables import open_tally, tally

HERE = Path(__file__).resolve()
FOLDER = HERE.with_name("endless_folder.py")


@pytest.mark.slow
def test_a_fold_that_is_killed_neither_loses_a_bucket_nor_counts_it_twice(lesson, database_url):
    session, chance = lesson.begin(bucket_seconds=1), random.Random(1)
    source_id, first = lesson.join(session), 0
    for _ in range(3):
        acknowledged = kill_folding(
            [database_url, session.id, source_id, str(first)], chance.uniform(0.1, 0.5)
        )
        with lesson.database.reading() as db:
            mark = look_up_source(db, session.id, source_id).last_seq
            folded, still_open = (set(db.scalars(select(t.c.bucket_start))) for t in TABLES)
            frames = [db.scalar(select(func.sum(t.c.frames))) or 0 for t in TABLES]
        assert acknowledged <= mark <= acknowledged + 1
        assert not folded & still_open
        assert folded | still_open == {2 * seq for seq in range(mark + 1)}
        assert sum(frames) == mark + 1
        first = mark + 1


TABLES = (tally, open_tally)


def kill_folding(arguments, seconds):
    """Let it fold for a while, kill it, and return the last number it told."""
    environment = {**os.environ, "PYTHONPATH": str(HERE.parents[3])}
    command = [sys.executable, FOLDER, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as folder:
        told = [next(folder.stdout)]
        time.sleep(seconds)
        folder.kill()
        told += folder.stdout.readlines()
    return int([line for line in told if line.endswith("\n")][-1])
