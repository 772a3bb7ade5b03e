"""What reading hands over: text as delivered, with the place it came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from povexit.raw.columnmap import Entry

UNREADABLE = {"row": pl.Int64, "rule": pl.String, "raw": pl.String}


@dataclass(frozen=True)
class Finding:
    """One thing someone should know about a delivered file.

    ``severity`` is ``warning`` (read, but look at it) or ``note`` (for the record).
    """

    severity: str
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.where}: {self.message}"


@dataclass(frozen=True)
class RawTable:
    """One sheet or csv file as text.

    Attributes
    ----------
    table
        The column map it was read by, such as ``register_households``.
    frame
        ``row`` (as the spreadsheet counts, from 1) and one text column an entry, named by
        the entry's ``key``; a blank cell is null or blank text.
    entries
        The map's entries found in the sheet, in the sheet's order.
    unreadable
        Lines that could not be read: row, rule, raw (JSON without their content).
    set_aside
        Rows that are no data: total and blank rows, with the reason.
    formulas
        Cells (row, key) whose formula has no stored value, or whose value is an error.
    """

    table: str
    file: str
    sheet: str
    frame: pl.DataFrame
    entries: tuple[Entry, ...]
    unreadable: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=UNREADABLE))
    set_aside: tuple[tuple[int, str], ...] = ()
    formulas: tuple[tuple[int, str], ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def rows_in(self) -> int:
        """Rows delivered below the headers, total and blank ones included."""
        return self.frame.height + self.unreadable.height + len(self.set_aside)

    def where(self, row: int | None = None) -> str:
        """Return file, sheet and row in words."""
        return place(self.file, self.sheet, row)


def place(file: str, sheet: str = "", row: int | None = None) -> str:
    """Return file, sheet and row in words.

    Examples
    --------
    >>> place("右江区.xlsx", "户表", 12)
    '右江区.xlsx, sheet 户表, row 12'
    """
    parts = [file, f"sheet {sheet}" if sheet else "", f"row {row}" if row is not None else ""]
    return ", ".join(p for p in parts if p)
