"""The command `report`: a session's report as a file, from the database of the settings.

No server needs to run; one may.
"""

import os
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from model.classifier import EmotionClassifier
from model.mistakes import Mistake
from server.correction import Estimators
from server.languages import ENGLISH, LANGUAGES, speaking
from server.publishing import write_report
from server.report.words import word_report
from server.report_reader import read_report
from server.schemas import Report, ReportFormat
from server.settings import Settings, read_settings
from server.store.database import Database, check_schema
from server.store.reports import SessionStillRuns
from server.store.sessions import SessionNotFound, StoredSession, list_sessions

LAST: Final = "last"
STANDARD_OUTPUT: Final = "-"
_SUFFIXES: Final = {".htm": ReportFormat.HTML, **{f".{form}": form for form in ReportFormat}}


class ReportNotWritten(Mistake):
    """A report can't be had, or not be put where it is wanted; the message says what to do."""


def report(
    session: Annotated[
        str, typer.Argument(metavar="SESSION", help="A session's id; “last”: the one ended last.")
    ],
    output: Annotated[
        str,
        typer.Option("--output", "-o", metavar="FILE", help="The file to write; - for the output."),
    ],
    form: Annotated[
        ReportFormat | None,
        typer.Option("--format", help="What it is written as; else as FILE's suffix says."),
    ] = None,
    language: Annotated[
        str, typer.Option(help=f"Language of its words: {', '.join(LANGUAGES)}.")
    ] = ENGLISH,
) -> None:
    """Write the report of a session that has ended: HTML, PDF, CSV, Parquet or JSON.

    Reads the database of the settings; no server needs to run. A file that is there is replaced.
    """
    if language not in LANGUAGES:
        known = ", ".join(f"{code} ({name})" for code, name in LANGUAGES.items())
        raise ReportNotWritten(f"There are no words in “{language}”. Use one of: {known}.")
    wanted = form or _read_suffix(output)
    _refuse_place(output)
    told = _read(read_settings(), session)
    with speaking(language):
        written = write_report(word_report(told), wanted)
    _put(written, output)
    if output != STANDARD_OUTPUT:
        kilobytes = max(round(len(written) / 1000), 1)
        typer.echo(f"Report of “{told.session.title}”: {output} ({kilobytes} kB).")


def _read_suffix(output: str) -> ReportFormat:
    known = ", ".join(f".{form}" for form in ReportFormat)
    if output == STANDARD_OUTPUT:
        raise ReportNotWritten("Say with --format what to write to the output, such as json.")
    suffix = Path(output).suffix.lower()
    if suffix not in _SUFFIXES:
        raise ReportNotWritten(
            f"“{output}” does not say what to write. Let its name end in {known}, or use --format."
        )
    return _SUFFIXES[suffix]


def _refuse_place(output: str) -> None:
    """Refuse a place that can't be written to, before any work is done."""
    if output == STANDARD_OUTPUT:
        return
    place = Path(output)
    if place.is_dir():
        raise ReportNotWritten(f"{output} is a folder. Name a file in it.")
    if not place.parent.is_dir():
        raise ReportNotWritten(f"There is no folder {place.parent}. Make it first.")


def _read(settings: Settings, asked: str) -> Report:
    url = settings.resolved_database_url
    if settings.database_url is None and not Path(settings.data_dir, "roomtone.db").exists():
        raise ReportNotWritten(
            f"There is no database in {settings.data_dir.absolute()} yet. Run this where the "
            "server runs, or set ROOMTONE_DATA_DIR or ROOMTONE_DATABASE_URL as for the server."
        )
    check_schema(url)
    with closing(Database(url)) as database:
        with database.reading() as db:
            found = _find(list_sessions(db), asked)
        try:
            return read_report(
                database,
                found.id,
                estimators=_open_estimators(settings),
                now=lambda: datetime.now(UTC),
            )
        except SessionStillRuns:
            raise ReportNotWritten(
                f"“{found.title}” is still running, and its report is made when it ends. End it "
                "on the dashboard first."
            ) from None
        except SessionNotFound:
            raise ReportNotWritten(f"“{found.title}” was deleted just now.") from None


def _find(sessions: list[StoredSession], asked: str) -> StoredSession:
    if asked == LAST:
        ended = [one for one in sessions if one.ended_at is not None]
        if not ended:
            raise ReportNotWritten(
                "No session has ended yet. A report is made when a session ends."
            )
        return max(ended, key=lambda one: one.ended_at or one.started_at)
    for one in sessions:
        if one.id == asked:
            return one
    raise ReportNotWritten(
        f"There is no session “{asked}”. Its id stands in the address of its page on the "
        "dashboard; “last” is the one that ended last."
    )


def _open_estimators(settings: Settings) -> Estimators:
    """Return what corrects shares read by the server's network, for a report made anew."""
    card = EmotionClassifier.load(settings.network).card
    return {card.version: card.estimator} if card.estimator else {}


def _put(written: bytes, output: str) -> None:
    """Write the whole file or nothing: what was there stays until the new one is complete."""
    if output == STANDARD_OUTPUT:
        _put_out(written)
        return
    place = Path(output)
    try:
        if place.exists() and not place.is_file():  # a pipe or a device
            place.write_bytes(written)
            return
        _replace(place, written)
    except OSError as error:
        raise ReportNotWritten(f"{output} can't be written: {error.strerror}.") from None


def _put_out(written: bytes) -> None:
    try:
        sys.stdout.buffer.write(written)
        sys.stdout.buffer.flush()
    except OSError as error:  # the disk is full, or who read it went away
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python flushes again
        raise ReportNotWritten(f"The output can't be written: {error.strerror}.") from None


def _replace(place: Path, written: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=place.parent, prefix=".roomtone-", delete=False) as draft:
        beside = Path(draft.name)
        try:
            draft.write(written)
            draft.flush()
            os.fsync(draft.fileno())
            beside.chmod(0o600 if not place.exists() else place.stat().st_mode & 0o777)
            beside.replace(place)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
