"""Reports of made-up lessons, for the tests of what a report is written as."""

import math
import random
from datetime import UTC, datetime, timedelta

from model.emotions import EMOTIONS, Emotion
from server.engagement import SHIPPED
from server.schemas import (
    AlsoChanged,
    ChangePoint,
    Difference,
    Engagement,
    Figure,
    Gap,
    Marker,
    MarkerKind,
    OutlineEntry,
    Report,
    ReportSession,
    Segment,
    SelfReportAnswer,
    SessionOrigin,
    Share,
    Statement,
    Stretch,
    TranscriptCue,
)

START = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
ANSWERS = tuple(SelfReportAnswer)
TITLES = ["Settling in", "Cell membranes", "Osmosis: what moves, and why", "Working alone",
          "The potato experiment", "Questions", "Summary"]  # fmt: skip
SAID = ["Water moves towards the salt.", "Now look at the second picture.",
        "Who has an idea why that is so?", "Take five minutes for yourselves."]  # fmt: skip


def at(seconds):
    return START + timedelta(seconds=seconds)


def share(of, students, width=0.09):
    whole = round(of * students) / students
    return Share(share=whole, low=max(whole - width, 0), high=min(whole + width, 1))


def shares_at(seconds, students, total):
    """Return seven shares in steps of one student: a mood that swings, and turns twice."""
    weights = dict.fromkeys(EMOTIONS, 0.03) | {Emotion.NEUTRAL: 0.62}
    weights[Emotion.HAPPY] = 0.18 + 0.08 * math.sin(seconds / 400)
    weights[Emotion.SAD] = 0.25 if seconds > 0.6 * total else 0.06
    weights[Emotion.SURPRISE] = 0.22 if 0.3 * total < seconds < 0.45 * total else 0.05
    whole = sum(weights.values())
    counts = {e: math.floor(w / whole * students) for e, w in weights.items()}
    counts[Emotion.NEUTRAL] += students - sum(counts.values())
    return {e: share(c / students, students) for e, c in counts.items()}


def stretch(seconds_in, seconds, *, visible, present, total, said=None, camera=True, **more):
    enough, answered = camera and visible >= 5, visible // 2 if said is None else said
    following = max(0.3, 0.9 - 0.5 * seconds_in / total)
    parts = (following, (1 - following) / 2, (1 - following) / 4, (1 - following) / 4)
    answers = {a: share(p, answered) for a, p in zip(ANSWERS, parts, strict=True)} \
        if answered >= 5 else None  # fmt: skip
    return more.pop("kind_of", Stretch)(
        start=at(seconds_in), seconds=seconds, enough=enough, visible=visible, present=present,
        coverage=visible / present if present else None,
        shares=shares_at(seconds_in, visible, total) if enough else None,
        turned=share(0.8, visible) if enough else None,
        engagement=Engagement(engagement=0.6, low=0.52, high=0.68) if enough else None,
        said=answered, answers=answers, **more,
    )  # fmt: skip


def difference(size, width=0.07):
    low, high = max(size - width, -1), min(size + width, 1)
    return Difference(size=size, low=low, high=high, beyond_noise=low > 0 or high < 0)


def statement(section, key, text, **figures):
    return Statement(
        section=section, key=key, text=text, figures={Figure(k): v for k, v in figures.items()}
    )


LIMITS = [
    statement("limits", "expressions", "These are visible expressions, not feelings."),
    statement("limits", "uses", "Not for grading, attendance, discipline or appraisal."),
]


def make_report(minutes=120, students=40, *, series_s=30, seed=1, **changed):
    """Return the report of a lesson in which everything there is happens."""
    chance, total = random.Random(seed), minutes * 60
    steps = range(0, total, series_s)
    seen = [3 if 0.5 < s / total < 0.56 else students - chance.randint(2, 6) for s in steps]
    common = {"present": students, "total": total}
    series = [stretch(s, series_s, visible=v, **common) for s, v in zip(steps, seen, strict=True)]
    lost = [s for s, v in zip(steps, seen, strict=True) if v < 5]
    slide_s = total / len(TITLES)
    segments = [
        stretch(round(i * slide_s), round(slide_s), visible=students - 2, **common,
                kind_of=Segment, kind="slide", title=title,
                against_rest={e: difference(0.15 if e == "sad" and i > 3 else -0.02)
                              for e in EMOTIONS})
        for i, title in enumerate(TITLES)
    ]  # fmt: skip
    changes = [
        ChangePoint(at=at(0.3 * total), what="surprise", change=difference(0.175),
                    also=[AlsoChanged(what="neutral", change=difference(-0.125))],
                    before_s=300, after_s=300, near="Osmosis: what moves, and why", near_s=95),
        ChangePoint(at=at(0.45 * total), what="surprise", change=difference(-0.15), also=[],
                    before_s=300, after_s=240, near="A question on salt", near_s=-4),
        ChangePoint(at=at(0.6 * total), what="sad", change=difference(0.2),
                    also=[AlsoChanged(what="lost", change=difference(0.3, 0.2))],
                    before_s=300, after_s=300, near=None, near_s=None),
    ]  # fmt: skip
    words = {
        "markers": [Marker(marker_id=f"{i:024x}", at=at((i + 0.4) * total / 5), kind=kind, label=w)
                    for i, (kind, w) in enumerate([
                        (MarkerKind.MARKER, "Group work begins"),
                        (MarkerKind.QUESTION, "Why does it shrink?"),
                        (MarkerKind.QUESTION, "A question on salt"),
                        (MarkerKind.MARKER, "=Experiment 2"), (MarkerKind.MARKER, "Homework")])],
        "notes": [Marker(marker_id=f"{9:024x}", at=at(0.62 * total), kind=MarkerKind.NOTE,
                         label="The drawing was too small; make a second one.\nAsk again.")],
        "outline": [OutlineEntry(position=i + 1, kind=MarkerKind.SLIDE, title=t,
                                 begins_s=round(i * slide_s), begun=True)
                    for i, t in enumerate(TITLES)],
        "transcript": [TranscriptCue(begins_s=s, ends_s=s + 5.5, words=chance.choice(SAID))
                       for s in range(4, total, 9)],
    }  # fmt: skip
    told = [
        statement("whole", "mostly", "The lesson looked mostly neutral: 58 %, 95 % interval "
                  "49 to 66 %.", what="neutral", share=0.575, low=0.487, high=0.663),
        statement("changes", "changed_up", "Surprise went up by 18 points (95 % interval 11 to "
                  "25) 36 minutes in.", what="surprise", size=0.175, low=0.105, high=0.245),
        statement("segments", "segment_more", "More sad expressions in “Questions” than in the "
                  "rest: 15 points.", what="sad", size=0.15, title="Questions"),
        statement("visible", "visible_mostly", "38 of 40 students were visible.", visible=38,
                  present=40),
        statement("said", "said_most", "Most students who answered follow.", share=0.7),
        *LIMITS,
    ]  # fmt: skip
    report = Report(
        version=1, made_at=at(total + 8),
        session=make_session(total, students), corrected=True,
        whole=stretch(0, total, visible=students - 2, **common), series=series, changes=changes,
        segments=segments,
        gaps=[Gap(start=at(lost[0]), seconds=len(lost) * series_s, visible=3)] if lost else [],
        engagement_profile=SHIPPED, statements=told, **words,
    )  # fmt: skip
    return report.model_copy(update=changed)


