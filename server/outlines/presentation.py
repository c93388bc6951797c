"""PowerPoint files (.pptx) as slides: titles in order, and rehearsed times. Pure.

Read by a reader of our own: python-pptx unpacks every picture and film of a file before it tells
one title, so a small file could fill the memory, and it does not know rehearsed times. Here only
the slides' own XML is unpacked, within limits that are looked up before.
"""

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Mapping
from urllib.parse import unquote

from server.outlines.failures import OutlineUnreadable, quote
from server.outlines.headings import Heading, check_seconds, clean_title, refuse_too_many
from server.outlines.slides import Slide, read_relationships, read_slide, read_slide_ids
from server.schemas import MarkerKind

MOST_PARTS = 20_000
MOST_PART_BYTES = 10_000_000
MOST_BYTES = 30_000_000
"""Unpacked sizes of one part, and of all that are read. A slide's XML has some 10 kB."""

_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PART_SIGNATURE = b"PK\x01\x02"
_PLAIN_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, OverflowError,
           NotImplementedError, RuntimeError, ValueError)  # fmt: skip
_AGAIN = "Open it in PowerPoint, save it again as .pptx and load that."


def read_presentation(data: bytes) -> list[Heading]:
    """Return each slide of a .pptx that is not hidden. Raises `OutlineUnreadable`.

    A slide without a title is called by its number in PowerPoint. Times are told where every
    slide that is shown has a rehearsed one.
    """
    package = _Package(_open_zip(data))
    presentation = package.find_presentation()
    related = package.relationships_of(presentation)
    names = read_slide_ids(package.read(presentation), presentation)
    refuse_too_many(len(names))
    slides = [package.read_slide(related.get(name)) for name in names]
    shown = [(n, slide) for n, slide in enumerate(slides, start=1) if not slide.hidden]
    begins = _begins([slide for _, slide in shown])
    return [
        Heading(clean_title(slide.title) or f"Slide {n}", MarkerKind.SLIDE, begins_s)
        for (n, slide), begins_s in zip(shown, begins, strict=True)
    ]


class _Package:
    """The parts of a presentation, read within limits."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive, self._left = archive, MOST_BYTES
        self._parts = {each.filename.lower(): each for each in archive.infolist()}

    def find_presentation(self) -> str:
        """Return the name of the part that lists the slides."""
        for kind, target in self._typed_relationships(""):
            if kind.endswith("/officeDocument") and target.lower() in self._parts:
                if not posixpath.basename(target).lower().startswith("presentation"):
                    break
                return target
        raise OutlineUnreadable(
            "This file holds no presentation. Save it from PowerPoint or LibreOffice as .pptx."
        )

    def relationships_of(self, part: str) -> dict[str, str]:
        """Return the parts that a part refers to, by relationship."""
        return {each.get("Id", ""): _resolve(part, each) for each in self._relationships(part)}

    def read_slide(self, part: str | None) -> Slide:
        """Read one slide."""
        if part is None or part.lower() not in self._parts:
            raise OutlineUnreadable(f"The presentation is damaged: a slide is missing. {_AGAIN}")
        return read_slide(self.read(part), part)

    def read(self, part: str) -> bytes:
        """Unpack one part. Its size is looked up before, and held to while it is unpacked."""
        info = self._parts[part.lower()]
        if info.file_size > min(MOST_PART_BYTES, self._left):
            raise OutlineUnreadable(
                f"The presentation's part {quote(part)} unpacks to too much. Load a smaller "
                "presentation, or a CSV with the titles."
            )
        self._left -= info.file_size
        if info.flag_bits & 1 or info.compress_type not in _PLAIN_METHODS:
            raise OutlineUnreadable(
                f"The presentation's part {quote(part)} is encrypted or packed in a way that is "
                f"not known here. {_AGAIN}"
            )
        try:
            with self._archive.open(info) as opened:
                return opened.read(info.file_size)
        except _BROKEN:
            raise OutlineUnreadable(
                f"The presentation is damaged: its part {quote(part)} can't be unpacked. {_AGAIN}"
            ) from None

    def _typed_relationships(self, part: str) -> list[tuple[str, str]]:
        return [(each.get("Type", ""), _resolve(part, each)) for each in self._relationships(part)]

    def _relationships(self, part: str) -> list[Mapping[str, str]]:
        folder, name = posixpath.split(part)
        listed = posixpath.join(folder, "_rels", f"{name}.rels")
        if listed.lower() not in self._parts:
            return []
        found = read_relationships(self.read(listed), listed)
        return [each for each in found if each.get("TargetMode") != "External"]


def _open_zip(data: bytes) -> zipfile.ZipFile:
    if data.startswith(_COMPOUND_FILE):
        raise OutlineUnreadable(_tell_compound(data))
    if data.count(_PART_SIGNATURE) > MOST_PARTS:  # before a table of them is made
        raise OutlineUnreadable(
            f"The file has more than {MOST_PARTS:,} parts. Load a CSV with the titles instead."
        )
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN:
        raise OutlineUnreadable(
            "This is no .pptx file, or it is damaged or cut off. Save it again as .pptx and load "
            "that."
        ) from None


def _tell_compound(data: bytes) -> str:
    """Say what a compound file is: a .pptx with a password looks like an old .ppt."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "The presentation has a password. Save a copy without one and load that."
    return "This is an old .ppt file. Save it as .pptx and load that."


def _resolve(part: str, relationship: Mapping[str, str]) -> str:
    """Return the name of the part that a relationship of `part` leads to."""
    target = unquote(relationship.get("Target", ""))
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")


def _begins(shown: list[Slide]) -> list[float | None]:
    """Return when each slide begins, seconds; None for all where one has no rehearsed time."""
    if any(slide.stays_s is None for slide in shown):
        return [None] * len(shown)
    begins: list[float | None] = []
    elapsed = 0.0
    for n, slide in enumerate(shown, start=1):
        begins.append(check_seconds(elapsed, f"Slide {n} of those shown"))
        elapsed += slide.stays_s or 0.0
    return begins
