"""Files as a county would send them, the same to the byte for the same content."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from povexit.store import sha256, write_atomic
from povexit_sim.sheets import Head, Sheet

_WIDTH = 12
_SUMMED = ("_yuan", "_mu", "household_size", "persons_total", "households_total")


def _merged_runs(heads: list[Head]) -> list[tuple[int, int, str]]:
    """Return first column, last column and text of each run of one group header."""
    runs: list[tuple[int, int, str]] = []
    for i, head in enumerate(heads):
        if runs and runs[-1][2] == head.group:
            runs[-1] = (runs[-1][0], i, head.group)
        else:
            runs.append((i, i, head.group))
    return runs


def _top(book: Any, page: Any, sheet: Sheet, title: str) -> None:
    groups = 1 + sheet.extra_rows
    style = book.add_format(
        {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True}
    )
    page.merge_range(0, 0, 0, len(sheet.heads) - 1, title, style)
    if sheet.extra_rows:
        page.write_string(1, 0, "填报单位：县扶贫办")
    for first, last, text in _merged_runs(sheet.heads):
        if first == last:
            page.write_string(groups, first, text, style)
        else:
            page.merge_range(groups, first, groups, last, text, style)
    for i, head in enumerate(sheet.heads):
        page.write_string(groups + 1, i, head.header, style)


def _blank_repeats(cells: list[Any]) -> list[Any]:
    """Keep the first cell of a run, as a cell merged over several rows holds it."""
    return [v if i == 0 or v != cells[i - 1] else None for i, v in enumerate(cells)]


def _is_summed(head: Head) -> bool:
    return head.column.endswith(_SUMMED) and "per_capita" not in head.column


def _total(head: Head, cells: list[Any]) -> float | None:
    return (
        round(sum(v for v in cells if isinstance(v, int | float)), 2) if _is_summed(head) else None
    )


def _put(page: Any, row: int, values: tuple[Any, ...]) -> None:
    for place, value in enumerate(values):
        if value is None:
            continue
        if isinstance(value, str):
            page.write_string(row, place, value)
        else:
            page.write_number(row, place, value)


def _fill(book: Any, page: Any, sheet: Sheet, title: str) -> None:
    for i, head in enumerate(sheet.heads):
        page.set_column(i, i, _WIDTH, None, {"hidden": True} if head.is_hidden else {})
    page.freeze_panes(sheet.first_row - 1, 2)
    _top(book, page, sheet, title)
    cells = [
        _blank_repeats(c) if h.fill_down else c
        for h, c in zip(sheet.heads, sheet.cells, strict=True)
    ]
    row = sheet.first_row - 1
    for values in zip(*cells, strict=True):
        _put(page, row, values)
        row += 1
    sums = [_total(h, c) for h, c in zip(sheet.heads, sheet.cells, strict=True)]
    _put(page, row, ("合计", *sums[1:]))


def write_workbook(path: Path, sheets: list[Sheet], titles: list[str], made: datetime) -> None:
    """Write sheets into an ``.xlsx`` file: title row, two header rows, data, a row 合计.

    Parameters
    ----------
    path
        Where to.
    sheets
        In order.
    titles
        The title above each sheet.
    made
        The date the file says it was made on: part of its content.
    """
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        book.set_properties({"created": made, "author": "povexit_sim", "comments": "simulated"})
        for sheet, title in zip(sheets, titles, strict=True):
            _fill(book, book.add_worksheet(sheet.name), sheet, title)


def write_table(path: Path, sheet: Sheet, encoding: str, line_end: str) -> None:
    """Write a sheet as ``.csv`` with one header row."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=line_end)
    writer.writerow([h.header for h in sheet.heads])
    writer.writerows(zip(*sheet.cells, strict=True))
    write_atomic(path, text.getvalue().encode(encoding))


def write_sources(folder: Path, month: str, names: list[str]) -> Path:
    """Write the list of simulated files with their checksums, so that reports can say so."""
    lines = [
        "# Simulated deliveries: no person in them exists. Made by povexit-sim.",
        f'month = "{month}"',
    ]
    for name in sorted(names):
        lines += [
            "",
            "[[file]]",
            f'name = "{name}"',
            f'sha256 = "{sha256(folder / name)}"',
            "simulated = true",
        ]
    return write_atomic(folder / "SOURCES.toml", "\n".join(lines) + "\n")
