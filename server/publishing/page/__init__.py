"""A report as one HTML page that needs nothing else: no network, no other file.

The page's policy allows the one style and the one script in it, by their hashes, and nothing
else. Everything but the choice of a moment is there without the script.
"""

import base64
import hashlib
import json
from datetime import UTC, tzinfo
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Final

from server.languages import gettext, spoken_language
from server.publishing.geometry import span_of
from server.publishing.headings import simulated_words
from server.publishing.page.explorer import write_explorer
from server.publishing.page.markup import draw_patterns, write_time
from server.publishing.page.sections import write_answers, write_details, write_tables
from server.publishing.page.told import embed
from server.publishing.writing import write_length
from server.schemas import Report

ASSETS: Final = Path(__file__).parent / "assets"


def write(report: Report, _zone: tzinfo | None = None) -> bytes:
    """Return the page, UTF-8; times are shown in its reader's zone."""
    span = span_of(report)
    style, script = _read("report.css") + _mark_sheets(report), _read("report.js")
    session = report.session
    heading = gettext("Report: {title}").format(title=session.title)
    if session.simulated:
        heading = f"{simulated_words()[0]} · {heading}"
    page = _template().substitute(
        language=spoken_language(),
        policy=_policy(style, script),
        title=escape(heading),
        style=style,
        script=script,
        told=embed(report, span) if report.series else "null",
        patterns=draw_patterns(),
        skip=escape(gettext("Skip to the content")),
        band=_write_band(report),
        head=_write_head(report),
        answers=write_answers(report),
        explorer=write_explorer(report, span),
        tables=write_tables(report),
        details=write_details(report),
        foot=_write_foot(report),
    )
    return page.encode()


def _write_head(report: Report) -> str:
    session = report.session
    lasted = (session.ended_at - session.started_at).total_seconds()
    course = f'<p class="course"><bdi>{escape(session.course)}</bdi></p>' if session.course else ""
    when = gettext("{day}, {start} to {end} ({length})").format(
        day=write_time(session.started_at, "day"),
        start=write_time(session.started_at, "hm"),
        end=write_time(session.ended_at, "hm"),
        length=escape(write_length(lasted)),
    )
    zone = escape(gettext("Times are in UTC."))
    return (
        f"{course}<h1><bdi>{escape(session.title)}</bdi></h1>"
        f'<p class="when">{when}</p><p class="when" id="zone">{zone}</p>'
    )


def _write_band(report: Report) -> str:
    if not report.session.simulated:
        return ""
    short, sentence = (escape(words) for words in simulated_words())
    return f'<p class="simulated" role="note"><strong>{short}</strong> <span>{sentence}</span></p>'


def _mark_sheets(report: Report) -> str:
    """Return a style that marks every printed sheet of a simulated session."""
    if not report.session.simulated:
        return ""
    words = json.dumps(" · ".join(simulated_words()), ensure_ascii=False).replace("<", "\\3c ")
    return f"@page {{ @top-left {{ content: {words}; font: bold 9pt sans-serif; }} }}\n"


def _write_foot(report: Report) -> str:
    versions = ", ".join(report.session.network_versions) or "–"
    corrected = (
        gettext("Shares are corrected for what the network confuses.")
        if report.corrected
        else gettext("Shares are as the network reads faces, not corrected.")
    )
    made = gettext("Made {time}. Network {versions}.").format(
        time=f"{report.made_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC", versions=versions
    )
    return f"<p>{escape(made)} {escape(corrected) if report.session.camera else ''}</p>"


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(source: str) -> str:
    digest = hashlib.sha256(source.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


@cache
def _read(name: str) -> str:
    return (ASSETS / name).read_text("utf-8")


@cache
def _template() -> Template:
    return Template(_read("report.html"))
