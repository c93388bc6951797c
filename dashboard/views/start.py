"""The form that starts a session, and what is wrong with what was typed into it."""

from dataclasses import dataclass
from typing import Any

from dash import dcc, html
from pydantic import ValidationError

from server.languages import gettext
from server.schemas import NewSession

CAMERA, SELF_REPORT = "camera", "self_report"


class WrongWish(ValueError):
    """What was typed can't start a session; `str()` says what to change."""


@dataclass(frozen=True)
class TypedWish:
    """What stands in the form's fields, as it was typed."""

    title: str | None
    expected: str | None
    seconds: str | None
    bucket: str | None
    asks: list[str] | None

    def read(self) -> NewSession:
        """Return the wish. Raises `WrongWish`."""
        asked = self.asks or []
        if not asked:
            raise WrongWish(gettext("Ask for the camera, for self-report, or for both."))
        given: dict[str, Any] = {
            "title": self.title or "",
            "expected_students": _read_number(self.expected, whole=True),
            "send_seconds": _read_number(self.seconds) if self.seconds else 2.0,
            "bucket_seconds": _read_number(self.bucket, whole=True) if self.bucket else 5,
            "camera": CAMERA in asked,
            "self_report": SELF_REPORT in asked,
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
            dcc.Checklist(
                id="start-asks",
                options=[
                    {"value": CAMERA, "label": gettext("their camera")},
                    {"value": SELF_REPORT, "label": gettext("how they follow, by one tap")},
                ],
                value=[CAMERA, SELF_REPORT],
                persistence=True,
                persistence_type="local",
                className="asks",
            ),
        ],
        className="field",
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
        "expected_students": gettext(
            "Expect between 1 and 10 000 students, or leave the number out."
        ),
        "send_seconds": gettext("Let 0.5 to 60 seconds lie between two pictures."),
        "bucket_seconds": gettext("Let one point of the curve last 1 to 300 seconds."),
    }
    told = [words for name, words in says.items() if name in fields]
    return " ".join(told) or gettext("This session can’t be started like this.")
