"""Reading ``.csv`` files: the encodings that tablets and spreadsheets write, rows that are broken."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from povexit.errors import DeliveryError
from povexit.raw import signature
from povexit.raw.columnmap import Source
from povexit.raw.grid import Grid, to_table
from povexit.raw.headers import find_headers
from povexit.raw.layouts import Kind, limit
from povexit.raw.table import UNREADABLE, RawTable, place

FIELD_COUNT, UNDECODABLE, OPEN_QUOTE = "wrong_field_count", "undecodable_line", "open_quote"

_MARK = "\ufffd"
_ENCODINGS = ("utf-8-sig", "gb18030")
_DELIMITERS = ",\t;"


@dataclass(frozen=True)
class _Record:
    """A row as a spreadsheet counts it, from 1; ``is_open`` if a quote in it is never closed."""

    row: int
    fields: list[str]
    is_open: bool = False

    @property
    def is_blank(self) -> bool:
        return not any(f.strip() for f in self.fields) and not self.is_open


def read_textfile(path: Path, kind: Kind, county: str, month: str) -> dict[str, RawTable]:
    """Return the table of a csv file.

    Parameters
    ----------
    path, kind
        The file and what it should hold.
    county, month
        Whose column map to read it by.

    Raises
    ------
    DeliveryError
        If the file is no csv text, is in an unknown encoding, or its headers are not as the
        map says.
    """
    signature.require(path, signature.TEXT)
    ((sheet, table),) = kind.sheets.items()
    source = Source(table, county, month, path.name, sheet)
    text = _decoded(path)
    lines = list(io.StringIO(text, newline=""))
    grid = _grid(lines, kind.header_rows, source)
    return {table: to_table(grid, kind, source)}


def _decoded(path: Path) -> str:
    """Return the text; a character that cannot be decoded becomes U+FFFD."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise signature.unopenable(path, error) from error
    utf_16 = signature.utf_16_of(data[:4096])
    candidates = (utf_16,) if utf_16 else _ENCODINGS
    texts = [data.decode(c, errors="replace") for c in candidates]
    best = min(texts, key=lambda t: t.count(_MARK))
    _refuse_encoding(best, path)
    return best.removeprefix("\ufeff")


def _refuse_encoding(text: str, path: Path) -> None:
    if _MARK not in text:
        return
    lines = text.splitlines()
    bad = [i for i, line in enumerate(lines, start=1) if _MARK in line]
    if len(bad) * 100 <= limit("undecodable_percent") * len(lines):
        return
    raise DeliveryError(
        "the file is in an encoding that is not read",
        where=place(path.name, row=bad[0]),
        expected="UTF-8, UTF-16 or GB18030",
        found=f"{len(bad):,} of {len(lines):,} lines cannot be decoded as any of them",
        hint="export the file again as UTF-8; if it was changed by a program since, use the original",
    )


def _grid(lines: Sequence[str], usual: Sequence[int], source: Source) -> Grid:
    delimiter = _delimiter(lines)
    first = list(itertools.islice(_run(lines, 0, delimiter), limit("header_rows")))
    headers, _ = find_headers([fields for fields, _ in first], usual, source)
    width = len(headers.names)
    top = first[: headers.row]
    kept = [_Record(row, fields) for row, (fields, _) in enumerate(top, start=1)]
    broken: list[tuple[int, str, str]] = []
    for record in _records(lines, delimiter, width, (headers.row, top[-1][1])):
        if fault := _fault(record, width):
            broken.append((record.row, *fault))
        else:
            kept.append(record)
    unreadable = pl.DataFrame(broken, schema=UNREADABLE, orient="row")
    return Grid(_cells(kept, width), unreadable=unreadable)


def _delimiter(lines: Sequence[str]) -> str:
    # "Unicode text" of a spreadsheet has tabs
    top = "".join(lines[: limit("header_rows")])
    return max(_DELIMITERS, key=top.count)


def _run(lines: Sequence[str], start: int, delimiter: str) -> Iterator[tuple[list[str], int]]:
    """Yield the fields of each record from a line on, and the line after it."""
    reader = csv.reader((lines[i] for i in range(start, len(lines))), delimiter=delimiter)
    try:
        for fields in reader:
            yield fields, start + reader.line_num
    except csv.Error:  # a field longer than any: a quote was left open
        yield [], start + reader.line_num


def _records(
    lines: Sequence[str], delimiter: str, width: int, after: tuple[int, int]
) -> Iterator[_Record]:
    """Yield the records after a row and a line of the file.

    A line whose quote is left open stands alone and swallows no others.
    """
    row, start = after
    while start < len(lines):
        for fields, end in _run(lines, start, delimiter):
            row += 1
            if _swallows(fields, lines[start:end], delimiter, width):
                yield _Record(row, fields, is_open=True)
                start += 1
                break
            yield _Record(row, fields)
            start = end


def _swallows(fields: list[str], lines: Sequence[str], delimiter: str, width: int) -> bool:
    """Tell whether a record of several lines has whole records of others in it."""
    if len(lines) == 1:
        return False
    return len(fields) != width or any(x.count(delimiter) >= width - 1 for x in lines[1:])


def _fault(record: _Record, width: int) -> tuple[str, str] | None:
    """Return the rule a record breaks and what is said of it: no content, it may be a person's."""
    if record.is_open:
        return OPEN_QUOTE, json.dumps({"expected_fields": width})
    marks = sum(f.count(_MARK) for f in record.fields)
    if marks:
        return UNDECODABLE, json.dumps({"undecodable_characters": marks})
    if len(record.fields) == width or record.is_blank:
        return None
    return FIELD_COUNT, json.dumps({"fields": len(record.fields), "expected_fields": width})


def _cells(records: Sequence[_Record], width: int) -> pl.DataFrame:
    # lines above the headers and blank lines may have any number of fields
    blank = [""] * width
    columns = zip(*((r.fields + blank)[:width] for r in records), strict=True)
    texts = {str(i): pl.Series(column, dtype=pl.String) for i, column in enumerate(columns)}
    return pl.DataFrame({"row": pl.Series([r.row for r in records], dtype=pl.Int64), **texts})
