"""The tables of a report, for HTML and for paper: what stands in which cell. Pure."""

from collections.abc import Callable, Sequence

from model.emotions import Emotion
from model.palette import TOP_TO_BOTTOM
from server.languages import gettext
from server.publishing.cells import LESS, MORE, Cell, Column, Moment, Swatch, Table, Told
from server.publishing.writing import (
    NOTHING,
    write_difference,
    write_interval,
    write_length,
    write_percent,
    write_whole,
)
from server.schemas import ChangePoint, Difference, Engagement, Report, Segment, Share, Stretch
from server.schemas.answer_look import BOTTOM_TO_TOP
from server.vocabulary import answer_names, emotion_names, kind_names, quantity_names


def whole_table(report: Report) -> Table | None:
    """Return the lesson's shares; None where none can be told."""
    shares = report.whole.shares
    if shares is None:
        return None
    names = emotion_names()
    rows: list[list[Cell]] = [
        [Swatch(e, names[e]), write_percent(shares[e].share), write_interval(shares[e])]
        for e in TOP_TO_BOTTOM
    ]
    columns = [Column(gettext("Expression"), words=True), *_share_columns()]
    return Table("whole", gettext("The whole lesson"), columns, rows)


def answers_table(report: Report) -> Table | None:
    """Return what students said in the whole lesson; None where too few did."""
    answers = report.whole.answers
    if answers is None:
        return None
    names = answer_names()
    rows: list[list[Cell]] = [
        [Swatch(a, names[a]), write_percent(answers[a].share), write_interval(answers[a])]
        for a in BOTTOM_TO_TOP
    ]
    columns = [Column(gettext("Answer"), words=True), *_share_columns()]
    return Table("said", gettext("What students said, in the whole lesson"), columns, rows)


def segments_table(report: Report) -> Table | None:
    """Return the segments with their intervals, and how each differs from the rest."""
    if not report.segments:
        return None
    names, kinds = emotion_names(), {str(kind): name for kind, name in kind_names().items()}
    columns = [
        Column(gettext("No.")),
        Column(gettext("From")),
        Column(gettext("Length")),
        Column(gettext("Segment"), words=True),
        Column(gettext("Visible")),
        *(Column(gettext("{expression}, %").format(expression=names[e])) for e in TOP_TO_BOTTOM),
    ]
    rows: list[list[Cell]] = []
    for number, segment in enumerate(report.segments, start=1):
        told = [_against(segment, emotion) for emotion in TOP_TO_BOTTOM]
        title = _name(segment, report.segments[number : number + 1], kinds[segment.kind])
        begins = Moment(segment.start)
        length = write_length(segment.seconds)
        rows.append([str(number), begins, length, title, str(segment.visible), *told])
    caption = gettext(
        "Shares with 95 % intervals. ▲ more and ▼ less than in the rest of the lesson, beyond noise"
    )
    telling = [_largest(segment) for segment in report.segments]
    return Table("segments", caption, columns, rows, telling)


def changes_table(report: Report) -> Table | None:
    """Return the changes with size and interval; None where there was none."""
    if not report.changes:
        return None
    names = quantity_names()
    columns = [
        Column(gettext("No.")),
        Column(gettext("At")),
        Column(gettext("What changed"), words=True),
        Column(gettext("Points")),
        Column(gettext("What else changed then"), words=True),
        Column(gettext("Compared"), words=True),
        Column(gettext("Near"), words=True),
    ]
    rows: list[list[Cell]] = []
    for number, change in enumerate(report.changes, start=1):
        compared = gettext("{before} before, {after} after").format(
            before=write_length(change.before_s), after=write_length(change.after_s)
        )
        what, size = names.get(change.what, change.what), write_difference(change.change)
        cells = [what, size, _also(change, names), compared, _near(change)]
        rows.append([str(number), Moment(change.at), *cells])
    caption = gettext("Changes beyond noise, in percentage points with 95 % intervals")
    telling = [abs(change.change.size) for change in report.changes]
    return Table("changes", caption, columns, rows, telling)


def gaps_table(report: Report) -> Table | None:
    """Return the stretches of which no emotion can be told; None where there are none."""
    if not report.gaps:
        return None
    columns = [
        Column(gettext("From")),
        Column(gettext("Length")),
        Column(gettext("Most visible at once")),
    ]
    rows: list[list[Cell]] = [
        [Moment(g.start), write_length(g.seconds), str(g.visible)] for g in report.gaps
    ]
    telling = [gap.seconds for gap in report.gaps]
    return Table("gaps", gettext("Not enough faces to say"), columns, rows, telling)


