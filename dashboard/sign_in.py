"""The pages that need no JavaScript: signing in, and what does not work."""

from html import escape
from string import Template

from server.languages import gettext, spoken_language

_FRAME = Template("""<!DOCTYPE html>
<html lang="$language">
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

_FORM = Template("""<h1>$title</h1>
$problem
<form method="post" action="/dashboard/sign-in">
<input type="hidden" name="next" value="$next">
<label for="token">$asked</label>
<input id="token" name="token" type="password" autocomplete="current-password" required
 autofocus spellcheck="false" aria-describedby="where">
<p id="where">$where <code>roomtone settings --show-token</code></p>
<button class="button primary" type="submit">$title</button>
</form>""")

_PROBLEM = Template("""<h1>$title</h1>
<p>$why</p>
<p>$ways_on</p>""")


def write_sign_in(next_path: str, problem: str = "") -> str:
    """Return the page that asks for the token; `problem` says why it is asked for again."""
    form = _FORM.substitute(
        title=escape(gettext("Sign in")),
        problem=f'<p class="notice" role="alert">{escape(problem)}</p>' if problem else "",
        next=escape(next_path, quote=True),
        asked=escape(gettext("Teacher’s token")),
        where=escape(
            gettext(
                "It was printed when the server started, at the end of the dashboard link. "
                "This command prints it again:"
            )
        ),
    )
    return _write(gettext("Sign in"), form)


def write_nowhere() -> str:
    """Return the page for an address that is nowhere."""
    return write_problem(
        gettext("There is no page here"),
        gettext("The address may be mistyped, or the page is gone."),
        {"/dashboard/": gettext("Go to your sessions")},
    )


def write_problem(title: str, why: str, ways_on: dict[str, str]) -> str:
    """Return a page that says what did not work; `ways_on`: where to go, with the link's words."""
    links = (
        f'<a class="button" href="{escape(address, quote=True)}">{escape(words)}</a>'
        for address, words in ways_on.items()
    )
    content = _PROBLEM.substitute(title=escape(title), why=escape(why), ways_on="\n".join(links))
    return _write(title, content)


def _write(title: str, content: str) -> str:
    return _FRAME.substitute(title=escape(title), content=content, language=spoken_language())
