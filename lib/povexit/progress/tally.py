"""Sums that add up: how many of how many, and of how many it is not known.

Everything a target is measured by comes through `count`, `ratio` or `amount`, over one
county's tables of one month. A unit counts in the denominator unless it is known not to belong
there; it counts as unknown if it would be counted were a missing answer given.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl

from povexit.errors import SchemaError
from povexit.schema import columns, tables

TYPES: dict[str, Any] = {
    "str": pl.String,
    "int": pl.Int64,
    "float": pl.Float64,
    "bool": pl.Boolean,
    "date": pl.Date,
    "datetime": pl.Datetime,
}
SUMS = ("number", "denominator", "unknown")


@dataclass(frozen=True)
class Given:
    """One county's tables of one month, and what a row of the measure's first table must have."""

    tables: Mapping[str, Any]
    month: str
    where: tuple[tuple[str, str], ...] = ()

    @property
    def year(self) -> int:
        """The month's year."""
        return int(self.month[:4])

    def take(self, table: str, names: Sequence[str]) -> pl.LazyFrame:
        """Return columns of a table, typed as the catalogue says, NaN made null."""
        return take(self.tables[table], table, names)

    def pick(self, table: str, names: Sequence[str]) -> pl.LazyFrame:
        """Return columns of the rows that ``where`` picks; a row without the value is left out."""
        asked = [name for name, _ in self.where]
        frame = self.take(table, list(dict.fromkeys([*names, *asked])))
        return frame.filter([pl.col(name) == value for name, value in self.where] or pl.lit(True))


def take(native: Any, table: str, names: Sequence[str]) -> pl.LazyFrame:
    """Return columns of a pandas, Polars or DuckDB table as a lazy Polars frame.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    frame = polars(native)
    given = frame.collect_schema().names()
    if missing := [n for n in names if n not in given]:
        raise SchemaError("columns are missing", where=table, expected=", ".join(missing))
    known = columns(table) if table in tables() else {}
    return frame.select(_typed(n, known[n].dtype) if n in known else pl.col(n) for n in names)


def polars(native: Any) -> pl.LazyFrame:
    """Return any engine's table as a lazy Polars frame."""
    if isinstance(native, pl.LazyFrame):
        return native
    if nw.dependencies.is_pandas_dataframe(native):
        return pl.from_pandas(native).lazy()
    frame: Any = nw.from_native(native).lazy().collect("polars").to_native()
    return pl.LazyFrame(frame)


def _typed(name: str, dtype: str) -> pl.Expr:
    column = pl.col(name).cast(TYPES[dtype])
    return column.fill_nan(None) if dtype == "float" else column


def count(
    frame: pl.LazyFrame,
    is_counted: pl.Expr,
    *,
    of: pl.Expr | None = None,
    weight: pl.Expr | None = None,
    by: Sequence[str] = (),
) -> pl.LazyFrame:
    """Count units, or what they weigh.

    Parameters
    ----------
    frame
        One row a unit.
    is_counted
        Whether a unit is in the number; null for unknown.
    of
        Whether it is in the denominator at all; every unit without it.
    weight
        What it weighs, such as persons; 1 without it. A unit of unknown weight that is or may be
        counted is one unknown.
    by
        Columns to count by; the whole frame without them.

    Returns
    -------
    polars.LazyFrame
        ``by``, ``number``, ``denominator`` (the unknown among them) and ``unknown``.
    """
    whole = pl.lit(True) if of is None else of
    heavy = pl.lit(1, pl.Int64) if weight is None else weight
    frame = frame.with_columns(_counted=whole & is_counted, _of=whole, _weight=heavy)
    counted, size = pl.col("_counted"), pl.col("_weight")
    is_open = counted.is_null() | (counted.fill_null(True) & size.is_null())
    sums = {
        "number": pl.when(counted).then(size.fill_null(0)),
        "denominator": pl.when(pl.col("_of").fill_null(True)).then(size.fill_null(0)),
        "unknown": pl.when(is_open).then(size.fill_null(1)),
    }
    return _summed(frame, sums, by)


def ratio(frame: pl.LazyFrame, part: str, whole: str) -> pl.LazyFrame:
    """Add up a part and its whole; the whole of a row whose part is missing or larger is unknown.

    Examples
    --------
    >>> rows = pl.LazyFrame({"paid": [5.0, None, 9.0], "granted": [10.0, 4.0, 3.0]})
    >>> ratio(rows, "paid", "granted").collect().row(0)
    (5.0, 17.0, 7.0)
    """
    is_known = (pl.col(part) <= pl.col(whole)).fill_null(False)
    sums = {
        "number": pl.when(is_known).then(pl.col(part)),
        "denominator": pl.col(whole).fill_null(0),
        "unknown": pl.when(~is_known).then(pl.col(whole).fill_null(1)),
    }
    return _summed(frame, sums, ())


def _summed(frame: pl.LazyFrame, sums: Mapping[str, pl.Expr], by: Sequence[str]) -> pl.LazyFrame:
    """Return the sums as numbers with a fraction, so that yuan, persons and shares are one table."""
    added = [expr.sum().cast(pl.Float64).alias(name) for name, expr in sums.items()]
    return frame.group_by(*by).agg(added).sort(*by) if by else frame.select(added)


def month_end(month: str) -> dt.date:
    """Return the last day of a month.

    Examples
    --------
    >>> month_end("2016-02"), month_end("2016-12")
    (datetime.date(2016, 2, 29), datetime.date(2016, 12, 31))
    """
    year, number = map(int, month.split("-"))
    first = dt.date(year + number // 12, number % 12 + 1, 1)
    return first - dt.timedelta(days=1)
