"""`python -m tests.bench.scales`: how many faces CenterFace finds, by their height and by scale.

One portrait in rows and columns of a 1280x720 frame, smaller and smaller. It shows where a scale
gives up on small faces; it says nothing of turned, dark or hidden ones.
"""

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from model.finders import CenterFace, FaceFinder
from model.frames import Picture
from tests.pictures import ASTRONAUT_BOX, astronaut

WIDTH, HEIGHT = 1280, 720
TILES = (240, 180, 144, 120, 90, 72, 60)
SCALES = (0.25, 0.5, 1.0)


def fill_frame(tile_side: int) -> tuple[Picture, int, int]:
    """Return a frame of tiles, the faces in it and their height in pixels."""
    portrait = astronaut()[:320, 60:400]
    tile = cv2.resize(portrait, (tile_side, tile_side), interpolation=cv2.INTER_AREA)
    rows, columns = HEIGHT // tile_side, WIDTH // tile_side
    frame = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    frame[: rows * tile_side, : columns * tile_side] = np.tile(tile, (rows, columns, 1))
    return frame, rows * columns, round(ASTRONAUT_BOX[3] * tile_side / portrait.shape[0])


def main() -> None:
    finders: dict[str, FaceFinder] = {
        f"{scale:g}": CenterFace(scale=scale, thorough=True) for scale in SCALES
    }
    finders |= {"as live": CenterFace(), "thorough": CenterFace().thorough()}
    table = Table("face height", "faces", *finders)
    for side in TILES:
        frame, faces, height = fill_frame(side)
        found = [str(len(finder.find(frame))) for finder in finders.values()]
        table.add_row(f"{height}", f"{faces}", *found)
    Console().print(table)


if __name__ == "__main__":
    main()
