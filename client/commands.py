"""The command `roomtone stream`: a source at the terminal."""

import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from client.invitation import DEFAULT_SERVER, BadInvitation, read_invitation
from client.ledger import Ledger
from client.pacing import SYSTEM_CLOCK, Pace, choose_pace
from client.sender import SessionEnded, StreamStopped, join_session
from client.stream import DEFAULT_MAX_SIDE, DEFAULT_QUALITY, Encoding, Listener, stream_clip
from model.clips import Clip, ClipError, open_clip
from server.schemas import Joined

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""

TIMEOUT_SECONDS = 30


def stream(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="Webcam number (0 is the first), video, GIF, picture, or folder of pictures.",
        ),
    ],
    *,
    join: Annotated[
        str, typer.Option(metavar="CODE", help="The session's join code, or its whole join link.")
    ],
    server: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Address of the Roomtone server. A join link already says it.",
            show_default=DEFAULT_SERVER,
        ),
    ] = None,
    fps: Annotated[
        float | None,
        typer.Option(
            min=0.01,
            max=60,
            help="Frames to send a second. A video keeps its speed; frames between are left out.",
            show_default="the source's own pace, at most 2; folder: 1",
        ),
    ] = None,
    all_frames: Annotated[
        bool,
        typer.Option(
            "--all",
            "--every",
            help="Send every frame and wait for each, instead of passing over frames that come "
            "due while another is under way. With --fps, so many a second.",
        ),
    ] = False,
    loop: Annotated[bool, typer.Option("--loop", help="Begin again at the end, for ever.")] = False,
    max_side: Annotated[
        int, typer.Option(min=32, max=4096, help="Longest side sent, in pixels; never enlarged.")
    ] = DEFAULT_MAX_SIDE,
    quality: Annotated[
        int, typer.Option(min=1, max=100, help="JPEG quality of what is sent.")
    ] = DEFAULT_QUALITY,
    patience: Annotated[
        float, typer.Option(min=0, help="Seconds to keep trying when the server gives no answer.")
    ] = 300.0,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the ledger as JSON at the end.")
    ] = False,
) -> None:
    """Send a webcam, video, GIF or folder of pictures into a session.

    Joins with the session's code and sends one frame at a time, the newest
    first: frames that come due while another is under way are passed over
    and counted as skipped. When the server is away or busy, it waits and
    tries again; no frame is ever counted twice. It ends with the source,
    with the session or with Ctrl-C, and says what became of the frames.

    For example:

      roomtone stream 0 --join http://school.example:8000/join/K7MQ-2RXD

      roomtone stream lesson.mp4 --join K7MQ-2RXD --fps 1

      roomtone stream classroom.gif --join K7MQ-2RXD --loop

      roomtone stream pictures/ --join K7MQ-2RXD --all --fps 30 --json

    Exit code: 0 when the source or the session ended, 1 when something could
    not be read or sent, 130 after Ctrl-C.
    """
    console = Console(stderr=True, highlight=False)
    ledger, stopped, code = Ledger(), "The source has ended.", 0
    clip: Clip | None = None
    try:
        clip = open_clip(source)
        invitation = read_invitation(join, server)
        with (
            _stopping_tidily(),
            httpx.Client(base_url=invitation.server, timeout=TIMEOUT_SECONDS) as client,
        ):
            ticket = join_session(client, invitation.code, SYSTEM_CLOCK)
            run_with_progress(
                clip,
                client,
                ticket,
                ledger,
                console,
                pace=choose_pace(clip, fps, all_frames=all_frames, loop=loop),
                encoding=Encoding(max_side, quality),
                patience=patience,
            )
    except SessionEnded as end:
        stopped = str(end)
    except (ClipError, BadInvitation, StreamStopped) as error:
        stopped, code = str(error), 1
    except KeyboardInterrupt:
        stopped, code = "Stopped by you.", INTERRUPTED
    problems = list(clip.problems) if clip else []
    tell_end(ledger, stopped, problems, console, as_json=as_json)
    raise typer.Exit(code or int(bool(problems)))


@contextmanager
def _stopping_tidily() -> Iterator[None]:
    """Let SIGTERM end the stream as Ctrl-C does, so that the books are told."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def run_with_progress(
    clip: Clip,
    client: httpx.Client,
    ticket: Joined,
    ledger: Ledger,
    console: Console,
    *,
    pace: Pace,
    encoding: Encoding,
    patience: float,
) -> None:
    """Stream while showing the books on `console`; raises what `stream_clip` raises."""
    title = ticket.session_title + (" (simulated)" if ticket.simulated else "")
    console.print(f"Sending {clip.name} into “{title}”. Ctrl-C stops.", markup=False)
    with Live(console=console, auto_refresh=False, transient=True) as live:
        stream_clip(
            clip,
            client,
            ticket,
            ledger,
            pace=pace,
            encoding=encoding,
            patience=patience,
            listener=Listener(_redraw(live, ledger), _tell_trouble(console)),
        )


def _redraw(live: Live, ledger: Ledger) -> Callable[[], None]:
    def redraw() -> None:
        now = f"now mostly {ledger.now}" if ledger.now else "no face in the last frame"
        live.update(Text(f"{ledger} · {now}"), refresh=True)

    return redraw


def _tell_trouble(console: Console) -> Callable[[str], None]:
    """Say each trouble once in a row, not once per try."""
    said: list[str] = []

    def tell(trouble: str) -> None:
        if said[-1:] != [trouble]:
            said[:] = [trouble]
            console.print(Text(f"Trouble: {trouble} Going on.", style="yellow"))

    return tell


def tell_end(
    ledger: Ledger, stopped: str, problems: list[str], console: Console, *, as_json: bool
) -> None:
    """Say why it ended and what became of the frames: for eyes, or as JSON on stdout."""
    for sentence in (*problems, stopped):
        console.print(Text(sentence))
    if as_json:
        books = ledger.as_json() | {"stopped": stopped, "problems": problems}
        sys.stdout.write(json.dumps(books, ensure_ascii=False) + "\n")
    elif ledger.sent or ledger.skipped:
        Console(highlight=False).print(_summary(ledger))


def _summary(ledger: Ledger) -> Table:
    table = Table("frames", "", "expressions", "", box=None, pad_edge=False)
    frames = [(name, n) for name, n in ledger.as_json().items() if isinstance(n, int)]
    emotions = [(str(emotion), n) for emotion, n in ledger.counts.items()]
    for at in range(max(len(frames), len(emotions))):
        left = frames[at] if at < len(frames) else ("", "")
        right = emotions[at] if at < len(emotions) else ("", "")
        table.add_row(*map(str, (*left, *right)))
    return table
