"""The page on which a teacher sees what the system sees, as a template."""

from html import escape
from string import Template

from dashboard.desk.form import write_paragraphs
from dashboard.desk.frames import write_faces_table
from server.languages import gettext

PICTURES = ".jpg,.jpeg,.png,.webp"

_PAGE = Template("""<template id="try-template">
<h1 class="page-title">$heading</h1>
<div class="told">$told</div>
<section class="card try" aria-labelledby="camera-heading">
<h2 id="camera-heading">$camera</h2>
<p>$camera_words</p>
<div class="choices"><button type="button" class="button primary" id="camera-start">$start</button>
<button type="button" class="button" id="camera-stop" hidden>$stop</button></div>
<p class="notice" id="camera-problem" role="alert" hidden></p>
<p id="camera-state" role="status"></p>
<div id="camera-seen" hidden>
<canvas id="camera-shown" role="img" aria-label="$live"></canvas>
<ul class="emotion-counts" id="camera-counts"></ul>
$camera_table
</div>
</section>
<section class="card try" aria-labelledby="picture-heading">
<h2 id="picture-heading">$picture</h2>
<label class="drop" id="picture-drop" for="picture-file"><span>$drop</span>
<input type="file" id="picture-file" accept="$files"></label>
<p class="notice" id="picture-problem" role="alert" hidden></p>
<p id="picture-state" role="status"></p>
<div id="picture-seen" hidden>
<canvas id="picture-shown" role="img" aria-label="$shown"></canvas>
<ul class="emotion-counts" id="picture-counts"></ul>
$picture_table
</div>
</section>
</template>""")


def write_try_out() -> str:
    """Return the template, in the language spoken here."""
    told = write_paragraphs(
        gettext(
            "Here you see what the system sees: faces, and for each the seven expressions with how "
            "sure the network is. It is often wrong."
        ),
        gettext(
            "Each picture goes to your Roomtone server and is forgotten when it is read. Nothing "
            "is stored or counted in any session."
        ),
    )
    words = {
        "heading": gettext("What the system sees"),
        "camera": gettext("Your own camera"),
        "camera_words": gettext(
            "About twice a second a picture of your camera is read. The numbers are of the faces "
            "in view of it. It stops when you leave this page or hide it."
        ),
        "start": gettext("Start the camera"),
        "stop": gettext("Stop the camera"),
        "live": gettext("Your camera, with a box around each face. The table tells the same."),
        "picture": gettext("A picture"),
        "drop": gettext("Choose a picture, drop it here, or paste it: JPEG, PNG or WebP, 5 MB"),
        "shown": gettext("Your picture, with a box around each face. The table tells the same."),
    }
    return _PAGE.substitute(
        {name: escape(text) for name, text in words.items()},
        told=told, files=PICTURES,
        camera_table=write_faces_table("camera"), picture_table=write_faces_table("picture"),
    )  # fmt: skip
