"""FER2013's zip to one folder per emotion: `python -m tests.bench.unpack_faces ZIP valid DIR`.

For `roomtone evaluate DIR`, which reads folders. Copies no pixel into the project.
"""

import csv
import io
import sys
import zipfile
from pathlib import Path


def unpack_faces(archive_path: Path, split: str, folder: Path) -> int:
    """Write the pictures of one split; return how many."""
    count = 0
    with zipfile.ZipFile(archive_path) as archive:
        rows = csv.DictReader(io.TextIOWrapper(archive.open("labels.csv"), "utf-8"))
        for row in rows:
            if not row["file"].startswith(f"{split}/"):
                continue
            target = folder / row["emotion"] / Path(row["file"]).name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(row["file"]))
            count += 1
    return count


if __name__ == "__main__":
    print(unpack_faces(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])), "faces")  # noqa: T201
