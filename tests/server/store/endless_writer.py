"""Count frames without end, telling each number after its commit, until somebody kills us.

Run as `python endless_writer.py URL SESSION_ID SOURCE_ID`; a test does.
"""

import sys
import time
from itertools import count

import numpy as np

from server.store.counting import count_batch
from server.store.database import Database
from server.store.frame_counts import FrameCount

url, session_id, source_id = sys.argv[1:]
database = Database(url)
face = np.full((1, 7), 1 / 7, np.float32)
for seq in count():
    with database.counting() as db:
        frame = FrameCount(session_id, source_id, seq, time.time(), "net-1", face)
        count_batch(db, [frame])
    print(seq, flush=True)  # noqa: T201 - the acknowledgement
