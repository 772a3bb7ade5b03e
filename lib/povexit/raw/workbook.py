"""Reading ``.xlsx`` workbooks: every cell as the text a person would see typed there."""

from __future__ import annotations

import zipfile
from pathlib import Path

import fastexcel
import polars as pl

from povexit.errors import DeliveryError
from povexit.raw import archive, signature
from povexit.raw.columnmap import Source, plain
from povexit.raw.grid import Grid, to_table
from povexit.raw.layouts import Kind, limit
from povexit.raw.sheetxml import SheetFacts
from povexit.raw.table import Finding, RawTable, place

_MIDNIGHT = " 00:00:00"
_BOOLEANS = {"true": "TRUE", "false": "FALSE"}


def read_workbook(path: Path, kind: Kind, county: str, month: str) -> dict[str, RawTable]:
    """Return the tables of a workbook.

    Parameters
    ----------
    path, kind
        The file and what it should hold.
    county, month
        Whose column map to read it by.

    Raises
    ------
    DeliveryError
        If the file is no workbook, a sheet that is needed is missing, or a sheet cannot be read.
    """
    signature.require(path, signature.WORKBOOK)
    tables = {}
    with archive.opened(path) as book:
        members = archive.sheet_members(book)
        chosen = _chosen_sheets(list(members), kind, path)
        extra = _extra_note(set(members) - set(chosen), path)
        for sheet, table in chosen.items():
            source = Source(table, county, month, path.name, sheet)
            grid = _read_sheet(book, members[sheet], path, source, extra)
            tables[table] = to_table(grid, kind, source)
            extra = ()  # told once a file
    return tables


def _chosen_sheets(names: list[str], kind: Kind, path: Path) -> dict[str, str]:
    """Return the column map of each sheet that is wanted, by the name it has in the file."""
    chosen = {}
    for wanted, table in kind.sheets.items():
        own = [n for n in names if plain(n) == plain(wanted)]
        if kind.is_optional and not own:
            continue
        if len(own) != 1:
            raise DeliveryError(
                f"sheet {wanted} is there {len(own)} times" if own else f"no sheet {wanted}",
                where=place(path.name, wanted),
                expected=f"one sheet each: {', '.join(kind.sheets)}",
                found=", ".join(names) or "no sheets",
                hint="delete or rename the one that does not hold"
                if own
                else "ask the county for it, or give the sheet its usual name",
            )
        chosen[own[0]] = table
    if not chosen:
        raise DeliveryError(
            "none of the sheets is there",
            where=path.name,
            expected=f"some of: {', '.join(kind.sheets)}",
            found=", ".join(names) or "no sheets",
            hint="check that it is the right file, or give the sheets their usual names",
        )
    return chosen


def _extra_note(names: set[str], path: Path) -> tuple[Finding, ...]:
    if not names:
        return ()
    said = f"sheets that are not read: {', '.join(sorted(names))}"
    return (Finding("note", path.name, said),)


def _read_sheet(
    book: zipfile.ZipFile, member: str, path: Path, source: Source, extra: tuple[Finding, ...]
) -> Grid:
    facts = archive.sheet_facts(book, member)
    _refuse_stray(facts, source)
    has_tail = 0 < facts.last_row < facts.end_row - limit("blank_tail_rows")
    opened = archive.cut_copy(book, member, facts.last_row) if has_tail else path
    cells = _cells(opened, path, source.sheet, facts)
    kept = tuple(p for p in facts.valueless if p[0] <= (facts.last_row or p[0]))
    notes = (*extra, *_tail_note(facts, source), *_formula_notes(facts, kept, source))
    return Grid(cells, facts.hidden, kept, findings=notes)


def _refuse_stray(facts: SheetFacts, source: Source) -> None:
    most = limit("rows")
    if facts.last_row > most:
        raise DeliveryError(
            "something stands far below the last row of data, if only a blank",
            where=place(source.file, source.sheet, facts.last_row),
            expected=f"at most {most:,} rows",
            found=f"a value in row {facts.last_row:,}",
            hint="select all rows below the last one of data, delete them (not only their "
            "content) and save",
        )


def _cells(opened: Path | bytes, path: Path, sheet: str, facts: SheetFacts) -> pl.DataFrame:
    """Return a sheet's cells as text, with the row numbers of the spreadsheet."""
    try:
        book = fastexcel.read_excel(opened)
        # without skip_rows, blank rows at the top would be dropped and not counted
        loaded = book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string")
        cells = loaded.to_polars()
    except fastexcel.FastExcelError as error:
        raise archive.damaged(path, sheet) from error
    first = facts.first_place
    seen = cells.select(_as_seen(pl.all()))
    seen.columns = [str(i + first) for i in range(cells.width)]
    before = [pl.lit(None, pl.String).alias(str(i)) for i in range(first)]
    rows = pl.int_range(1, cells.height + 1, dtype=pl.Int64).alias("row")
    return seen.select(rows, *before, pl.all())


def _as_seen(text: pl.Expr) -> pl.Expr:
    """Return dates without midnight, and yes and no as a spreadsheet shows them."""
    length = len("2016-06-30" + _MIDNIGHT)
    is_day = (text.str.len_bytes() == length) & text.str.ends_with(_MIDNIGHT)
    return pl.when(is_day).then(text.str.strip_suffix(_MIDNIGHT)).otherwise(text).replace(_BOOLEANS)


def _tail_note(facts: SheetFacts, source: Source) -> tuple[Finding, ...]:
    tail = facts.end_row - facts.last_row if facts.last_row else 0
    if tail <= limit("blank_tail_rows"):
        return ()
    said = (
        f"{tail:,} rows below the last value are blank and not read; "
        "deleting them makes the file smaller"
    )
    return (Finding("note", place(source.file, source.sheet, facts.last_row + 1), said),)


def _formula_notes(
    facts: SheetFacts, valueless: tuple[tuple[int, int], ...], source: Source
) -> tuple[Finding, ...]:
    notes = []
    if facts.formulas:
        said = f"{facts.formulas:,} cells hold formulas: the values stored with them are read"
        notes.append(Finding("note", source.where(), said))
    if valueless:
        said = (
            f"{len(valueless):,} cells hold a formula without a stored value, or an error: they "
            "are read as blank; open the file, let it calculate and save it again"
        )
        notes.append(Finding("warning", place(source.file, source.sheet, valueless[0][0]), said))
    return tuple(notes)
