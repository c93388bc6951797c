"""The page of recordings, as a template: `assets/recordings.js` brings it to life."""

from html import escape
from string import Template

from dashboard.desk.form import write_paragraphs
from dashboard.desk.lesson import COURSES, MOST_COURSE_LETTERS
from server.languages import gettext

FILES = ".mp4,.mov,.webm,.avi,.mkv,.flv,.gif"

_PAGE = Template("""<template id="recordings-template">
<h1 class="page-title">$heading</h1>
<div class="recordings-grid">
<section class="card start" aria-labelledby="recording-start-title">
<h2 id="recording-start-title">$start_title</h2>
<div class="told">$told</div>
<form id="recording-form" class="recording-form" novalidate autocomplete="off">
<label class="drop" id="recording-drop" for="recording-file"><span>$drop</span>
<input type="file" id="recording-file" accept="$files" aria-describedby="recording-chosen">
<small id="recording-chosen"></small></label>
<div id="recording-half" hidden><p id="recording-half-words" class="notice"></p>
<div class="choices"><button type="button" class="button" id="recording-anew">$anew</button>
<button type="button" class="button primary" id="recording-go-on">$go_on</button></div></div>
<div id="recording-fields" class="recording-fields">
$fields
<p class="notice" id="recording-problem" role="alert" hidden></p>
<button type="submit" class="button primary wide" id="recording-send">$send</button>
</div>
</form>
</section>
<section aria-labelledby="recording-title-of-list">
<h2 class="list-title" id="recording-title-of-list" tabindex="-1">$list_title</h2>
<p class="notice" id="recording-away" role="status" hidden></p>
<p class="nothing" id="recording-none" hidden>$none</p>
<ul class="recordings" id="recording-list"></ul>
<p class="unseen" id="recording-said" role="status"></p>
</section>
</div>
</template>""")


def write_recordings() -> str:
    """Return the template, in the language spoken here."""
    told = write_paragraphs(
        gettext("Ask those who are seen in a recording before you upload it."),
        gettext(
            "It goes to your Roomtone server, is read there, and is erased as soon as it is read. "
            "What stays is a session like any other: counts of the whole class, and its report."
        ),
    )
    words = {
        "heading": gettext("Recordings"),
        "start_title": gettext("Upload a recording"),
        "drop": gettext("Choose a recording, or drop it here"),
        "anew": gettext("Start anew"),
        "go_on": gettext("Go on with it"),
        "send": gettext("Upload"),
        "list_title": gettext("Under way and done"),
        "none": gettext("No recordings yet."),
    }
    return _PAGE.substitute(
        {name: escape(text) for name, text in words.items()},
        told=told, files=FILES, fields=_write_fields(),
    )  # fmt: skip


def _write_fields() -> str:
    show = gettext("Let me look at the frames afterwards")
    more = [
        _write_field("course", gettext("Course (optional)"),
                     f'list="{COURSES}" maxlength="{MOST_COURSE_LETTERS}"'),
        _write_field("students", gettext("Students you expect (optional)"),
                     'type="number" min="1" max="10000" step="1" inputmode="numeric"',
                     gettext("Coverage is told against this number.")),
        _write_field("started", gettext("When the lesson began (optional)"),
                     'type="datetime-local" step="1"',
                     gettext("Left empty, it counts as having ended with the upload.")),
        _write_rates(),
    ]  # fmt: skip
    title = _write_field(
        "title", gettext("Title"), 'maxlength="200" required',
        gettext("Don’t put a student’s name in it. The file’s own name is not sent."),
    )  # fmt: skip
    return (
        title
        + "".join(more)
        + f'<label class="tick"><input type="checkbox" id="recording-show"> {escape(show)}</label>'
        + f'<small class="quiet-line">{escape(_frames_words())}</small>'
    )


def _write_rates() -> str:
    rates = {
        "0.2": gettext("one every 5 seconds"),
        "1": gettext("one a second"),
        "2": gettext("two a second"),
        "5": gettext("five a second"),
        "0": gettext("every frame"),
    }
    options = "".join(
        f'<option value="{value}"{" selected" if value == "1" else ""}>{escape(words)}</option>'
        for value, words in rates.items()
    )
    read = gettext("Frames that are read")
    hint = gettext("More frames take longer and tell little more.")
    return (
        f'<div class="field"><label for="recording-rate">{escape(read)}</label>'
        f'<select id="recording-rate" name="rate" class="line">{options}</select>'
        f"<small>{escape(hint)}</small></div>"
    )


def _frames_words() -> str:
    return gettext(
        "Then the pictures that were read are held until you leave their page, and for ten "
        "minutes without a look at most. Only this tab of your browser can show them."
    )


def _write_field(name: str, words: str, kind: str, hint: str = "") -> str:
    told = f'<small id="recording-{name}-hint">{escape(hint)}</small>' if hint else ""
    described = f' aria-describedby="recording-{name}-hint"' if hint else ""
    return (
        f'<div class="field"><label for="recording-{name}">{escape(words)}</label>'
        f'<input id="recording-{name}" name="{name}" class="line" {kind}{described}>{told}</div>'
    )
