"""The two secrets of an installation and the tokens made of them.

The teacher's token and the signing key are made at first start and kept in the data folder,
readable by its owner only. Source tokens are JWTs bound to one session and one source.
"""

import hmac
import os
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import jwt

from model.mistakes import Mistake
from server.settings import Settings

MOST_READ = 10_000
"""Tokens whose signature is remembered."""
JOIN_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No 0, O, 1, I, L or U: nothing that is misread or misheard when it is read aloud."""


class DataFolderUnusable(Mistake, RuntimeError):
    """The data folder can't be written to."""

    def __init__(self, folder: Path, error: OSError) -> None:
        super().__init__(
            f"The data folder {folder} can't be written to ({error.strerror}). "
            "Make it writable, or set ROOMTONE_DATA_DIR to a folder that is."
        )


class NotSignedIn(Exception):
    """No token, or one that is wrong or expired."""


class NotAllowed(Exception):
    """A valid token, but not for this."""


@dataclass(frozen=True)
class SourceTicket:
    """What a source's token says: which source of which session."""

    session_id: str
    source_id: str


@dataclass(frozen=True)
class Keyring:
    """The teacher's token and the key that signs source tokens."""

    teacher_token: str
    signing_key: str
    source_token_life: timedelta
    _read: dict[str, tuple[SourceTicket, float]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def is_teacher(self, token: str) -> bool:
        """Compare in constant time."""
        return hmac.compare_digest(token.encode(errors="replace"), self.teacher_token.encode())

    def sign_source(self, ticket: SourceTicket, *, now: datetime) -> tuple[str, datetime]:
        """Make a source's token; return it and when it expires."""
        expires = (now + self.source_token_life).replace(microsecond=0)
        claims = {"sub": ticket.source_id, "session": ticket.session_id, "exp": expires}
        return jwt.encode(claims, self.signing_key, algorithm="HS256"), expires

    def read_source(self, token: str, *, now: datetime) -> SourceTicket:
        """Check a source's token. Raises `NotSignedIn`.

        A token's signature is checked once and remembered: it stays as it is, only time passes.
        """
        if (known := self._read.get(token)) is None:
            known = self._check(token)
            if len(self._read) >= MOST_READ:
                self._read.clear()
            self._read[token] = known
        ticket, expires = known
        if expires <= now.timestamp():
            raise NotSignedIn("This source's token has expired. Join the session again.")
        return ticket

    def recall_source(self, token: str, *, now: float) -> SourceTicket | None:
        """Return what a token says that was read before and holds still. now: Unix seconds."""
        known = self._read.get(token)
        return known[0] if known is not None and known[1] > now else None

    def _check(self, token: str) -> tuple[SourceTicket, float]:
        try:
            claims = jwt.decode(
                token,
                self.signing_key,
                algorithms=["HS256"],
                options={"require": ["exp", "sub", "session"], "verify_exp": False},
            )
        except jwt.InvalidTokenError as error:
            raise NotSignedIn(
                "The token is not valid. Use the one from POST /api/v1/join, or the teacher's."
            ) from error
        return SourceTicket(str(claims["session"]), str(claims["sub"])), claims["exp"]


def open_keyring(settings: Settings) -> Keyring:
    """Read the secrets or make them. Raises `DataFolderUnusable`."""
    teacher, signing = settings.teacher_token, settings.signing_key
    return Keyring(
        teacher.get_secret_value() if teacher else _keep(settings.data_dir / "teacher-token", 24),
        signing.get_secret_value() if signing else _keep(settings.data_dir / "signing-key", 48),
        timedelta(hours=settings.source_token_hours),
    )


def new_join_code() -> str:
    """Return a code such as `K7MQ-2RXD`: 30^8 = 6.6e11 of them."""
    letters = "".join(secrets.choice(JOIN_ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def tidy_join_code(typed: str) -> str:
    """Undo what typing does to a code: case, spaces, a missing dash."""
    letters = "".join(c for c in typed.upper() if c.isalnum())
    return f"{letters[:4]}-{letters[4:]}"


def _keep(path: Path, entropy: int) -> str:
    """Read a secret, or make it; of two processes that start at once, the first one's stays."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _create_whole(path, secrets.token_urlsafe(entropy))
        return path.read_text("utf-8").strip()
    except OSError as error:
        raise DataFolderUnusable(path.parent, error) from error


def _create_whole(path: Path, secret: str) -> None:
    if path.exists():
        return
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        file.write(secret + "\n")
    try:
        os.link(partial, path)
    except FileExistsError:
        pass  # the other process was first; its secret is the one
    except OSError:  # a file system without hard links
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
