"""How long each part of a run takes: quick, usual or thorough. Pure."""

from dataclasses import dataclass
from typing import Final

from bench.plan import STUDENT_SECONDS

LADDER: Final = (0.1, 0.25, 0.5, 0.7, 0.8, 0.9, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0)
FACES: Final = (0, 10, 25, 50, 75, 100)
STUDENTS: Final = 400
OVERLOAD: Final = 4.0


@dataclass(frozen=True)
class Extent:
    """Seconds of each part; `frame_s` is for one frame's first readings, and again for steady."""

    name: str
    frame_s: float
    faces_s: float
    limit_s: float
    warm_s: float
    capacity_s: float
    step_s: float
    students_s: float
    overload_s: float
    recovery_s: float
    ladder: tuple[float, ...] = LADDER
    faces: tuple[int, ...] = FACES
    students: int = STUDENTS

    @property
    def students_rate(self) -> float:
        """Frames a second that all students send."""
        return self.students / STUDENT_SECONDS


QUICK: Final = Extent("quick", 0.3, 0.2, 0.3, 0.5, 1, 0.7, 1, 2, 1, (0.5, 1.0, 2.0), (0, 20, 60))
USUAL: Final = Extent("usual", 3, 1, 2, 3, 10, 4, 8, 15, 4)
THOROUGH: Final = Extent("thorough", 10, 3, 5, 5, 30, 15, 30, 60, 10)
