"""The student's page as HTML: the template with its words in the language spoken here. Pure."""

import json
from enum import StrEnum
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Final

from client.page.consent import agreement, consent_items
from client.page.script_words import script_words
from client.page.words import emotion_names, page_words
from model.palette import TOP_TO_BOTTOM
from server.languages import LANGUAGES, gettext, spoken_language
from server.schemas import Invitation

ASSETS: Final = Path(__file__).parent / "assets"


class Trouble(StrEnum):
    """Why a code does not lead to a session."""

    UNKNOWN_CODE = "unknown code"
    TOO_MANY_TRIES = "too many tries"
    SERVER_AWAY = "server away"


def render_invitation(invitation: Invitation, host: str) -> str:
    """Return the page of a session; host: the address of this server as the visitor sees it."""
    words = page_words()
    told = {
        "invitation": invitation.model_dump(mode="json"),
        "language": spoken_language(),
        "words": script_words(),
        "emotions": {emotion: emotion_names()[emotion] for emotion in TOP_TO_BOTTOM},
    }
    return _fill(
        "page.html",
        state="ended" if invitation.ended else "asking",
        title=escape(invitation.session_title),
        languages=_link_languages(),
        band=_show_band() if invitation.simulated else "",
        consent=_list_consent(invitation, host),
        told=_embed(told),
        modules=_preload(),
        has_camera=_unless(invitation.camera and not invitation.simulated),
        has_report=_unless(invitation.self_report),
        no_way=_unless(not invitation.self_report and invitation.simulated),
        agreement=escape(agreement(invitation)),
        command=escape(f"roomtone stream 0 --join http://{host}/join/{invitation.join_code}"),
        **{name: escape(sentence) for name, sentence in words.items()},
    )


def render_code_form(trouble: Trouble | None, typed: str) -> str:
    """Return the page that asks for a code; trouble: what was wrong with the last one."""
    sentences = {
        Trouble.UNKNOWN_CODE: gettext(
            "There is no session with this code. Compare it with the one on the teacher’s screen."
        ),
        Trouble.TOO_MANY_TRIES: gettext(
            "Too many wrong codes were tried just now. Wait a minute, then try again."
        ),
        Trouble.SERVER_AWAY: gettext("The server can’t answer just now. Try again in a moment."),
    }
    shown = (
        f'<p class="notice" id="code-trouble" role="alert">{escape(sentences[trouble])}</p>'
        if trouble
        else ""
    )
    return _fill(
        "code.html",
        state="wrong-code" if trouble else "typing-code",
        languages=_link_languages(),
        trouble=shown,
        invalid=' aria-invalid="true"' if trouble is Trouble.UNKNOWN_CODE else "",
        described="code-trouble code-hint" if trouble else "code-hint",
        typed=escape(typed[:40]),
        heading=escape(gettext("Join a session")),
        field=escape(gettext("Join code")),
        hint=escape(
            gettext(
                "Eight letters and digits, on the teacher’s screen. Small letters are fine, and "
                "so is a missing dash."
            )
        ),
        go_on=escape(gettext("Go on")),
        no_account=escape(
            gettext("No account, no name. Before anything starts, you read what is measured.")
        ),
        skip=escape(page_words()["skip"]),
    )


def _fill(file: str, **words: str) -> str:
    return _template(file).substitute(language=spoken_language(), **words)


@cache
def _template(file: str) -> Template:
    return Template((ASSETS / file).read_text("utf-8"))


def _unless(shown: bool) -> str:  # noqa: FBT001 - one question, one attribute
    return "" if shown else " hidden"


def _link_languages() -> str:
    links = [
        f'<a href="?language={code}" lang="{code}" hreflang="{code}">{escape(name)}</a>'
        for code, name in LANGUAGES.items()
        if code != spoken_language()
    ]
    return "".join(links)


def _show_band() -> str:
    said = gettext("Simulated. The readings of this session are invented; no camera is asked for.")
    return f'<p class="simulated-band">{escape(said)}</p>'


def _list_consent(invitation: Invitation, host: str) -> str:
    return "\n".join(
        f"<div><dt>{escape(item.question)}</dt>"
        + "".join(f"<dd>{escape(sentence)}</dd>" for sentence in item.answer)
        + "</div>"
        for item in consent_items(invitation, host)
    )


def _preload() -> str:
    modules = sorted(p.name for p in ASSETS.glob("*.js") if p.name != "alarm_worker.js")
    return "\n".join(f'<link rel="modulepreload" href="/join-assets/{name}">' for name in modules)


def _embed(told: object) -> str:
    """Write JSON that can stand inside a script element, whatever a title says."""
    return json.dumps(told, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")