def make_session(total, students, **changed):
    session = ReportSession(
        session_id="856346686a065467ec029f16", title="Biology 9b, 3rd lesson", course="Biology 9b",
        origin=SessionOrigin.LIVE, simulated=False, camera=True, self_report=True,
        expected_students=students, started_at=START, ended_at=at(total), joined=students,
        network_versions=["1.0"],
    )  # fmt: skip
    return session.model_copy(update=changed)


def with_session(report, **changed):
    return report.model_copy(update={"session": report.session.model_copy(update=changed)})


def never_enough():
    """Return a lesson in which never five were visible: no curve, one gap."""
    total, common = 1800, {"visible": 3, "present": 4, "total": 1800}
    return make_report(
        30, whole=stretch(0, total, **common), segments=[], changes=[],
        series=[stretch(s, 10, **common) for s in range(0, total, 10)],
        gaps=[Gap(start=START, seconds=total, visible=3)],
        statements=[statement("whole", "never_enough", "Never enough faces to say: 5 are needed "
                              "at once.", needed=5), *LIMITS],
        session=make_session(total, 4),
    )  # fmt: skip


def self_report_only():
    """Return a lesson without cameras."""
    total, common = 2700, {"present": 24, "total": 2700, "visible": 0, "camera": False}
    return make_report(
        45, whole=stretch(0, total, said=20, **common), segments=[], changes=[],
        series=[stretch(s, 30, said=18, **common) for s in range(0, total, 30)], gaps=[],
        statements=[statement("said", "said_most", "Most students follow.", share=0.7), *LIMITS],
        session=make_session(total, 24, camera=False, network_versions=[]),
    )  # fmt: skip


def one_bucket():
    """Return a lesson of five seconds."""
    only = stretch(0, 5, visible=20, present=22, total=5)
    return make_report(
        1, whole=only, series=[only], segments=[], changes=[], gaps=[], markers=[], notes=[],
        outline=[], transcript=[], statements=LIMITS, session=make_session(5, 22),
    )  # fmt: skip


def in_many_scripts():
    """Return a lesson whose words are long, in many scripts, and mean harm to a page."""
    report = make_report(60, 24, seed=3)
    titles = [
        "Τι είναι η όσμωση; Μια εισαγωγή για όλους, με παραδείγματα από την κουζίνα 🧪",
        "مقدمة في الخاصية التناضحية وحركة الماء عبر الأغشية (الدرس 3)",
        "渗透作用与细胞膜：水为什么向盐的方向移动？🎉",
        "<script>alert(1)</script></script><!--", "हिन्दी में परासरण", "שלום לכיתה 9b!",
        "Слишком длинное название слайда " * 4,
    ]  # fmt: skip
    segments = [s.model_copy(update={"title": t.strip()[:200]})
                for s, t in zip(report.segments, titles, strict=True)]  # fmt: skip
    notes = [n.model_copy(update={"label": "=HYPERLINK(\"x\")\n+1 ⚡ " + "längere Notiz " * 100})
             for n in report.notes]  # fmt: skip
    outline = [e.model_copy(update={"title": s.title})
               for e, s in zip(report.outline, segments, strict=True)]  # fmt: skip
    report = report.model_copy(update={"segments": segments, "notes": notes, "outline": outline})
    return with_session(report, title="生物 9b · Η τρίτη διάλεξη · الدرس الثالث 🧬 " * 3)


def with_many_markers(n=1000):
    report = make_report(120)
    marker = report.markers[0]
    return report.model_copy(update={"markers": [
        marker.model_copy(update={"at": at(7.2 * i), "label": f"Marker {i}"}) for i in range(n)
    ]})  # fmt: skip


def simulated():
    return with_session(make_report(45, 30, seed=2), simulated=True, title="A simulated class")


SAMPLES = {
    "two_hours": make_report,
    "never_enough": never_enough,
    "self_report_only": self_report_only,
    "one_bucket": one_bucket,
    "in_many_scripts": in_many_scripts,
    "with_many_markers": with_many_markers,
    "simulated": simulated,
}
