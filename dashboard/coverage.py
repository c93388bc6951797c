"""How many students are visible, and of how many. Pure.

Of those enrolled where the teacher said how many; else of those present; else of nobody knows how
many, which is so where only a meeting window shows them.
"""

from server.languages import gettext
from server.schemas import MoodPoint, Session


def class_size(session: Session, point: MoodPoint) -> int | None:
    """Return of how many students `point.visible` are; None where that is not known."""
    if point.coverage is None:
        return None
    return session.expected_students or point.present or None


def say_visible(session: Session, point: MoodPoint) -> str:
    """Say how many are visible, and of how many where that is known."""
    of = class_size(session, point)
    if of is None:
        return gettext("{visible} visible").format(visible=point.visible)
    return gettext("{visible} of {students} visible").format(visible=point.visible, students=of)
