"""What can be wrong with a file of slides or chapters, each in a sentence that says what to do."""

from collections.abc import Sequence


class OutlineUnreadable(ValueError):
    """A file that is not what its media type says, or holds what no outline can."""


class OutlineTypeUnknown(ValueError):
    """A file of another kind."""

    def __init__(self, media_type: str, known: Sequence[str]) -> None:
        super().__init__(
            f"Content-Type is “{media_type or 'missing'}”; send the file itself as one of "
            f"{', '.join(known)}. In PowerPoint, save an old .ppt as .pptx first."
        )


def quote(text: str) -> str:
    """Return a bit of a file for a sentence: 40 characters at most, all of them printable."""
    whole = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}"
                    for letter in text[:41])  # fmt: skip
    return f"“{whole[:39]}…”" if len(whole) > 40 else f"“{whole}”"