def marks_table(report: Report) -> Table | None:
    """Return the marked moments; None where there are none."""
    if not report.markers:
        return None
    kinds = kind_names()
    columns = [
        Column(gettext("At")),
        Column(gettext("Kind"), words=True),
        Column(gettext("Words"), words=True),
    ]
    rows: list[list[Cell]] = [[Moment(m.at), kinds[m.kind], m.label] for m in report.markers]
    return Table("marks", gettext("Marked moments"), columns, rows)


def series_table(report: Report) -> Table:
    """Return every stretch with all that is told of it: the charts in numbers."""
    names, answers = emotion_names(), answer_names()
    columns = [
        Column(gettext("From")),
        Column(gettext("Length")),
        Column(gettext("Visible")),
        Column(gettext("Present")),
        Column(gettext("Coverage, %")),
        *(Column(gettext("{expression}, %").format(expression=names[e])) for e in TOP_TO_BOTTOM),
        Column(gettext("Turned to the screen, %")),
        Column(gettext("Engagement profile, %")),
        Column(gettext("Students who answered")),
        *(Column(gettext("{answer}, %").format(answer=answers[a])) for a in BOTTOM_TO_TOP),
    ]
    rows = [_series_row(stretch) for stretch in report.series]
    caption = gettext("All stretches, with 95 % intervals; – where not enough to say")
    return Table("series", caption, columns, rows)


def _series_row(stretch: Stretch) -> list[Cell]:
    shares, answers, told = stretch.shares, stretch.answers, stretch.engagement
    coverage = NOTHING if stretch.coverage is None else write_whole(stretch.coverage)
    return [
        Moment(stretch.start),
        write_length(stretch.seconds),
        str(stretch.visible),
        str(stretch.present),
        coverage,
        *(_tell(shares[e] if shares else None) for e in TOP_TO_BOTTOM),
        _tell(stretch.turned),
        Told(write_whole(told.engagement), write_interval(told)) if told else NOTHING,
        str(stretch.said),
        *(_tell(answers[a] if answers else None) for a in BOTTOM_TO_TOP),
    ]


def facts(report: Report) -> list[tuple[str, str]]:
    """Return what else is told of the whole lesson: a name and its figure."""
    whole = report.whole
    found = [
        (gettext("Most students visible at once"), str(whole.visible)),
        (gettext("Most students present at once"), str(whole.present)),
        (gettext("Highest coverage"), write_percent(whole.coverage) if whole.visible else NOTHING),
        (gettext("Turned to the screen"), _phrase(whole.turned, lambda t: t.share)),
        (gettext("Engagement profile"), _phrase(whole.engagement, lambda t: t.engagement)),
        (gettext("Most answers within 30 s"), str(whole.said)),
    ]
    return [(name, figure) for name, figure in found if figure not in {NOTHING, "0"}]


Interval = Share | Engagement


def _phrase(told: object, pick: Callable[..., float]) -> str:
    if not isinstance(told, Interval):
        return NOTHING
    return gettext("{share} (95 % interval {interval})").format(
        share=write_percent(pick(told)), interval=write_interval(told)
    )


def _share_columns() -> list[Column]:
    return [Column(gettext("Share")), Column(gettext("95 % interval"))]


def _tell(share: Share | None, sign: str = "") -> Cell:
    if share is None:
        return NOTHING
    return Told(write_whole(share.share), write_interval(share), sign)


def _against(segment: Segment, emotion: Emotion) -> Cell:
    difference = segment.against_rest[emotion] if segment.against_rest else None
    return _tell(segment.shares[emotion] if segment.shares else None, _sign(difference))


def _sign(difference: Difference | None) -> str:
    if difference is None or not difference.beyond_noise:
        return ""
    return MORE if difference.size > 0 else LESS


def _name(segment: Segment, following: Sequence[Segment], kind: str) -> str:
    """Name a segment; what came before the first marker has no title of its own."""
    if segment.title:
        return gettext("{kind}: {title}").format(kind=kind, title=segment.title)
    if following:
        return gettext("Before “{title}”").format(title=following[0].title)
    return gettext("The whole lesson")


def _largest(segment: Segment) -> float:
    told = (segment.against_rest or {}).values()
    return max((abs(d.size) for d in told if d.beyond_noise), default=0.0)


def _also(change: ChangePoint, names: dict[str, str]) -> str:
    return ", ".join(
        gettext("{what} {difference}").format(
            what=names.get(other.what, other.what), difference=write_difference(other.change)
        )
        for other in change.also
    ) or NOTHING  # fmt: skip


def _near(change: ChangePoint) -> str:
    if change.near is None or change.near_s is None:
        return NOTHING
    sentence = gettext("{length} after “{title}”") if change.near_s >= 0 else gettext(
        "{length} before “{title}”"
    )  # fmt: skip
    return sentence.format(length=write_length(abs(change.near_s)), title=change.near)
