"""What other benches told, which ran beside `roomtone bench`: as figures and as a table. Pure."""

from collections.abc import Sequence
from typing import Any

from bench.peers.figures import Comparison, Row
from bench.summary import Group, Line
from bench.wording import NOT_KNOWN, tell_ms, tell_share


def group_others(more: dict[str, Any]) -> list[Group]:
    """Return what the other benches told, if they ran."""
    lines = []
    if "recording" in more:
        told = more["recording"]
        share = told["wall_s"] / told["recording_s"]
        lines.append(
            Line(
                f"a recording of {told['recording_s'] / 60:.1f} minutes, "
                f"{told['faces'] / told['frames']:.1f} faces a frame, one frame a second",
                f"{tell_share(share, 1)} of its length; {told['memory_mb']:.0f} MB",
                "at most 10 %; 700 MB",
                share <= 0.1 and told["memory_mb"] <= 700,
                is_headline=True,
            )
        )
    if "report" in more:
        told = more["report"]
        html, pdf = (told["parts"][f"written as {form}"]["first_s"] for form in ("html", "pdf"))
        lines.append(
            Line(
                f"a report of {told['minutes']} minutes with {told['students']} students: "
                "HTML; PDF",
                f"{html:.2f} s; {pdf:.2f} s",
                "at most 3 s; 10 s",
                html <= 3 and pdf <= 10,
                is_headline=True,
            )
        )
    if "comparison" in more:
        told, parts = more["comparison"], more["comparison"]["parts_s"]
        call = parts["GET /api/v1/comparison, all of it"]
        page = parts.get("the page, from address to drawn")
        lines.append(
            Line(
                f"{told['sessions']} sessions compared: the call; the page",
                f"{call:.2f} s; " + ("no browser here" if page is None else f"{page:.2f} s"),
                "at most 2 s",
                max(call, page or 0) <= 2,
            )
        )
    return [Group("After the lesson", lines)] if lines else []


def write_peers(told: Comparison) -> list[str]:
    """Return a Markdown table: milliseconds, faces of those there, and times Roomtone's stream."""
    rows = [*told.roomtone, *told.peers]
    frames = list(dict.fromkeys(row.frame for row in rows))
    programs = list(dict.fromkeys((row.name, row.version) for row in rows))
    sizes = {row.frame: f"{row.width}x{row.height}" for row in rows}
    names = " | ".join(sizes[frame] for frame in frames)
    lines = [
        f"| one core, ms a frame: faces of those there | {names} |",
        "|---" * len(sizes) + "|---|",
    ]
    for name, version in programs:
        cells = [_peer_cell(rows, name, version, frame) for frame in frames]
        lines.append(f"| {name} {version} | {' | '.join(cells)} |")
    left = "".join(f" {one.name} is left out: {one.why}" for one in told.left_out)
    said = (
        "× is how many times as long as Roomtone in a stream of such frames, measured in turns: "
        f"`{told.command}`, {told.made_at[:10]}, {told.frames}. What is compared, and what is "
        f"unfair about it: [docs/peers.md](docs/peers.md).{left}"
    )
    return [*lines, "", said]


def _peer_cell(rows: Sequence[Row], name: str, version: str, frame: str) -> str:
    for row in rows:
        if (row.name, row.version, row.frame) == (name, version, frame):
            faces = row.faces_found if row.faces_matched is None else row.faces_matched
            there = "" if row.faces_there is None else f" of {row.faces_there}"
            times = "" if row.steady_ratio is None else f" (×{row.steady_ratio:.1f})"
            return f"{tell_ms(row.ms)}{times}: {faces}{there}"
    return NOT_KNOWN
