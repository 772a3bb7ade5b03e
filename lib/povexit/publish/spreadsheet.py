"""A month's tables as one workbook: a sheet a kind of table, all counties beneath each other.

An office filters and adds up in its spreadsheet, so numbers are numbers that print as in the
report, what is not known is text that says so, and text is never a formula. The first sheet
lists the others; the last says what the marks mean and where the numbers come from.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from povexit import store
from povexit.errors import StoreError
from povexit.publish import parts
from povexit.publish.numbers import number_format
from povexit.publish.office import office
from povexit.publish.page import Page, words
from povexit.publish.sheets import Paper

LONGEST_NAME = 31


#: Place, texts, numbers and whether it is a total.
Row = tuple[str, Sequence[str], Sequence[float | None], bool]


@dataclass
class Kind:
    """Tables of several reports that have caption and columns in common.

    Attributes
    ----------
    table
        The first of them: caption, columns, note and source.
    rows
        Place, texts, numbers and whether it is a total: a tuple a row.
    """

    table: Mapping[str, Any]
    rows: list[Row] = field(default_factory=list)

    def add(self, rows: list[Row]) -> None:
        """Add one table's rows, unless another report of the same place had them already."""
        if not all(row in self.rows for row in rows):
            self.rows += rows

    @property
    def places(self) -> list[str]:
        """Return the places it has rows of, in order."""
        return list(dict.fromkeys(place for place, *_ in self.rows))

    def number_forms(self) -> Iterator[list[str | None]]:
        """Give, a row, the number format of each cell; None where a cell is text."""
        for _, texts, values, _ in self.rows:
            yield [
                number_format(text) if value is not None else None
                for text, value in zip(texts, values, strict=True)
            ]


def workbook(notebooks: Sequence[Path], out: Path, page: Page) -> Path:
    """Write the tables of executed notebooks as a workbook.

    Parameters
    ----------
    notebooks
        Executed notebooks in the order to list them; they are not changed.
    out
        The workbook to write, whole or not at all.
    page
        Title, language, banner and provenance.

    Raises
    ------
    StoreError
        If no notebook has a table, or the workbook cannot be written.
    """
    found = kinds(notebooks, page.lang)
    if not found:
        raise StoreError(
            "the reports have no tables",
            where=out.name,
            hint="run the month again: reports of an older version carry no data",
        )
    import xlsxwriter

    buffer = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, safe) as book:
        book.set_properties(_properties(page))
        paper = Paper(book, page, office(page.lang))
        names = sheet_names([str(kind.table["caption"]) for kind in found])
        listed = zip(names, found, strict=True)
        paper.contents([(n, k.table["caption"], len(k.rows), len(k.places)) for n, k in listed])
        for name, kind in zip(names, found, strict=True):
            _sheet(paper, name, kind)
        paper.notes()
    return store.write_atomic(out, buffer.getvalue())


def _properties(page: Page) -> dict[str, Any]:
    year, month = store.check_month(page.provenance.get("month", "1980-01")).split("-")
    return {
        "title": page.title,
        "author": office(page.lang),
        "comments": words(page.lang)["simulated_note"] if page.simulated else "",
        # without it the time of day would be in the file
        "created": datetime(int(year), int(month), 1, tzinfo=UTC),
    }


def kinds(notebooks: Sequence[Path], lang: str) -> list[Kind]:
    """Return the tables of all notebooks, those of one kind together, in order of appearance."""
    together: dict[tuple[str, ...], Kind] = {}
    for report in map(parts.read, notebooks):
        place = report.county(lang) or words(lang)["whole_city"]
        for table in (part.table for part in report.parts if part.table):
            key = (table["caption"], *(column["name"] for column in table["columns"]))
            kind = together.setdefault(key, Kind(table))
            lines = zip(table["rows"], table["values"], table["totals"], strict=True)
            kind.add([(place, *line) for line in lines])
    return list(together.values())


def sheet_names(captions: Sequence[str]) -> list[str]:
    """Return a name a sheet: numbered, short and free of what spreadsheets forbid.

    Examples
    --------
    >>> sheet_names(["各村判定结果", "a/b: [c]?"])
    ['01 各村判定结果', '02 a b c']
    """
    plain = [" ".join(re.sub(r"[\\[\]:*?/\x00-\x1f]", " ", c).split()) for c in captions]
    return [f"{i:02d} {name}"[:LONGEST_NAME].rstrip(" '") for i, name in enumerate(plain, 1)]


def _sheet(paper: Paper, name: str, kind: Kind) -> None:
    """Fill one sheet: caption, head, rows, note and source."""
    columns = list(kind.table["columns"])
    word = words(paper.lang)
    # a table of counties names them itself
    many = len(kind.places) > 1 and columns[0]["name"] != word["county"]
    first = [{"name": word["place"], "numeric": False}] if many else []
    sheet = paper.table(name, kind.table, [*first, *columns])
    for (place, texts, values, total), forms in zip(kind.rows, kind.number_forms(), strict=True):
        cells = list(zip(texts, values, forms, strict=True))
        sheet.row([(place, None, None), *cells] if many else cells, total)
    sheet.close()
