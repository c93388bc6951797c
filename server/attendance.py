"""Who could be visible: students enrolled, and when each joined and left, without saying who.

Pure: no SQL, no web, no clock.
"""

from bisect import bisect_left
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Attendance:
    """What visible students are told against.

    expected: enrolled students, or None; joined, left: sorted Unix seconds of every joining and
    leaving of a student, a window's not among them; step: seconds of one bucket of the session.
    """

    expected: int | None = None
    joined: tuple[float, ...] = ()
    left: tuple[float, ...] = ()
    step: int = 5

    @classmethod
    def always(cls, present: int, expected: int | None = None) -> Self:
        """Return that of students who were there from the beginning and never leave."""
        return cls(expected, joined=(0.0,) * present)

    def count_present(self, start: int, seconds: int) -> int:
        """Count students who had joined, and not left, by the end of the bucket.

        Of a longer stretch, that of the bucket with most: `visible` is of its fullest one too.
        """
        ends = range(start + self.step, start + max(seconds, self.step) + 1, self.step)
        return max(bisect_left(self.joined, end) - bisect_left(self.left, end) for end in ends)

    def cover(self, visible: int, present: int, *, window: bool) -> float | None:
        """Return the part of the students that is visible, at most 1; None where it is not known.

        window: a shared window was read in it. Its faces may be anybody's, so they are told
        against enrolled students only, never against those who joined.
        """
        if self.expected:
            return min(visible / self.expected, 1.0)
        if window or not present:
            return None
        return min(visible / present, 1.0)
