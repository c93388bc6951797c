"""The live page as the newest JSON of each of its parts, the same for everybody who looks at it.

Pure: what was drawn goes in, events come out. Each part is written once, however many look, and
sent to nobody who has it.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from plotly.io.json import to_json_plotly

from server.event_stream import write_event

SHOWN: Final = "shown.data"
"""What the page shows, for the fallback that asks for itself (`dashboard.callbacks.live`)."""


@dataclass(frozen=True)
class _Written:
    version: int
    json: bytes


@dataclass
class Sheet:
    """All parts by `id.property`, each with the version of the page in which it came.

    edition: tells this sheet from every other one, also after a restart.
    """

    edition: str = field(default_factory=lambda: secrets.token_hex(4))
    version: int = 0
    _parts: dict[str, _Written] = field(default_factory=dict)
    _told: dict[int, bytes] = field(default_factory=dict)

    def put(self, changed: Mapping[str, bytes]) -> bool:
        """Take parts, as JSON by `id.property`; return whether any but `SHOWN` was new."""
        new = {k: v for k, v in changed.items() if k not in self._parts or self._parts[k].json != v}
        if not new.keys() - {SHOWN}:
            return False
        self.version += 1
        self._parts.update({key: _Written(self.version, json) for key, json in new.items()})
        self._told.clear()
        return True

    def tell_since(self, version: int) -> bytes:
        """Return the event with everything that came after a version, as one JSON object."""
        if version not in self._told:
            parts = [
                b'"%s":%s' % (key.encode(), written.json)
                for key, written in self._parts.items()
                if written.version > version
            ]
            name = f"{self.edition}-{self.version}"
            self._told[version] = write_event("parts", b"{%s}" % b",".join(parts), event_id=name)
        return self._told[version]

    def find_version(self, name: str) -> int:
        """Return the version that an event's id names; 0 if it is another sheet's."""
        edition, _, number = name.partition("-")
        known = edition == self.edition and number.isascii() and number.isdecimal()
        return int(number) if known and int(number) <= self.version else 0


def to_bytes(value: Any) -> bytes:  # noqa: ANN401  whatever Dash shows
    """Write a value as Dash does: components, figures, plain data. One line."""
    written: str = to_json_plotly(value)
    return written.encode()
