"""The XML of a PowerPoint file, read as a stream without ever making a tree. Pure.

Names are compared without their namespace, because the strict form of the format has others.
DTDs, and so every entity, are refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import ParseError  # nosec - parsed by defusedxml

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from server.outlines.failures import OutlineUnreadable
from server.outlines.headings import MOST_TITLE_READ

_TITLES = {"title", "ctrTitle"}
_FALSE = {"0", "false", "off"}
_BREAKS = {"p", "br"}


@dataclass(frozen=True)
class Slide:
    """One slide. title: as it is written, or empty; stays_s: its rehearsed time, seconds."""

    title: str
    hidden: bool
    stays_s: float | None


def read_slide(data: bytes, part: str) -> Slide:
    """Read one slide's XML. part: its name in the file. Raises `OutlineUnreadable`."""
    target = _SlideTarget()
    _parse(data, part, target)
    return Slide(target.title, target.hidden, target.stays_s)


def read_slide_ids(data: bytes, part: str) -> list[str]:
    """Return the relationship of each slide of a presentation, in order."""
    target = _SlideIdTarget()
    _parse(data, part, target)
    return target.found


def read_relationships(data: bytes, part: str) -> list[Mapping[str, str]]:
    """Return the attributes of every relationship: Id, Type, Target and, maybe, TargetMode."""
    target = _RelationshipTarget()
    _parse(data, part, target)
    return target.found


class _SlideTarget:
    """Hears a slide's XML: the first title's text, whether it is hidden, how long it stays."""

    def __init__(self) -> None:
        self.title, self.hidden = "", False
        self.stays_s: float | None = None
        self._in_title = self._in_text = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = _local(tag)
        if name == "sld":
            self.hidden = attributes.get("show", "1") in _FALSE
        elif name == "transition":
            self._read_transition(attributes)
        elif name == "sp":
            self._in_title = False
        elif name == "ph":
            self._in_title = attributes.get("type") in _TITLES and not self.title.strip()
        elif name in _BREAKS and self._in_title and len(self.title) < MOST_TITLE_READ:
            self.title += " "
        self._in_text = self._in_title and name == "t"

    def data(self, text: str) -> None:
        if self._in_text and len(self.title) < MOST_TITLE_READ:
            self.title += text

    def end(self, tag: str) -> None:
        self._in_text = False
        if _local(tag) == "sp":
            self._in_title = False

    def close(self) -> None:
        """Nothing is left to do; a parser's target has it."""

    def _read_transition(self, attributes: Mapping[str, str]) -> None:
        told = attributes.get("advTm", "")
        if self.stays_s is None and told.isascii() and told.isdecimal() and len(told) < 11:
            self.stays_s = int(told) / 1000


class _SlideIdTarget:
    def __init__(self) -> None:
        self.found: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if _local(tag) == "sldId":
            self.found += [value for name, value in attributes.items() if _is_reference(name)]

    def close(self) -> None:
        """Nothing is left to do; a parser's target has it."""


class _RelationshipTarget:
    def __init__(self) -> None:
        self.found: list[Mapping[str, str]] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if _local(tag) == "Relationship":
            self.found.append(dict(attributes))

    def close(self) -> None:
        """Nothing is left to do; a parser's target has it."""


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _is_reference(name: str) -> bool:
    """Tell `r:id` from a slide's own number, `id`."""
    return name.startswith("{") and _local(name) == "id"


def _parse(data: bytes, part: str, target: Any) -> None:  # noqa: ANN401  any class with start()
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    try:
        parser.feed(data)
        parser.close()
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise OutlineUnreadable(
            f"The presentation is damaged: its part {part} can't be read. Open it in PowerPoint, "
            "save it again as .pptx and load that."
        ) from None
