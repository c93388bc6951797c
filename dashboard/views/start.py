"""The form that starts a session, and what is wrong with what was typed into it."""

from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from pydantic import ValidationError

from dashboard.desk.lesson import COURSES, MOST_COURSE_LETTERS
from server.languages import gettext
from server.schemas import NewSession


class WrongWish(ValueError):
    """What was typed can't start a session; `str()` says what to change."""


@dataclass(frozen=True)
class TypedWish:
    """What stands in the form's fields, as it was typed."""

    title: str | None
    course: str | None
    expected: str | None
    seconds: str | None
    bucket: str | None
    camera: bool | None
    self_report: bool | None

    def read(self) -> NewSession:
        """Return the wish. Raises `WrongWish`."""
        if not (self.camera or self.self_report):
            raise WrongWish(gettext("Ask for the camera, for self-report, or for both."))
        given: dict[str, Any] = {
            "title": self.title or "",
            "course": self.course,
            "expected_students": _read_number(self.expected, whole=True),
            "send_seconds": _read_number(self.seconds) if self.seconds else 2.0,
            "bucket_seconds": _read_number(self.bucket, whole=True) if self.bucket else 5,
            "camera": bool(self.camera),
            "self_report": bool(self.self_report),
        }
        try:
            return NewSession(**given)
        except ValidationError as error:
            fields = {str(fault["loc"][0]) for fault in error.errors() if fault["loc"]}
            raise WrongWish(_say(fields)) from error


def start_form() -> html.Section:
    """Return the form. Everything but the title is kept in this browser for the next lesson."""
    return html.Section(
        [
            html.H2(gettext("Start a session")),
            # dcc.Input, not Mantine's, which tells Dash a moment late: a quick Enter lost letters
            _field("title", gettext("Title"), placeholder=gettext("Biology 9b, 3rd lesson"),
                   maxLength=200),
            _field("course", gettext("Course (optional)"),
                   gettext("Sessions of one course are compared with each other."),
                   list=COURSES, maxLength=MOST_COURSE_LETTERS, **_kept("text")),
            _field("expected", gettext("Students you expect (optional)"),
                   gettext("Coverage is told against this number."), **_kept("numeric")),
            _asks(),
            html.Details(
                [
                    html.Summary(gettext("More")),
                    _field("seconds", gettext("Seconds between pictures"),
                           gettext("0.5 to 60. Students’ pages send this often."),
                           value="2", **_kept("decimal")),
                    _field("bucket", gettext("Seconds in one point of the curve"),
                           gettext("1 to 300. Longer ones are calmer and slower."),
                           value="5", **_kept("numeric")),
                ],
                className="more",
            ),
            html.Div(id="start-problem"),
            html.Button(gettext("Start"), id="start", className="button primary wide"),
        ],
        className="card start",
    )  # fmt: skip


def _asks() -> html.Fieldset:
    return html.Fieldset(
        [
            html.Legend(gettext("Students are asked for")),
            _asked("camera", gettext("their camera")),
            _asked("self-report", gettext("how they follow, by one tap")),
        ],
        className="field asks",
    )


def _asked(name: str, words: str) -> dmc.Checkbox:
    return dmc.Checkbox(
        id=f"start-{name}", label=words, checked=True, persistence=True, persistence_type="local"
    )


def _field(name: str, words: str, hint: str = "", **more: Any) -> html.Div:  # noqa: ANN401
    """Return a field; numbers are typed as text, so that a wrong one can be answered in words."""
    told = [html.Small(hint)] if hint else []
    field = dcc.Input(id=f"start-{name}", type="text", autoComplete="off", **more)
    return html.Div([html.Label(words, htmlFor=f"start-{name}"), field, *told], className="field")


def _kept(keyboard: str) -> dict[str, Any]:
    return {"inputMode": keyboard, "persistence": True, "persistence_type": "local"}


def _read_number(typed: str | None, *, whole: bool = False) -> float | int | None:
    """Read a number as people write it, with a point or a comma; None where nothing is typed."""
    written = (typed or "").strip()
    if not written:
        return None
    try:
        return int(written) if whole else float(written.replace(",", "."))
    except ValueError:
        told = gettext("“{typed}” is not a number.")
        if whole:
            told = gettext("“{typed}” is not a whole number.")
        raise WrongWish(told.format(typed=written[:40])) from None


def _say(fields: set[str]) -> str:
    says = {
        "title": gettext("Give it a title of up to 200 characters, so that you find it again."),
        "course": gettext("Give the course a name of up to 120 characters, or none."),
        "expected_students": gettext(
            "Expect between 1 and 10 000 students, or leave the number out."
        ),
        "send_seconds": gettext("Let 0.5 to 60 seconds lie between two pictures."),
        "bucket_seconds": gettext("Let one point of the curve last 1 to 300 seconds."),
    }
    told = [words for name, words in says.items() if name in fields]
    return " ".join(told) or gettext("This session can’t be started like this.")
