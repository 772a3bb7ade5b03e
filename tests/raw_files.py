"""Small files as a county would send them, laid out by the column maps, to be spoilt by tests."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from povexit.raw.columnmap import Entry, entries

COUNTY, MONTH = "451002", "2016-06"
REGISTER = "右江区建档立卡信息导出_2016-06.xlsx"
LEDGER = "右江区村台账2016年6月.xlsx"
SURVEY = "右江区入户调查_2016-06.csv"

Cells = list[list[Any]]


def layout(table: str, county: str = COUNTY) -> list[Entry]:
    """Return the columns of a sheet in the order of its map."""
    return list(entries(table, county, MONTH))


def place(table: str, key: str, county: str = COUNTY) -> int:
    """Return the place of a column in `layout`."""
    return [e.key for e in layout(table, county)].index(key)


def sheet(table: str, rows: int = 2, county: str = COUNTY) -> Cells:
    """Return title, groups, headers and rows of a valid sheet; a cell says its row and place."""
    heads = layout(table, county)
    title: list[Any] = [f"{table}（2016年6月）", *[None] * (len(heads) - 1)]
    data = [[f"r{r}c{i}" for i in range(len(heads))] for r in range(rows)]
    return [title, [e.group for e in heads], [e.header for e in heads], *data]


def _put(page: Any, day: Any, row: int, column: int, value: Any) -> None:
    writers: dict[type, Callable[[], Any]] = {
        str: lambda: page.write_string(row, column, value),
        bool: lambda: page.write_boolean(row, column, value),
        date: lambda: page.write_datetime(row, column, value, day),
        tuple: lambda: page.write_formula(row, column, value[0], None, value[1]),
    }
    writers.get(type(value), lambda: page.write_number(row, column, value))()


def write_book(path: Path, sheets: Mapping[str, Cells], hidden: Collection[int] = ()) -> Path:
    """Write an xlsx file: text, numbers, booleans, dates, and formulas as (formula, stored value)."""
    with xlsxwriter.Workbook(str(path)) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, cells in sheets.items():
            page = book.add_worksheet(name)
            for column in hidden:
                page.set_column(column, column, 9, None, {"hidden": True})
            for r, values in enumerate(cells):
                for c, value in enumerate(values):
                    if value is not None:
                        _put(page, day, r, c, value)
    return path


def write_ledger(folder: Path, cells: Cells, hidden: Collection[int] = ()) -> Path:
    """Write a village ledger: the smallest workbook a county sends."""
    return write_book(folder / LEDGER, {"村台账": cells}, hidden)


def survey_rows(rows: int = 3) -> Cells:
    """Return headers and rows of a valid survey."""
    heads = layout("household_survey")
    return [
        [e.header for e in heads],
        *([f"访{r}v{i}" for i in range(len(heads))] for r in range(rows)),
    ]


def csv_text(cells: Cells, line_end: str = "\n") -> str:
    """Return cells as csv text."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=line_end).writerows(cells)
    return text.getvalue()


def write_survey(folder: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    """Write a survey file from text or bytes."""
    path = folder / SURVEY
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path
