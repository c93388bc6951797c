"""A run as one HTML page that needs nothing else: charts, and every chart as a table.

No script, and a policy that lets the page load nothing.
"""

import base64
import hashlib
import re
from html import escape
from importlib.resources import files
from typing import Final

from bench import targets, wording
from bench.chart import Bar, LineChart, Series, draw_bars, draw_lines, make_axis, make_log_axis
from bench.figures import LoadStep, Run
from bench.summary import summarize
from bench.wording import Table

STAGE_LOOKS: Final = 6


def write_page(run: Run) -> str:
    """Return the page."""
    style = (files("bench") / "assets" / "bench.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    sections = [
        *(_section(group.title, _table(group.table)) for group in summarize(run)),
        _section("A frame, stage by stage", _stages(run)),
        _section("Cost over faces", _faces(run)),
        _section("Throughput over offered load", _throughput(run)),
        _section("Answers over offered load", _answers(run)),
        _section("How this was measured", _method(run)),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Roomtone bench, {escape(run.made_at[:10])}</title>\n"
        f"<style>{style}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>How fast Roomtone is here</h1>\n"
        f'<p class="lead">{_words(wording.headline(run))}</p>\n'
        + "\n".join(sections)
        + "\n</main>\n</body>\n</html>\n"
    )


def _stages(run: Run) -> str:
    bars = [
        Bar(
            f"{wording.name_frame(cost)}, {wording.tell_faces(faces)}, {kind}",
            list(times.stages_ms.items()),
            f"{wording.tell_ms(times.total_ms)} ms",
            times.bare_ms,
        )
        for cost in run.stages
        for kind, faces, times in wording.kinds_of(cost)
    ]
    names = list(run.stages[0].first.stages_ms)
    key = "".join(
        f'<li><span class="swatch part-{place}"></span>{escape(name)}</li>'
        for place, name in enumerate(names)
    )
    top = max(max(sum(v for _, v in bar.parts), bar.mark) for bar in bars)
    chart = draw_bars("Milliseconds of each stage", bars, make_axis("milliseconds", top))
    return _figure(
        f'<ul class="key">{key}</ul>{chart}',
        "One thread, from the JPEG's bytes to the committed tally. The upright mark is both "
        "networks alone on the same input.",
        wording.stage_table(run),
    )


def _faces(run: Run) -> str:
    faces = run.faces
    points = [(float(p.found), p.total_ms) for p in faces.points]
    most = max(x for x, _ in points)
    line = [(x, faces.fixed_ms + faces.face_ms * x) for x in (0.0, most)]
    chart = LineChart(
        "Milliseconds a frame over the number of faces in it",
        make_axis("faces found in the frame", most),
        make_axis("milliseconds a frame", max(y for _, y in [*points, *line])),
        [
            Series("fitted line", line, "quiet", dots=False),
            Series("measured", points, "main", line=False),
        ],
    )
    return _figure(
        draw_lines(chart),
        f"A line through them: {faces.fixed_ms:.1f} ms, and {faces.face_ms:.2f} ms for each face; "
        f"R² {faces.r2:.4f}. Pictures of {faces.width}x{faces.height}, one thread.",
        wording.faces_table(run),
    )


def _throughput(run: Run) -> str:
    steps = run.service.ladder
    most = max(100 * _share(step) for step in steps)
    capacity = run.service.capacity.accepted_per_second
    accepted = [(100 * _share(s), s.accepted_per_second) for s in steps]
    limit = run.limit.frames_per_second
    high = max([limit, *(y for _, y in accepted)])
    offered = [(0.0, 0.0), (min(most, 100 * high / capacity), min(most * capacity / 100, high))]
    chart = LineChart(
        "Frames accepted a second over the load offered",
        make_axis("offered load, % of the capacity", most),
        make_axis("frames a second", high * 1.05),
        [
            Series("offered", offered, "quiet", dots=False),
            Series("accepted", accepted, "main"),
        ],
        [
            (limit, f"the bare networks on {run.machine.cores} cores: {limit:.0f}"),
            (targets.RATE, f"target: {targets.RATE:.0f}"),
        ],
    )
    return _figure(
        draw_lines(chart),
        f"The capacity, {capacity:.0f} frames a second, is what is accepted with "
        f"{run.service.capacity.sources} frames always under way. What is too much is answered "
        "429.",
        wording.load_table(run),
    )


def _answers(run: Run) -> str:
    steps = run.service.ladder
    series = []
    for name, look in (("p99", "third"), ("p95", "main"), ("p50", "second")):
        told = [(100 * _share(s), getattr(s.accepted_latency, f"{name}_ms")) for s in steps]
        series.append(Series(name, [(x, y) for x, y in told if y], look))
    values = [y for one in series for _, y in one.points] or [1.0]
    chart = LineChart(
        "Milliseconds until an accepted frame was answered, over the load offered",
        make_axis("offered load, % of the capacity", max(100 * _share(step) for step in steps)),
        make_log_axis("milliseconds", min(values), max([*values, targets.RATE_P95_MS])),
        series,
        [(targets.RATE_P95_MS, f"target for p95: {targets.RATE_P95_MS:.0f} ms")],
    )
    table = wording.load_table(run)
    return _figure(
        draw_lines(chart),
        "Of accepted frames, from the moment each was planned to be sent, so that waiting for the "
        "connection counts as well.",
        Table(table.title, [table.columns[0], *table.columns[4:]],
              [[row[0], *row[4:]] for row in table.rows]),
    )  # fmt: skip


def _share(step: LoadStep) -> float:
    return step.share_of_capacity or 0.0


def _method(run: Run) -> str:
    service = run.service
    late = max((s.late_ms or 0 for s in service.ladder), default=0)
    generator = max(s.generator_cores for s in [*service.ladder, service.overload.step])
    return (
        f"<p>Frames: {escape(run.frames)}. Under load, sources send the webcam frame "
        f"({service.frame_bytes / 1000:.0f} kB) in several variants, moved by a pixel or two. One "
        "server process, SQLite, every answer after its commit; the load generator is a process of "
        f"its own on the same cores and took at most {generator:.2f} of a core; it sent at most "
        f"{late:.0f} ms late (p99 of a step). Frames are sent at planned moments whatever is "
        "answered, and 429 is not heeded.</p>"
        f"<p>The whole run took {run.seconds:.0f} s. Targets are those of the project's own "
        "requirements, for two cores.</p>"
    )


def _section(title: str, content: str) -> str:
    return f"<section>\n<h2>{escape(title)}</h2>\n{content}\n</section>"


def _figure(drawn: str, caption: str, table: Table) -> str:
    return (
        f'<figure><div class="chart">{drawn}</div>\n<figcaption>{escape(caption)}</figcaption>\n'
        f"</figure>\n<details><summary>As a table</summary>{_table(table)}</details>"
    )


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.columns)
    body = "\n".join(
        f'<tr><th scope="row">{_words(row[0])}</th>'
        + "".join(f"<td{_look(cell)}>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in table.rows
    )
    return (
        f'<div class="table" tabindex="0" role="region" aria-label="{escape(table.title)}">'
        f"<table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>"
    )


def _words(text: str) -> str:
    """Return words as HTML, what stands between backticks as code."""
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(text))


def _look(cell: str) -> str:
    return f' class="{cell}"' if cell in ("met", "missed") else ""
