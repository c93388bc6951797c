"""The page behind a join link, until the browser client serves it: says what joining means."""

from html import escape

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from server.requests import AddressOf, ServiceOf
from server.store.sessions import JoinCodeNotFound

router = APIRouter(include_in_schema=False)

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>{title} · Roomtone</title></head>
<body><main>
<h1>{title}</h1>
{body}
</main></body></html>"""

_INVITATION = """
<p>You are invited to send your camera's picture to this session{simulated}. {state}</p>
<p>Roomtone counts the visible expressions of all faces together. Your picture is forgotten as soon
as it is read; no name, no picture and nothing about you alone is shown to the teacher. It is about
visible expressions, not feelings, attention or understanding, and not for grading, attendance,
discipline or appraisal. You need not take part.</p>
<p>To take part, run this on your computer; stop it with Ctrl-C whenever you like:</p>
<pre><code>roomtone stream 0 --server {url} --join {code}</code></pre>"""


@router.get("/join/{join_code}")
def show_invitation(join_code: str, service: ServiceOf, address: AddressOf) -> HTMLResponse:
    """Show what joining means and how."""
    try:
        stored = service.doorkeeper.find_session(join_code, address)
    except JoinCodeNotFound as error:
        body = f"<p>{escape(str(error))}</p>"
        return HTMLResponse(_PAGE.format(title="No such session", body=body), 404)
    body = _INVITATION.format(
        simulated=" (a simulated one)" if stored.simulated else "",
        state="It has ended." if stored.ended_at else "It is running.",
        url=escape(service.settings.resolved_public_url),
        code=escape(stored.join_code),
    )
    return HTMLResponse(_PAGE.format(title=escape(stored.title), body=body))
