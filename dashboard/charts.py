"""The charts: what a session told in a stretch of time in, Plotly figures out as JSON. Pure.

No network, no clock, no state. Which rows there are depends on the session alone, so that nothing
jumps while a lesson runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from dashboard.axes import PERCENT, Chart, Json
from dashboard.curves import add_curves
from dashboard.marks import Mark, inside_marks
from dashboard.river import add_gaps, add_lane, add_river
from dashboard.rows import add_answers, add_coverage, add_engagement
from dashboard.timeline import Stretch, find_gaps, inside
from server.languages import gettext
from server.schemas import EngagementProfile, MarkerKind, MoodPoint, SelfReportPoint, Session

RIVER_HEIGHT, LANE_HEIGHT, STRIP_HEIGHT = 220, 14, 46
FEW_MARKS = 60
"""More lines than these are drawn fainter, so that what lies under them is seen."""
LANE_LOOK: Json = {"visible": False, "range": [0, 1]}


@dataclass(frozen=True)
class Scene:
    """What a chart shows: a stretch of a session, and what was told in it.

    until: what comes after it has not been yet; None where all of the stretch has.
    """

    session: Session
    stretch: Stretch
    points: Sequence[MoodPoint]
    reports: Sequence[SelfReportPoint]
    marks: Sequence[Mark]
    profile: EngagementProfile
    until: datetime | None = None

    @property
    def taught(self) -> Stretch:
        """The part in which the lesson ran; before and after it nothing is missing."""
        begun = max(self.stretch.start, min(self.session.started_at, self.stretch.end))
        return Stretch(begun, max(begun, self.until or self.stretch.end))


def draw_mood(scene: Scene, zone: tzinfo, *, curves: bool = False) -> Chart:
    """Draw the mood with all that lies under it on the same time axis; finish it for the figure.

    curves: each emotion by itself with its interval, instead of the river. Without cameras what
    students say takes the place of both.
    """
    chart = Chart(scene.stretch, zone)
    points = inside(scene.points, scene.stretch)
    if scene.session.camera:
        _add_mood(chart, scene, points, curves=curves)
        add_coverage(chart, points, scene.session)
        add_engagement(chart, points, scene.profile)
        if scene.session.self_report:
            add_answers(chart, scene.reports)
    else:
        add_answers(chart, scene.reports, height=RIVER_HEIGHT)
    chart.shapes += _hairlines(chart, inside_marks(scene.marks, scene.stretch))
    return chart


def draw_lesson(scene: Scene, shown: Stretch, zone: tzinfo) -> Chart:
    """Draw the whole lesson as a thin strip; `shown` is what the large chart shows of it."""
    chart = Chart(scene.stretch, zone)
    look = {**PERCENT, "showticklabels": False, "showgrid": False}
    if scene.session.camera:
        axis = chart.add_row("", STRIP_HEIGHT, look, stacked=True)
        add_river(chart, axis, scene.points, named=False)
        gaps = find_gaps(scene.points, scene.taught)
        add_gaps(chart, axis, gaps, gettext("not enough faces"), worded=False)
    else:
        axis = add_answers(chart, scene.reports, height=STRIP_HEIGHT, headed=False)
    if shown.length < scene.stretch.length:
        begin, end = max(shown.start, scene.stretch.start), min(shown.end, scene.stretch.end)
        chart.shapes.append(
            {
                "type": "rect", "x0": chart.at(begin), "x1": chart.at(end), "y0": 0, "y1": 1,
                "yref": f"{axis} domain", "line": {"width": 2, "color": "#8a8a8a"},
                "fillcolor": "rgba(0,0,0,0)", "name": "shown",
            }
        )  # fmt: skip
    return chart


def _add_mood(chart: Chart, scene: Scene, points: Sequence[MoodPoint], *, curves: bool) -> None:
    gaps = find_gaps(points, scene.taught)
    if curves:
        add_curves(chart, points, gaps)
        return
    head = gettext("Share of each expression")
    axis = chart.add_row(head, RIVER_HEIGHT, PERCENT, stacked=True)
    add_river(chart, axis, points)
    add_gaps(chart, axis, gaps, gettext("not enough faces"))
    lane = chart.add_row(gettext("Most common expression"), LANE_HEIGHT, LANE_LOOK)
    add_lane(chart, lane, points)


def _hairlines(chart: Chart, marks: Sequence[Mark]) -> list[Json]:
    """Draw marks as lines through all rows; slides and chapters solid, moments dotted.

    One path for all of a look: Plotly takes a millisecond for each shape.
    """
    held = (MarkerKind.SLIDE, MarkerKind.CHAPTER)
    looks = {
        "solid": [mark for mark in marks if mark.kind in held],
        "dot": [mark for mark in marks if mark.kind not in (*held, MarkerKind.NOTE)],
    }
    return [
        {
            "type": "path", "path": " ".join(_line(chart.at(mark.at)) for mark in drawn),
            "yref": "paper", "opacity": 0.45 if len(drawn) <= FEW_MARKS else 0.2,
            "line": {"width": 1, "dash": dash}, "name": "mark",
        }
        for dash, drawn in looks.items() if drawn
    ]  # fmt: skip


def _line(at: str) -> str:
    """Return a line from bottom to top, as Plotly writes paths: a moment without spaces."""
    moment = at.replace(" ", "_")
    return f"M{moment},0L{moment},1"
