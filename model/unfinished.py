"""Files that are there whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def finishing(path: Path) -> Iterator[Path]:
    """Yield another name beside `path` to write to; it takes `path`'s place if the block ends well.

    Whatever else happens, Ctrl-C included, nothing new is left and `path` is as it was. Raises
    `OSError`.
    """
    unfinished = path.with_name(f".{path.stem}.unfinished-{os.getpid()}{path.suffix}")
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
