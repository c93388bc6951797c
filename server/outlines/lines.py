"""Bytes of a text file as text. Pure."""

import codecs

from server.outlines.failures import OutlineUnreadable

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode_text(data: bytes) -> str:
    r"""Return a file's text: UTF-8, or UTF-16 with a byte order mark; lines end with \n.

    Raises `OutlineUnreadable`, which names the line.
    """
    coding, name = ("utf-16", "UTF-16") if data.startswith(_UTF_16) else ("utf-8-sig", "UTF-8")
    try:
        text = data.decode(coding)
    except UnicodeDecodeError as error:
        read = data[: error.start].decode(coding, "ignore")
        raise OutlineUnreadable(
            f"Line {_line_of(read)} is not text in {name}. Save the file again as UTF-8 "
            "(in Excel: “CSV UTF-8”)."
        ) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x00" in text:
        raise OutlineUnreadable(
            f"Line {_line_of(text[: text.index(chr(0))])} holds a NUL character, so this is no "
            "plain text. Save the file again as UTF-8."
        )
    return text


def _line_of(text_before: str) -> int:
    return text_before.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
