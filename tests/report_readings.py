"""The files of a report as their readers see them, for the tests that compare them."""

import csv
import re
from html.parser import HTMLParser
from io import BytesIO, StringIO

import pypdfium2
from pyarrow import parquet

from server.publishing import write_report
from server.schemas import ReportFormat

THIN = "\u202f"


class Tables(HTMLParser):
    """The cells of each table by the table's class, and what the script is told."""

    def __init__(self, page):
        super().__init__()
        self.tables, self.told, self._open = {}, "", ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "table":
            self._rows = self.tables.setdefault(given["class"], [])
        elif tag == "tr":
            self._rows.append([])
        elif tag == "td":
            self._rows[-1].append("")
        if tag in {"td", "script"}:
            self._open = given.get("id", tag)

    def handle_endtag(self, tag):
        if tag in {"td", "script"}:
            self._open = ""

    def handle_data(self, data):
        if self._open == "td":
            self._rows[-1][-1] += data
        elif self._open == "told":
            self.told += data


def rows_of(page, table):
    return [[cell.strip() for cell in row] for row in Tables(page).tables[table] if row]


def read_pdf(data):
    """Return the text of all pages, in single spaces."""
    document = pypdfium2.PdfDocument(data)
    pages = [page.get_textpage().get_text_range() for page in document]
    return re.sub(r"\s+", " ", " ".join(pages).replace(THIN, " "))


def tidy(report, form):
    data = write_report(report, form)
    if form is ReportFormat.PARQUET:
        return parquet.read_table(BytesIO(data)).to_pylist()
    rows = list(csv.DictReader(StringIO(data.decode("utf-8-sig"), newline="")))
    floats = ("value", "low", "high", "seconds", "begins_s", "near_s", "before_s", "after_s")
    for row in rows:
        row |= {c: float(row[c]) if row[c] else None for c in floats}
        row["number"] = int(row["number"]) if row["number"] else None
    return rows


def numbers_in(value, path=""):
    """Return every number of a JSON document by its path."""
    if isinstance(value, dict):
        value = value.items()
    elif isinstance(value, list):
        value = enumerate(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        return {path: float(value)}
    else:
        return {}
    found = {}
    for key, each in value:
        found |= numbers_in(each, f"{path}/{key}")
    return found
