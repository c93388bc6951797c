"""The pages that need no JavaScript and no token: signing in, and an address that is nowhere."""

from html import escape
from string import Template

_FRAME = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title · Roomtone</title>
<link rel="icon" href="/dashboard/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/dashboard/assets/roomtone.css">
<script src="/dashboard/assets/viewer.js"></script>
</head>
<body>
<main class="gate">
<p class="wordmark">Roomtone</p>
$content
</main>
</body>
</html>
""")

_FORM = Template("""<h1>Sign in</h1>
$problem
<form method="post" action="/dashboard/sign-in">
<input type="hidden" name="next" value="$next">
<label for="token">Teacher’s token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required
 autofocus spellcheck="false" aria-describedby="where">
<p id="where">It was printed when the server started, at the end of the dashboard link.
<code>roomtone settings --show-token</code> prints it again.</p>
<button class="button primary" type="submit">Sign in</button>
</form>""")

_NOWHERE = """<h1>There is no page here</h1>
<p>The address may be mistyped, or the page is gone.</p>
<p><a class="button" href="/dashboard/">Go to your sessions</a></p>"""


def write_sign_in(next_path: str, problem: str = "") -> str:
    """Return the page that asks for the token; `problem` says why it is asked for again."""
    shown = f'<p class="notice" role="alert">{escape(problem)}</p>' if problem else ""
    form = _FORM.substitute(problem=shown, next=escape(next_path, quote=True))
    return _FRAME.substitute(title="Sign in", content=form)


def write_nowhere() -> str:
    """Return the page for an address that is nowhere."""
    return _FRAME.substitute(title="No page here", content=_NOWHERE)
