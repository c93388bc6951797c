"""What a student was given: a server's address and a join code, or one link with both."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

DEFAULT_SERVER = "http://127.0.0.1:8000"


class BadInvitation(ValueError):
    """An address or a code that can't be one."""


@dataclass(frozen=True)
class Invitation:
    """server: base address without a slash at its end; code: the join code."""

    server: str
    code: str


def read_invitation(join: str, server: str | None) -> Invitation:
    """Read `--join` and `--server`; a pasted join link says both, and `--server` wins over it.

    Raises `BadInvitation` with a sentence.
    """
    join = join.strip()
    if "/" not in join:
        return Invitation(_clean_server(server or DEFAULT_SERVER), _clean_code(join))
    found = re.fullmatch(r"(?P<server>.+?)/join/(?P<code>[^/?#]+)/?(?:[?#].*)?", join)
    if found is None:
        raise BadInvitation(
            f"“{join}” is no join link. It looks like http://host:8000/join/K7MQ-2RXD; "
            "the code alone will do."
        )
    return Invitation(_clean_server(server or found["server"]), _clean_code(found["code"]))


def _clean_code(code: str) -> str:
    if not code or len(code) > 20:  # the wire's own limit
        raise BadInvitation(f"“{code}” is no join code. It looks like K7MQ-2RXD.")
    return code.upper()


def _clean_server(server: str) -> str:
    address = server.strip()
    if "://" not in address:
        address = f"http://{address}"
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        _ = parts.port  # raises for a port that is no number
    except ValueError:
        usable = False
    if not usable:
        raise BadInvitation(f"“{server}” is no server address. It looks like {DEFAULT_SERVER}.")
    return address.rstrip("/")
