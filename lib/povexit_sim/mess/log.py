"""What was planted where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from povexit_sim.sheets import Sheet, canonical

Sheets = dict[str, Sheet]
SCHEMA = {
    "kind": pl.String,
    "county_code": pl.String,
    "file": pl.String,
    "sheet": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "clean_value": pl.String,
    "dirty_value": pl.String,
}


@dataclass
class Log:
    """The truth about the mess: one record a soiled cell, copied row or spoilt file."""

    county_code: str
    records: list[tuple[Any, ...]] = field(default_factory=list)
    soiled: set[tuple[str, int, int]] = field(default_factory=set)
    locked: dict[str, set[int]] = field(default_factory=dict)

    def is_free(self, sheet: Sheet, row: int, place: int) -> bool:
        """Tell whether a cell was left alone so far."""
        locked = row in self.locked.get(sheet.table, ())
        return not locked and (sheet.table, row, place) not in self.soiled

    def put(self, kind: str, sheet: Sheet, row: int, place: int, dirty: Any) -> None:
        """Soil a cell (``row`` counts data rows from 0) and write it down."""
        head = sheet.heads[place]
        clean = canonical(head, sheet.cells[place][row])
        sheet.cells[place][row] = dirty
        self.soiled.add((sheet.table, row, place))
        self.note(kind, sheet, row, head.column, clean, dirty)

    def note(self, kind: str, sheet: Sheet, row: int, column: str, clean: Any, dirty: Any) -> None:
        """Write down a defect of a row as the spreadsheet counts it."""
        self.records.append(
            (
                kind,
                self.county_code,
                sheet.file,
                sheet.name,
                row + sheet.first_row,
                column,
                str(clean),
                "" if dirty is None else str(dirty),
            )
        )

    def note_file(self, kind: str, file: str, sheet: str = "", column: str = "") -> None:
        """Write down a defect of a whole file or column (row 0)."""
        self.records.append((kind, self.county_code, file, sheet, 0, column, "", ""))

    def frame(self) -> pl.DataFrame:
        """Return the records as a table."""
        return pl.DataFrame(self.records, schema=SCHEMA, orient="row")


def chosen(rng: np.random.Generator, n: int, rate: float, least: int = 1) -> list[int]:
    """Return a share ``rate`` of ``n`` rows, at least ``least``, in order."""
    wanted = min(n, max(least, round(n * rate)))
    return sorted(int(i) for i in rng.permutation(n)[:wanted])
