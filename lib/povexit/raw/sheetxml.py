"""What the reader of cells does not tell: hidden columns, formulas, and where the values end.

A sheet's XML unpacks to hundreds of megabytes. It is streamed once, in blocks of whole rows,
and searched as bytes; only cells with formulas or errors are looked at one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from povexit.raw.layouts import limit

_ROOT = re.compile(rb"<(\w+:)?worksheet\b")
_COLUMN = re.compile(rb"<col\s([^>]*)>")
_ROW = re.compile(rb"<row\s[^>]*?\br=[\"'](\d+)")
_VALUE = re.compile(rb"<[vt](?:\s[^>]*)?(?<!/)>[^<]")
_FORMULA = re.compile(
    rb"<c\s([^>]*)>\s*<f(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(<v[^>]*>[^<]*</v>|<v\s*/>)?"
)
_ERROR_MARK = re.compile(rb"=[\"']e[\"']")
_ERROR = re.compile(rb"<c\s([^>]*\bt=[\"']e[\"'][^>]*)>")
#: A cell that the reader of cells takes for one that holds something, if only blank text.
_CELL = re.compile(
    rb"<c\s([^>]*)(?<!/)>\s*(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?\s*<(?:is|v[^>]*(?<!/)>(.))", re.DOTALL
)
_REFERENCE = re.compile(rb"\br=[\"']([A-Z]+)(\d+)")
_BLANK_TEXT = re.compile(rb"\bt=[\"'](?:str|inlineStr)[\"']")
_END = b"</sheetData></worksheet>"


@dataclass(frozen=True)
class SheetFacts:
    """What a sheet's XML tells.

    Attributes
    ----------
    hidden
        Places of hidden columns, from 0.
    first_place
        Place of the first column that holds something: where the reader of cells begins.
    last_row
        Last row that holds a value, from 1; 0 if the sheet does not number its rows.
    end_row
        Last row there is, if only for its formatting.
    formulas
        How many cells have a formula.
    valueless
        Row and place of cells whose formula has no stored value, and of error values.
    """

    hidden: frozenset[int] = frozenset()
    first_place: int = 0
    last_row: int = 0
    end_row: int = 0
    formulas: int = 0
    valueless: tuple[tuple[int, int], ...] = ()


def scan(stream: IO[bytes]) -> SheetFacts:
    """Return what a sheet's XML tells, read once from end to end."""
    hidden: frozenset[int] | None = None
    formulas, valueless = 0, []
    first: int | None = None
    valued = last = b""
    for block in _blocks(stream):
        if hidden is None:
            hidden = _hidden(block)
        if first != 0:
            first = _leftmost(block, first)
        if _VALUE.search(block):
            valued = block
        if b"<row " in block:
            last = block
        if b"<f" in block:
            found = _FORMULA.findall(block)
            formulas += len(found)
            valueless += [_position(a) for a, value in found if _is_valueless(a, value)]
        if _ERROR_MARK.search(block):
            valueless += [_position(a) for a in _ERROR.findall(block)]
    return SheetFacts(
        hidden or frozenset(),
        first or 0,
        _last_valued_row(valued),
        _last_row(last),
        formulas,
        tuple(sorted({p for p in valueless if p})),
    )


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the XML in blocks of whole rows, without the prefix some programs give their tags."""
    size = limit("block_bytes")
    rest = stream.read(size)
    root = _ROOT.search(rest)
    prefix = (root and root[1]) or b""
    row = b"<" + prefix + b"row"
    while chunk := stream.read(size):
        data = rest + chunk
        cut = data.rfind(row, 1)
        if cut > 0:
            yield _without(prefix, data[:cut])
        rest = data[max(cut, 0) :]
    yield _without(prefix, rest)


def _without(prefix: bytes, xml: bytes) -> bytes:
    if not prefix:
        return xml
    return xml.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</")


def _hidden(head: bytes) -> frozenset[int]:
    """Return the places of the columns that ``<cols>`` hides."""
    places: set[int] = set()
    for attributes in _COLUMN.findall(head):
        told = dict(re.findall(rb"(\w+)=[\"']([^\"']*)", attributes))
        if told.get(b"hidden") in (b"1", b"true"):
            places.update(range(int(told[b"min"]) - 1, int(told[b"max"])))
    return frozenset(places)


def _leftmost(block: bytes, known: int | None) -> int | None:
    """Return the first place that holds something, in a block or before it."""
    for cell in _CELL.finditer(block):  # the first is mostly enough
        attributes, start = cell.groups()
        if start == b"<" and not _BLANK_TEXT.search(attributes):
            continue
        position = _position(attributes)
        if position is None:
            return 0  # cells without references begin in the first column
        known = position[1] if known is None else min(known, position[1])
        if known == 0:
            return 0
    return known


def _position(attributes: bytes) -> tuple[int, int] | None:
    """Return row and place of a cell, None if it does not tell.

    Examples
    --------
    >>> _position(b'r="AB12" s="3"')
    (12, 27)
    """
    told = _REFERENCE.search(attributes)
    if told is None:
        return None
    place = 0
    for letter in told[1]:
        place = place * 26 + letter - ord("A") + 1
    return int(told[2]), place - 1


def _is_valueless(attributes: bytes, value: bytes) -> bool:
    # text that is blank is a formula's result like any other
    return not _VALUE.match(value) and not (value and _BLANK_TEXT.search(attributes))


def _last_row(block: bytes, before: int | None = None) -> int:
    """Return the number of the last row in a block."""
    numbers = _ROW.findall(block, 0, len(block) if before is None else before)
    return int(numbers[-1]) if numbers else 0


def _last_valued_row(block: bytes) -> int:
    ends = [m.end() for m in _VALUE.finditer(block)]
    return _last_row(block, ends[-1]) if ends else 0


def copy_until(stream: IO[bytes], last_row: int, out: IO[bytes]) -> None:
    """Copy a sheet's XML without the rows after ``last_row``."""
    for block in _blocks(stream):
        beyond = next((m.start() for m in _ROW.finditer(block) if int(m[1]) > last_row), None)
        out.write(block if beyond is None else block[:beyond])
        if beyond is not None:
            out.write(_END)
            return
