"""The rows under the mood, on its time axis: coverage, engagement, what students say. Pure."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from dashboard.axes import PERCENT, Chart, Json, milliseconds
from dashboard.coverage import class_size, say_visible
from dashboard.curves import Reading, add_curve
from dashboard.palette import COLOURS
from dashboard.river import add_gaps, texture
from dashboard.timeline import Stretch, stretch_of
from dashboard.vocabulary import answer_names, profile_title
from model.emotions import Emotion
from server.languages import gettext
from server.schemas import EngagementProfile, MoodPoint, SelfReportPoint, Session
from server.schemas.answer_look import ANSWER_COLOURS, ANSWER_PATTERNS, BOTTOM_TO_TOP

ROW_HEIGHT = 58
QUIET = COLOURS[Emotion.NEUTRAL]


def add_coverage(chart: Chart, points: Sequence[MoodPoint], session: Session) -> None:
    """Draw how many are visible as a filled step, present and enrolled students as lines."""
    enrolled = session.expected_students
    if enrolled:
        head = gettext("Students visible, of {of} enrolled").format(of=enrolled)
    elif any(class_size(session, p) for p in points):
        head = gettext("Students visible, of those present")
    else:
        head = gettext("Students visible")
    top = max([enrolled or 1, *(max(p.visible, p.present) for p in points)])
    look = {"range": [0, top * 1.08], "tickvals": [0, enrolled or top]}
    axis = chart.add_row(head, ROW_HEIGHT, look)
    _add_steps(chart, axis, points, lambda p: p.visible, _visible_look(points, session))
    if any(p.present for p in points):
        present = {"name": gettext("present"), "line": {"width": 1, "dash": "dash"}}
        _add_steps(chart, axis, points, lambda p: p.present, present)
    if enrolled:
        chart.shapes.append(
            {
                "type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": axis,
                "y0": enrolled, "y1": enrolled, "line": {"width": 1, "dash": "dot"},
                "name": "enrolled",
            }
        )  # fmt: skip


def add_engagement(chart: Chart, points: Sequence[MoodPoint], profile: EngagementProfile) -> None:
    """Draw what the session's profile says, named and numbered in the heading."""
    head = gettext("Engagement profile “{title}”, version {version}").format(
        title=escape(profile_title(profile)), version=profile.version
    )
    axis = chart.add_row(head, ROW_HEIGHT, PERCENT)
    runs: list[list[Reading]] = []
    for point in points:
        if point.engagement is None:
            continue
        told = point.engagement
        reading = Reading(stretch_of(point), told.low, told.engagement, told.high)
        if runs and runs[-1][-1].stretch.end == point.start:
            runs[-1].append(reading)
        else:
            runs.append([reading])
    add_curve(chart, axis, runs, gettext("engagement profile"), (QUIET, ""))


def add_answers(
    chart: Chart,
    series: Sequence[SelfReportPoint],
    *,
    height: int = ROW_HEIGHT,
    headed: bool = True,
) -> str:
    """Draw the shares of the answers stacked, bucket by bucket; return the row's axis."""
    head = gettext("What students say of themselves") if headed else ""
    axis = chart.add_row(head, height, PERCENT)
    shown = reports_inside(series, chart.stretch)
    told = [(p, p.shares) for p in shown if p.shares is not None]
    names = answer_names()
    floor = [0.0] * len(told)
    for answer in BOTTOM_TO_TOP:
        tall = [round(shares[answer].share, 4) for _, shares in told]
        if told:
            chart.add(
                {
                    "type": "bar",
                    "x": [chart.at(report_stretch(p).middle) for p, _ in told],
                    "y": tall,
                    "base": floor,
                    "width": [milliseconds(report_stretch(p)) for p, _ in told],
                    "name": names[answer],
                    "customdata": [[p.counts[answer] if p.counts else 0, p.said] for p, _ in told],
                    "hovertemplate": gettext("{count} of {said}").format(
                        count="%{customdata[0]}", said="%{customdata[1]}"
                    ),
                    "marker": _answer_look(ANSWER_COLOURS[answer], ANSWER_PATTERNS[answer]),
                },
                axis,
            )
        floor = [round(low + high, 4) for low, high in zip(floor, tall, strict=True)]
    silent = [report_stretch(p) for p in shown if p.shares is None and p.said]
    quiet = [s for s in silent if s.end <= chart.stretch.end]  # one just begun will hear from more
    add_gaps(chart, axis, quiet, gettext("not enough answers"), worded=height > ROW_HEIGHT)
    return axis


def report_stretch(point: SelfReportPoint) -> Stretch:
    """Return the stretch a bucket of self-reports covers."""
    return Stretch(point.start, point.start + timedelta(seconds=point.seconds))


def reports_inside(series: Sequence[SelfReportPoint], stretch: Stretch) -> list[SelfReportPoint]:
    """Return the buckets of self-reports that lie in a stretch, in part at least."""
    return [
        p for p in series
        if report_stretch(p).start < stretch.end and report_stretch(p).end > stretch.start
    ]  # fmt: skip


def escape(text: str) -> str:
    """Keep a teacher's words from being read as Plotly's markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _visible_look(points: Sequence[MoodPoint], session: Session) -> Json:
    told = [say_visible(session, p) for p in points]
    return {
        "name": gettext("visible"),
        "text": told,
        "hovertemplate": "%{text}<extra></extra>",
        "line": {"width": 2, "color": QUIET},
        "fill": "tozeroy",
        "fillcolor": "rgba(138,146,152,0.35)",
    }


def _add_steps(
    chart: Chart,
    axis: str,
    points: Sequence[MoodPoint],
    count: Callable[[MoodPoint], int],
    look: Json,
) -> None:
    """Draw a line of steps with holes where there is no bucket."""
    x: list[str | None] = []
    y: list[int | None] = []
    text: list[str | None] = []
    words = look.get("text") or [""] * len(points)
    for number, point in enumerate(points):
        if number and points[number - 1].start + _length(points[number - 1]) != point.start:
            x, y, text = [*x, None], [*y, None], [*text, None]
        x.append(chart.at(point.start))
        y.append(count(point))
        text.append(words[number])
        following = points[number + 1] if number + 1 < len(points) else None
        if following is None or following.start != point.start + _length(point):
            x.append(chart.at(point.start + _length(point)))
            y.append(count(point))
            text.append(words[number])
    line = {"shape": "hv", **look["line"]}
    chart.add(
        {"type": "scatter", "x": x, "y": y, "mode": "lines", "hoverinfo": "skip", **look,
         "text": text if "text" in look else None, "line": line},
        axis,
    )  # fmt: skip


def _answer_look(colour: str, pattern: str) -> Json:
    return {"color": colour, "line": {"width": 0}, "pattern": texture(pattern, colour)}


def _length(point: MoodPoint) -> timedelta:
    return timedelta(seconds=point.seconds)
