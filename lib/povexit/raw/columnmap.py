"""Which header means which column, for a county and a month; from ``column_maps/*.csv``."""

from __future__ import annotations

import csv
import difflib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from povexit.errors import DeliveryError, SchemaError
from povexit.raw.table import place

Header = tuple[str, str]

#: Columns of the maps that nothing is made of: a sheet may lack them.
DISPENSABLE = frozenset({"serial", "village_label", "head_name", "phone", "bank_account"})
#: So many headers are named in a message; a sheet of another kind has a hundred.
_NAMED = 12


@dataclass(frozen=True)
class Entry:
    """One row of a column map."""

    group: str
    header: str
    column: str
    kind: str
    codes: str
    factor: float
    missing: tuple[str, ...]
    fill_down: bool

    @property
    def key(self) -> str:
        """The column's name while it is text; parts of a multi-select have one each."""
        _, _, code = self.codes.partition(":")
        return f"{self.column}:{code}" if self.kind == "multi" and code else self.column

    @property
    def heading(self) -> Header:
        """Group and header as they are compared."""
        return plain(self.group), plain(self.header)


def plain(text: str | None) -> str:
    """Return a header as it is compared: NFKC, without blanks and line breaks.

    Examples
    --------
    >>> plain("取水距离 （公里）")
    '取水距离(公里)'
    """
    return "".join(unicodedata.normalize("NFKC", text or "").split())


def _entry(row: dict[str, str]) -> Entry:
    return Entry(
        row["group_header"],
        row["header"],
        row["column"],
        row["kind"],
        row["codes"],
        float(row["factor"] or 1),
        tuple(m for m in row["missing"].split(";") if m),
        row["fill_down"] == "1",
    )


@cache
def _rows(table: str) -> tuple[dict[str, str], ...]:
    with (files("povexit.column_maps") / f"{table}.csv").open(encoding="utf-8") as file:
        return tuple(csv.DictReader(file))


@cache
def entries(table: str, county: str, month: str) -> tuple[Entry, ...]:
    """Return the entries that hold for a county in a month.

    For each column the county's rows of the latest wave up to ``month``; without such,
    those of ``*`` of the latest wave.

    Raises
    ------
    SchemaError
        If the map says nothing for the month, gives two columns one header, or one column two.

    Examples
    --------
    >>> [e.header for e in entries("register_persons", "451022", "2016-06") if e.column == "id_number"]
    ['身份证号']
    """
    in_force = [r for r in _rows(table) if r["from_month"] <= month]
    chosen: dict[str, list[dict[str, str]]] = {}
    for owner in ("*", county):
        own = [r for r in in_force if r["county_code"] == owner]
        for column in dict.fromkeys(r["column"] for r in own):
            rows = [r for r in own if r["column"] == column]
            latest = max(r["from_month"] for r in rows)
            chosen[column] = [r for r in rows if r["from_month"] == latest]
    made = tuple(_entry(r) for rows in chosen.values() for r in rows)
    if not made:
        raise SchemaError(
            f"no column map holds for {month}",
            where=_map_name(table),
            expected=f"a line whose from_month is at most {month}",
            hint="check the month, or add the lines of that time",
        )
    _refuse_ambiguous(made, table, county)
    return made


def _refuse_ambiguous(made: Sequence[Entry], table: str, county: str) -> None:
    headings = [e.heading for e in made]
    keys = [e.key for e in made]
    twice = {_said((e.group, e.header)) for e in made if headings.count(e.heading) > 1}
    twice |= {e.key for e in made if keys.count(e.key) > 1}
    if twice:
        raise SchemaError(
            f"the column map is not clear for county {county}: {', '.join(sorted(twice))}",
            where=_map_name(table),
            expected="one column a header, one header a column",
            hint="give each its own line, or take out the one that no longer holds",
        )


@dataclass(frozen=True)
class Source:
    """Where headers were read, for messages; ``row`` is that of the headers."""

    table: str
    county: str
    month: str
    file: str
    sheet: str = ""
    row: int | None = None

    def where(self) -> str:
        """Return file, sheet and row in words."""
        return place(self.file, self.sheet, self.row)

    def entries(self) -> tuple[Entry, ...]:
        """Return the map's entries that the headers are compared with."""
        return entries(self.table, self.county, self.month)


