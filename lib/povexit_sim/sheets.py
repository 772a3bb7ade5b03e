"""A clean table as a county would lay it out: its headers, its order, its codes and units.

The column maps that cleaning reads by are written by here, backwards: a canonical
value becomes the code, word, unit or date form the map says the county delivers.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from povexit.raw.layouts import kinds
from povexit.schema import codes
from povexit_sim.noise import stream

#: Tables of the maps, with the sheet's name and the rows above the data.
LAYOUT = {
    "register_households": ("户表", 3),
    "register_persons": ("人员表", 3),
    "village_ledger": ("村台账", 3),
    "household_survey": ("", 1),
    **{table: (name, 3) for name, table in kinds()["programmes"].sheets.items()},
}


@dataclass(frozen=True)
class Head:
    """One column of a sheet as a county heads it."""

    group: str
    header: str
    column: str
    kind: str
    codes: str
    factor: float
    missing: tuple[str, ...]
    fill_down: bool
    is_hidden: bool = False


@dataclass
class Sheet:
    """A sheet about to be written: heads, and per head a list of cells (str, number or None).

    ``extra_rows`` stand between title and headers.
    """

    table: str
    file: str
    heads: list[Head]
    cells: list[list[Any]]
    extra_rows: int = 0

    @property
    def name(self) -> str:
        """The sheet's name in the workbook; empty for a csv file."""
        return LAYOUT[self.table][0]

    @property
    def first_row(self) -> int:
        """The first data row's number as a spreadsheet counts, from 1."""
        return LAYOUT[self.table][1] + self.extra_rows + 1

    def __len__(self) -> int:
        return len(self.cells[0])

    def at(self, column: str) -> int:
        """Return the place of a column."""
        return next(i for i, h in enumerate(self.heads) if h.column == column)

    def take(self, order: list[int]) -> None:
        """Rearrange the rows; an index that comes twice copies the row."""
        self.cells = [[cells[i] for i in order] for cells in self.cells]


@cache
def _rows(table: str) -> list[dict[str, str]]:
    with (files("povexit.column_maps") / f"{table}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _head(row: dict[str, str]) -> Head:
    return Head(
        row["group_header"],
        row["header"],
        row["column"],
        row["kind"],
        row["codes"],
        float(row["factor"] or 1),
        tuple(m for m in row["missing"].split(";") if m),
        row["fill_down"] == "1",
    )


def heads(table: str, county: str, month: str) -> list[Head]:
    """Return the heads that hold for a county and month, in the order of the common layout."""
    rows = [r for r in _rows(table) if r["from_month"] <= month]
    own = [r for r in rows if r["county_code"] == county]
    since: dict[str, str] = {}
    for row in own:
        since[row["column"]] = max(row["from_month"], since.get(row["column"], ""))
    own = [r for r in own if r["from_month"] == since[r["column"]]]
    made: list[Head] = []
    for row in (r for r in rows if r["county_code"] == "*"):
        mine = [_head(r) for r in own if r["column"] == row["column"]] or [_head(row)]
        made += [h for h in mine if h not in made]
    return made


def shuffled(layout: list[Head], seed: int, county: str) -> list[Head]:
    """Return the heads in the county's own order: groups stay together, the first column first."""
    rng = stream(seed, county, "column order", layout[0].header, str(len(layout)))
    groups = list(dict.fromkeys(h.group for h in layout))
    places = [0, *(1 + rng.permutation(len(groups) - 1))]
    made: list[Head] = []
    for place in places:
        own = [h for h in layout if h.group == groups[place] and h is not layout[0]]
        made += [own[i] for i in rng.permutation(len(own))]
    return [layout[0], *made]


def words(head: Head) -> tuple[Any, Any]:
    """Return what a county writes for yes and no in a column.

    Examples
    --------
    >>> words(Head("", "有无电视机", "has_tv", "bool", "", 1, (), False))
    ('有', '无')
    """
    if head.codes:
        yes, no = head.codes.split("/")
        return int(yes), int(no)
    if "有无" in head.header:
        return "有", "无"
    return "是", "否"


@cache
def _code_of(name: str) -> dict[str, str]:
    # several codes may mean one value (S36 tells work in the township from work in the county)
    return {c.value: c.code for c in reversed(codes(name))}


@cache
def _value_of(name: str) -> dict[str, str]:
    return {c.code: c.value for c in codes(name)}


def _number(value: float, factor: float) -> float | int:
    delivered = round(value / factor, 6) if factor != 1 else value
    return int(delivered) if delivered == int(delivered) else delivered


def _delivered(values: list[Any], head: Head) -> list[Any]:
    kind = head.kind
    if kind in ("int", "number"):
        return [None if v is None else _number(v, head.factor) for v in values]
    if kind == "bool":
        yes, no = words(head)
        return [None if v is None else yes if v else no for v in values]
    if kind == "code":
        code = _code_of(head.codes)
        return [None if v is None else code[v] for v in values]
    if kind == "date":
        return [None if v is None else f"{v:%Y-%m}" for v in values]
    if kind == "day":
        return [None if v is None else f"{v:%Y-%m-%d}" for v in values]
    if kind == "datetime":
        return [None if v is None else f"{v:%Y-%m-%d %H:%M:%S}" for v in values]
    if kind == "multi":
        return _multi(values, head.codes)
    return [None if v is None or v == "" else v for v in values]


def _multi(values: list[Any], names: str) -> list[Any]:
    name, _, code = names.partition(":")
    if code:
        wanted = _value_of(name)[code]
        return [int(wanted in (v or "").split(";")) for v in values]
    code_of = _code_of(name)
    return [";".join(code_of[part] for part in v.split(";")) if v else None for v in values]


def canonical(head: Head, cell: Any) -> str:
    """Return a delivered cell as the catalogue's value, as text; empty if missing."""
    if cell is None:
        return ""
    if head.kind in ("int", "number"):
        value = round(float(cell) * head.factor, 6)
        return str(int(value)) if value == int(value) else str(value)
    if head.kind == "bool":
        return str(cell == words(head)[0]).lower()
    if head.kind == "code":
        return _value_of(head.codes)[cell]
    if head.kind == "date":
        return f"{cell}-01"
    return str(cell)


def lay_out(frame: pl.DataFrame, table: str, file: str, layout: list[Head]) -> Sheet:
    """Return a clean table as a sheet; a column the frame lacks stays empty."""
    n = frame.height
    cells: list[list[Any]] = []
    for head in layout:
        if head.column == "serial":
            cells.append(list(range(1, n + 1)))
        elif head.column in frame.columns:
            cells.append(_delivered(frame[head.column].to_list(), head))
        else:
            raise KeyError(f"{table}: the simulator has no column {head.column}")
    return Sheet(table, file, list(layout), cells)


def with_hidden_copy(sheet: Sheet, column: str) -> Sheet:
    """Return the sheet with a stale, hidden copy of a column to the left of it."""
    place = sheet.at(column)
    cells = sheet.cells[place]
    stale = [round(v * 0.9, 2) if isinstance(v, int | float) else None for v in cells]
    copy = replace(sheet.heads[place], is_hidden=True)
    made = [*sheet.heads[:place], copy, *sheet.heads[place:]]
    return Sheet(sheet.table, sheet.file, made, [*sheet.cells[:place], stale, *sheet.cells[place:]])
