"""Count frames and fold each one's bucket without end, telling each number after its commit.

Run as `python endless_folder.py URL SESSION_ID SOURCE_ID FIRST_NUMBER` until somebody kills us.
"""

import sys
from itertools import count

import numpy as np

from server.store.counting import count_batch
from server.store.database import Database
from server.store.frame_counts import FrameCount
from server.store.tallies import fold_buckets

url, session_id, source_id, first = sys.argv[1:]
database = Database(url)
face = np.full((1, 7), 1 / 7, np.float32)
for seq in count(int(first)):
    with database.writing() as db:
        count_batch(db, [FrameCount(session_id, source_id, seq, 2.0 * seq, "net-1", face)])
    print(seq, flush=True)  # noqa: T201 - the acknowledgement
    with database.writing() as db:
        fold_buckets(db, 2 * seq + 1)