def match(headers: Sequence[Header], hidden: set[int], source: Source) -> dict[int, Entry]:
    """Return which entry each place of a sheet belongs to; hidden columns are passed over.

    Parameters
    ----------
    headers
        Group and header of each column, as delivered.
    hidden
        Places of hidden columns: stale copies.
    source
        Where they stand and which map reads them.

    Raises
    ------
    DeliveryError
        If a header is not known, comes twice, or one that is needed is not there.
    """
    known = {e.heading: e for e in source.entries()}
    plain_headers = [(plain(g), plain(h)) for g, h in headers]
    seen = {i: h for i, h in enumerate(plain_headers) if i not in hidden and h[1]}
    unknown = [headers[i] for i, h in seen.items() if h not in known]
    if unknown:
        # what is still missing is what an unknown header may stand for
        free = [e for h, e in known.items() if h not in seen.values()] or list(known.values())
        raise _unknown_headers(unknown, free, source)
    _refuse_twice(seen, source)
    found = {i: known[h] for i, h in seen.items()}
    stale = [plain_headers[i] for i in hidden if i < len(plain_headers)]
    _refuse_lacking(set(known) - set(seen.values()), known, stale, source)
    return found


def _said(header: Header) -> str:
    return " / ".join(p for p in header if p)


def _named(headers: Sequence[str]) -> str:
    more = len(headers) - _NAMED
    return ", ".join(headers[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _map_name(table: str) -> str:
    return f"povexit/column_maps/{table}.csv"


def column_letters(place: int) -> str:
    """Return what a spreadsheet calls a column, counted from 0.

    Examples
    --------
    >>> column_letters(0), column_letters(25), column_letters(26), column_letters(16383)
    ('A', 'Z', 'AA', 'XFD')
    """
    letters = ""
    number = place + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _nearest(header: Header, known: Sequence[Entry]) -> str:
    close = difflib.get_close_matches(
        plain(header[1]), {e.heading[1] for e in known}, n=3, cutoff=0.4
    )
    near = [_said((e.group, e.header)) for c in close for e in known if e.heading[1] == c]
    return f"{_said(header)} → nearest: {'; '.join(near) or 'none'}"


def _unknown_headers(
    unknown: Sequence[Header], known: Sequence[Entry], source: Source
) -> DeliveryError:
    said = _named([_said(h) for h in unknown])
    return DeliveryError(
        f"headers that no column map knows: {said}",
        where=source.where(),
        expected=" | ".join(_nearest(h, known) for h in unknown[:_NAMED]),
        found=said,
        hint=f"add a line for county {source.county} to {_map_name(source.table)}, "
        "or correct the file",
    )


def _refuse_twice(seen: dict[int, Header], source: Source) -> None:
    places: dict[Header, list[str]] = {}
    for i, header in seen.items():
        places.setdefault(header, []).append(column_letters(i))
    twice = [f"{_said(h)} (columns {' and '.join(at)})" for h, at in places.items() if len(at) > 1]
    if twice:
        raise DeliveryError(
            "a header comes twice: " + _named(twice),
            where=source.where(),
            hint="delete or hide the column that does not hold, then save",
        )


def _refuse_lacking(
    absent: set[Header], known: dict[Header, Entry], hidden: Sequence[Header], source: Source
) -> None:
    lacking = [h for h in known if h in absent and _is_needed(known[h])]
    if not lacking:
        return
    unhide = [_said(h) for h in lacking if h in hidden]
    raise DeliveryError(
        "headers are missing: " + _named([_said(h) for h in lacking]),
        where=source.where(),
        expected=_named([_said((known[h].group, known[h].header)) for h in lacking]),
        found=f"hidden, so not read: {', '.join(unhide)}" if unhide else None,
        hint="unhide the column and save"
        if unhide
        else f"ask the county for the column, or correct its line in {_map_name(source.table)}",
    )


def _is_needed(entry: Entry) -> bool:
    return entry.kind != "drop" and entry.column not in DISPENSABLE
