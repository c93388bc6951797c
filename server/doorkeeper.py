"""The doorkeeper: looks up join codes, and holds back who guesses them.

Only wrong codes count, so that a school behind one address is not kept out. What is remembered of
whom (a network address and a moment) stays in memory, is dropped with the first try after two
minutes at most, and is never logged.
"""

import ipaddress
from dataclasses import dataclass, field

from server.keyring import tidy_join_code
from server.pace import Pace
from server.refusals import TooManyWrongCodes
from server.store.database import Database
from server.store.sessions import JoinCodeNotFound, StoredSession, find_session_by_code

WRONG_A_MINUTE = 30
"""Wrong codes a minute from one address: more than a school's slips, few for who guesses."""
WRONG_A_MINUTE_OVERALL = 300

_EVERYBODY = "everybody"


def _a_minute(wrong: int) -> Pace:
    return Pace(wrong / 60, wrong)


@dataclass(frozen=True)
class Doorkeeper:
    """Opens to whoever has a code."""

    database: Database
    by_address: Pace = field(default_factory=lambda: _a_minute(WRONG_A_MINUTE))
    overall: Pace = field(default_factory=lambda: _a_minute(WRONG_A_MINUTE_OVERALL))

    def find_session(self, typed: str, address: str) -> StoredSession:
        """Return the session of a code as it was typed, ended or not.

        address: the caller's, as text. Raises `JoinCodeNotFound`, or `TooManyWrongCodes` before
        looking, also for a right code: else the answer would tell which one is right.
        """
        neighbours = _neighbours_of(address)
        wait = max(self.by_address.wait_for(neighbours), self.overall.wait_for(_EVERYBODY))
        if wait:
            raise TooManyWrongCodes(wait)
        try:
            with self.database.reading() as db:  # must not wait for the writers' lock
                return find_session_by_code(db, tidy_join_code(typed))
        except JoinCodeNotFound:
            self.by_address.note(neighbours)
            self.overall.note(_EVERYBODY)
            raise


def _neighbours_of(address: str) -> str:
    """Return what one household has: an IPv4 address, or the first 64 bits of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:  # a socket's path, or no address at all
        return address
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
