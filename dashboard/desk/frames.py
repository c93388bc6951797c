"""The frame view and the page to try it out, as templates; scripts in `assets/` fill them."""

from html import escape
from string import Template

from dashboard.vocabulary import emotion_names
from model.emotions import EMOTIONS
from server.languages import gettext

_PAGE = Template("""<template id="frames-template">
<p class="way-back"><a href="/dashboard/recordings" data-goes>$back</a></p>
<h1 class="page-title" id="frames-title">$heading</h1>
<p class="notice" id="frames-held">$held</p>
<p class="notice" id="frames-problem" role="alert" hidden></p>
<p class="quiet-line" id="frames-waits" role="status" hidden></p>
<div id="frames-over" hidden><p class="notice" id="frames-over-words" role="status"></p></div>
<div id="frames-view" hidden>
<div class="frames-grid">
<div class="frames-picture">
<canvas id="frames-picture" role="img" aria-label="$picture"
 aria-describedby="frames-faces"></canvas>
<div class="slider"><label class="unseen" for="frames-slider">$slider</label>
<input type="range" id="frames-slider" min="0" max="0" step="1" value="0">
<output id="frames-where" for="frames-slider"></output></div>
<div class="choices frames-buttons">
<button type="button" class="button" id="frames-before">$before</button>
<button type="button" class="button" id="frames-first">$earlier</button>
<button type="button" class="button primary" id="frames-play">$play</button>
<button type="button" class="button" id="frames-next">$later</button>
<button type="button" class="button" id="frames-after">$after</button>
</div>
<p class="quiet-line" id="frames-steps"></p>
<p class="quiet-line" id="frames-thinned" hidden></p>
</div>
<div class="frames-told">
<h2 class="list-title">$this_frame</h2>
<p id="frames-faces"></p>
<ul class="emotion-counts" id="frames-counts"></ul>
<h2 class="list-title">$all_frames</h2>
<p id="frames-most"></p>
<ul class="emotion-counts" id="frames-total"></ul>
<p><a class="button" id="frames-session" rel="noopener" target="_blank" hidden>$session</a></p>
</div>
</div>
$table
</div>
</template>""")


def write_frames() -> str:
    """Return the template of the frame view, in the language spoken here."""
    words = {
        "back": gettext("Back to the recordings"),
        "heading": gettext("Frames"),
        "held": gettext(
            "These pictures are shown to you alone, and only now: when you leave, reload or close "
            "this page, the server erases them. Open the session in another tab to keep this one."
        ),
        "picture": gettext("The frame, with a box around each face. The table tells the same."),
        "slider": gettext("Frame"),
        "before": gettext("Previous change"),
        "earlier": gettext("Previous frame"),
        "play": gettext("Play"),
        "later": gettext("Next frame"),
        "after": gettext("Next change"),
        "this_frame": gettext("This frame"),
        "all_frames": gettext("All frames"),
        "session": gettext("Open the session"),
    }
    return _PAGE.substitute(
        {name: escape(text) for name, text in words.items()}, table=write_faces_table("frames")
    )


def write_faces_table(name: str) -> str:
    """Return the table of the faces of one picture; `assets/faces.js` fills `<name>-table`."""
    heads = [gettext("Face"), gettext("Expression"), *(emotion_names()[e] for e in EMOTIONS),
             gettext("Box: x, y, width × height")]  # fmt: skip
    cells = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    caption = gettext("The faces, with how sure the network is of each expression")
    region = gettext("Table of the faces")
    return (
        f'<div class="faces-table" role="region" aria-label="{escape(region)}" tabindex="0" hidden>'
        f'<table id="{name}-table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{cells}</tr></thead><tbody></tbody></table></div>"
    )
