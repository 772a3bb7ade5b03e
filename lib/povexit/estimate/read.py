"""Columns of any table as arrays: numbers, yes/no answers, labels.

This is the only place that looks at the user's table. What comes in as pandas,
Polars, DuckDB or Arrow leaves as NumPy: missing is NaN in numbers and -1 in codes.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from povexit.errors import DesignError

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

#: How many offenders an error names before it only counts them.
SHOWN = 10


def collected(native: Any) -> nw.DataFrame[Any]:
    """Return a table in memory; a pandas frame is held apart from later edits by its owner."""
    try:
        frame = nw.from_native(native)
    except TypeError as error:
        raise DesignError(
            "this is not a table",
            expected="a pandas or Polars frame, an Arrow table or a DuckDB relation",
            found=type(native).__name__,
        ) from error
    if isinstance(frame, nw.LazyFrame):
        return frame.collect()
    if frame.implementation.is_pandas():
        return nw.from_native(frame.to_native().copy(deep=False))
    return frame


def column(frame: nw.DataFrame[Any], name: Any) -> nw.Series[Any]:
    """Return one column by its name."""
    if not isinstance(name, str):
        raise DesignError(
            "a column is named by a text",
            expected="the name of a column of the design's table",
            found=type(name).__name__,
            hint="a mask or list of values may not fit the rows: put it into the table as a column",
        )
    if name not in frame.columns:
        near = get_close_matches(name, frame.columns, n=3)
        raise DesignError(
            "a column is missing",
            where=name,
            found=f"similar names: {', '.join(near)}" if near else None,
            hint="check the spelling; an answer nobody has is a column of nulls",
        )
    return frame.get_column(name)


def numbers(frame: nw.DataFrame[Any], name: Any) -> Floats:
    """Return a column of numbers (true counts as 1), NaN where it is missing.

    Raises
    ------
    DesignError
        If the column holds anything but finite numbers, yes/no and nulls.
    """
    series = _plain(column(frame, name))
    if not (series.dtype.is_numeric() or series.dtype == nw.Boolean):
        if series.null_count() == len(series):
            return np.full(len(series), np.nan)
        raise DesignError(
            "a column is not numeric",
            where=name,
            expected="numbers or yes/no",
            found=f"{series.dtype}, such as {series.drop_nulls()[0]!r}",
            hint="clean the column first; an unknown answer is a null",
        )
    plain = series if series.dtype == nw.Float64 else series.cast(nw.Float64)
    values = np.ascontiguousarray(plain.to_numpy(), dtype=float)
    # a sum is finite unless a value is not; looking at each takes longer
    if not np.isfinite(values.sum()):
        refuse(np.isinf(values), values, name, "a value is infinite", "finite numbers")
    return values


def limits(values: Floats) -> tuple[float, float]:
    """Return the least and the largest value, NaN apart."""
    low, high = values.min(initial=np.inf), values.max(initial=-np.inf)
    return (np.fmin.reduce(values), np.fmax.reduce(values)) if np.isnan(low) else (low, high)


def _plain(series: nw.Series[Any]) -> nw.Series[Any]:
    """Give a pandas column of Python objects, such as True and None, a type of its own."""
    if series.dtype != nw.Object:
        return series
    return nw.from_native(pd.Series(series.to_native()).convert_dtypes(), series_only=True)


def codes(frame: nw.DataFrame[Any], name: Any) -> tuple[Codes, Any]:
    """Return each row's code and the sorted labels behind the codes; -1 where missing."""
    native = column(frame, name).to_pandas()
    found, labels = pd.factorize(native, sort=True)
    return found.astype(np.int64), pd.array(list(labels))


def required(frame: nw.DataFrame[Any], name: Any, what: str) -> tuple[Codes, Any]:
    """Return codes and labels of a column that may not have holes."""
    found, labels = codes(frame, name)
    refuse(found < 0, found, name, f"a {what} is missing", f"the {what} of every row")
    return found, labels


def refuse(bad: Flags, values: Any, name: str, problem: str, expected: str) -> None:
    """Raise a DesignError that names the first rows where ``bad`` holds."""
    if not bad.any():
        return
    rows = np.flatnonzero(bad)
    shown = ", ".join(f"row {r + 1} ({values[r]:g})" for r in rows[:SHOWN])
    raise DesignError(
        problem,
        where=name,
        expected=expected,
        found=f"{len(rows)} of {len(bad)} rows: {shown}{listing_end(len(rows))}",
        hint="rows are counted from 1 as they stand in the table; mend or remove them there",
    )


def listing(items: Iterable[Any]) -> str:
    """Return the first few items as text and how many more there are."""
    given = [str(i) for i in items]
    return ", ".join(given[:SHOWN]) + listing_end(len(given))


def listing_end(count: int) -> str:
    """Return how many items a listing leaves out, as its ending."""
    return f" and {count - SHOWN} more" if count > SHOWN else ""


def stacked(a: pd.DataFrame, b: pd.DataFrame) -> pd.DataFrame:
    """Put two tables of labels below one another; one without rows has no types to add."""
    return pd.concat([t for t in (a, b) if len(t)] or [a], ignore_index=True)


def binned(group: Codes, values: Floats, count: int) -> Floats:
    """Add up values by group; a group without any has 0."""
    return np.bincount(group, values, minlength=count).astype(float, copy=False)


def added_up(totals: Floats, group: Codes, count: int) -> Floats:
    """Add up the rows of ``totals`` by group."""
    return np.column_stack([binned(group, c, count) for c in totals.T])


def in_order(code: Codes) -> Codes:
    """Return where codes of 0 and more go when sorted, equal ones in the order they had."""
    # sixteen bits are sorted by counting, ten times faster
    small = code.astype(np.int16) if code.max(initial=0) < 2**15 else code
    return np.argsort(small, kind="stable")


def grouped(*parts: Codes) -> tuple[Codes, Codes]:
    """Return one code for each combination of codes that occurs, and where it first occurs.

    Combinations are numbered in sorted order.

    Examples
    --------
    >>> group, first = grouped(np.array([1, 0, 1]), np.array([0, 5, 0]))
    >>> group.tolist(), first.tolist()
    ([1, 0, 1], [1, 0])
    """
    key, span = parts[0], int(parts[0].max(initial=-1)) + 1
    for part in parts[1:]:
        width = int(part.max(initial=0)) + 1
        key, span = key * width + part, span * width
    if (key[1:] >= key[:-1]).all():  # sorted, as cells and sorted tables are
        first = np.flatnonzero(np.diff(key, prepend=-1))
        return np.repeat(np.arange(len(first)), np.diff(first, append=len(key))), first
    if span > 4 * len(key) + 1024:
        group, values = pd.factorize(key, sort=True)
        key, span = group.astype(np.int64), len(values)
    first = np.full(span, -1, dtype=np.int64)
    first[key[::-1]] = np.arange(len(key) - 1, -1, -1, dtype=np.int64)
    occurs = first >= 0
    if occurs.all():
        return key, first
    renumbered = np.cumsum(occurs) - 1
    return renumbered[key], first[occurs]
