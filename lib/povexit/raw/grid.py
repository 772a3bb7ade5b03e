"""From a sheet's cells as text to a table whose columns the column map knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from povexit.errors import DeliveryError
from povexit.raw.columnmap import Entry, Source, column_letters, match
from povexit.raw.headers import Headers, find_headers
from povexit.raw.layouts import Kind, layouts, limit
from povexit.raw.table import UNREADABLE, Finding, RawTable

BLANK, TOTAL = "blank row", "total row"


@dataclass(frozen=True)
class Grid:
    """A sheet's cells as text, before anyone knows what they mean.

    Attributes
    ----------
    cells
        ``row`` (from 1) and one text column a place, named by the place's number from 0.
    hidden
        Places of hidden columns.
    valueless
        Row and place of cells whose formula left no value.
    unreadable
        Lines that are not in ``cells``.
    """

    cells: pl.DataFrame
    hidden: frozenset[int] = frozenset()
    valueless: tuple[tuple[int, int], ...] = ()
    unreadable: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=UNREADABLE))
    findings: tuple[Finding, ...] = ()

    @property
    def width(self) -> int:
        """Number of places."""
        return self.cells.width - 1

    def first_rows(self) -> list[tuple[str | None, ...]]:
        """Return the rows among which headers are looked for."""
        return self.cells.drop("row").head(limit("header_rows")).rows()


def to_table(grid: Grid, kind: Kind, source: Source) -> RawTable:
    """Return a sheet as a table: headers matched, totals and blanks set aside, merged cells filled.

    Parameters
    ----------
    grid
        The sheet from its first row on.
    kind
        What it belongs to: where its headers usually stand, and whether it may have no rows.
    source
        Where it was read and the map to read it by.

    Raises
    ------
    DeliveryError
        If the headers are not found or not as the map says, or no row of data is there.
    """
    headers, shifted = find_headers(grid.first_rows(), kind.header_rows, source)
    hidden = {i for i in grid.hidden if i < grid.width}
    found = match(headers.names, hidden, replace(source, row=headers.row))
    visible = [str(i) for i in range(grid.width) if i not in hidden]
    below = grid.cells.filter(pl.col("row") > headers.row)
    rows, aside, trailing = _set_aside(below, visible, grid.unreadable)
    frame = _named(rows, found)
    if frame.is_empty() and (grid.unreadable.height or not kind.is_optional):
        raise _no_rows(grid, headers, source)
    said = (
        *grid.findings,
        *shifted,
        *_hidden_note(hidden, source),
        *_headless(rows, headers, hidden, source),
        *_trailing_note(trailing, source),
    )
    return RawTable(
        source.table,
        source.file,
        source.sheet,
        frame,
        tuple(found[i] for i in sorted(found)),
        grid.unreadable,
        aside,
        _kept_formulas(grid, frame, found),
        said,
    )


def _is_blank(names: str | Sequence[str]) -> pl.Expr:
    return pl.col(names).str.strip_chars().fill_null("") == ""


def _is_total(names: Sequence[str]) -> pl.Expr:
    words = layouts()["total_words"]
    plain = pl.col(names).str.normalize("NFKC").str.replace_all(r"[\s:]", "")
    return plain.is_in(words).fill_null(False)


def _set_aside(
    below: pl.DataFrame, visible: list[str], unreadable: pl.DataFrame
) -> tuple[pl.DataFrame, tuple[tuple[int, str], ...], int]:
    """Return the data rows, the rows set aside, and how many blank rows there are at the end."""
    first = visible[: limit("total_columns")]
    # most rows hold something in the first columns: only the others are searched to their end
    bare = below.filter(pl.all_horizontal(_is_blank(first)))
    is_blank = pl.all_horizontal(_is_blank(visible))
    blank = bare["row"].filter(bare.select(is_blank).to_series()).to_list() if bare.height else []
    total = below.filter(pl.any_horizontal(_is_total(first)))["row"].to_list()
    left_out = [*blank, *total]
    rows = below.filter(~pl.col("row").is_in(left_out)) if left_out else below
    last = max([0, *total, *rows["row"].tail(1), *unreadable["row"]])
    aside = [(row, BLANK) for row in blank if row <= last] + [(row, TOTAL) for row in total]
    return rows, tuple(sorted(aside)), sum(row > last for row in blank)


def _named(rows: pl.DataFrame, found: Mapping[int, Entry]) -> pl.DataFrame:
    """Name the columns by their entries; fill down where cells are merged over several rows."""
    return rows.select("row", *(_column(str(i), e).alias(e.key) for i, e in sorted(found.items())))


def _column(name: str, entry: Entry) -> pl.Expr:
    if not entry.fill_down:
        return pl.col(name)
    return pl.when(~_is_blank(name)).then(pl.col(name)).forward_fill()


def _kept_formulas(
    grid: Grid, frame: pl.DataFrame, found: Mapping[int, Entry]
) -> tuple[tuple[int, str], ...]:
    rows = set(frame["row"].to_list()) if grid.valueless else set()
    return tuple((r, found[i].key) for r, i in grid.valueless if r in rows and i in found)


def _letters(places: Sequence[int]) -> str:
    return ", ".join(column_letters(i) for i in places)


def _hidden_note(hidden: set[int], source: Source) -> tuple[Finding, ...]:
    if not hidden:
        return ()
    said = f"hidden columns are not read: {_letters(sorted(hidden))}"
    return (Finding("note", source.where(), said),)


def _headless(
    rows: pl.DataFrame, headers: Headers, hidden: set[int], source: Source
) -> tuple[Finding, ...]:
    """Warn of columns that hold values below no header."""
    nameless = [i for i, (_, h) in enumerate(headers.names) if not h.strip() and i not in hidden]
    held = [i for i in nameless if not rows.select(_is_blank(str(i)).all()).item()]
    if not held:
        return ()
    said = f"columns with values but without a header are not read: {_letters(held)}"
    return (Finding("warning", replace(source, row=headers.row).where(), said),)


def _trailing_note(count: int, source: Source) -> tuple[Finding, ...]:
    if not count:
        return ()
    return (Finding("note", source.where(), f"{count:,} blank rows at the end are not counted"),)


def _no_rows(grid: Grid, headers: Headers, source: Source) -> DeliveryError:
    lost = grid.unreadable.height
    rules = ", ".join(grid.unreadable["rule"].unique(maintain_order=True).to_list())
    return DeliveryError(
        "no row of data could be read" if lost else "no row of data below the headers",
        where=replace(source, row=headers.row + 1).where(),
        expected="at least one row",
        found=f"{lost:,} unreadable rows: {rules}" if lost else None,
        hint="compare the first rows with the headers, or export the file again"
        if lost
        else "ask the county to send it again with its rows",
    )
