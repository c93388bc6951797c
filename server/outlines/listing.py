"""JSON, a list of entries, as slides or chapters. Pure."""

from pydantic import TypeAdapter, ValidationError

from server.outlines.failures import OutlineUnreadable
from server.outlines.headings import Heading, check_seconds, clean_title
from server.outlines.lines import decode_text
from server.schemas import MarkerKind, NewOutlineEntry

_LISTING = TypeAdapter(list[NewOutlineEntry])


def read_listing(data: bytes) -> list[Heading]:
    """Return each entry of a JSON list. Raises `OutlineUnreadable`, which names the entry."""
    try:
        entries = _LISTING.validate_json(decode_text(data))
    except ValidationError as error:
        raise OutlineUnreadable(_tell(error)) from None
    return [_heading_of(entry, f"Entry {i}") for i, entry in enumerate(entries, start=1)]


def _heading_of(entry: NewOutlineEntry, where: str) -> Heading:
    title = clean_title(entry.title)
    if not title:
        raise OutlineUnreadable(f"{where} has no title. Write one.")
    begins_s = None if entry.begins_s is None else check_seconds(entry.begins_s, where)
    return Heading(title, MarkerKind(entry.kind), begins_s)


def _tell(error: ValidationError) -> str:
    """Say what is wrong with the first entry that is."""
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where, fields = fault["loc"][:1], fault["loc"][1:]
    place = f"Entry {int(where[0]) + 1}" if where else "The body"
    named = f", {fields[0]}" if fields else ""
    return (
        f"{place}{named}: {fault['msg']}. Send a list such as "
        '[{"title": "Cell membranes", "begins_s": 90}].'
    )
