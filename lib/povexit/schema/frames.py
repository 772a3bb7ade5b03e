"""The door between a user's table and code written once for all engines.

`enter` takes a pandas, Polars or DuckDB table and gives a narwhals frame with
the catalogue's types, in which a missing value is null and nothing else: NaN is
a number to Polars (and larger than any other), so it is made null here.
`leave` gives the same kind of table back. Between the two, pandas' tables are Polars':
its columns would be computed one by one, of which a standard has some hundreds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import narwhals as nw

from povexit.errors import SchemaError
from povexit.schema import columns

DTYPES: dict[str, Any] = {
    "str": nw.String,
    "int": nw.Int64,
    "float": nw.Float64,
    "bool": nw.Boolean,
    "date": nw.Date,
    "datetime": nw.Datetime,
}
#: The dtypes of pandas' tables: those that know what is missing.
NULLABLE = {nw.String: "string", nw.Int64: "Int64", nw.Float64: "Float64", nw.Boolean: "boolean"}


def enter(native: Any, table: str, names: Iterable[str]) -> nw.LazyFrame[Any]:
    """Return the columns ``names`` of a table, typed as the catalogue says.

    Parameters
    ----------
    native
        A pandas or Polars frame (eager or lazy) or a DuckDB relation.
    table
        The catalogue's table whose types count.
    names
        Columns to take; others are left out.

    Returns
    -------
    narwhals.LazyFrame
        As many rows as came in; NaN became null.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    known, names = columns(table), list(names)
    frame = lazily(_nullable(native, {n: known[n].dtype for n in names}))
    given = set(frame.collect_schema().names())
    missing = [n for n in names if n not in given]
    if missing:
        raise SchemaError(
            "columns are missing",
            where=table,
            expected=", ".join(missing),
            hint="give the table as cleaned; an answer nobody has is a column of nulls",
        )
    return frame.select(_typed(n, known[n].dtype) for n in names)


def lazily(native: Any) -> nw.LazyFrame[Any]:
    """Return a table as a lazy frame of its own engine; pandas' is Polars'."""
    frame = nw.from_native(native)
    return frame.lazy("polars") if frame.implementation.is_pandas() else frame.lazy()


def leave(frame: nw.LazyFrame[Any], like: Any) -> Any:
    """Return a table of the same kind as ``like``: eager if that is, else lazy."""
    if not isinstance(nw.from_native(like), nw.DataFrame):
        return nw.to_native(frame)
    found = frame.collect()
    if not nw.dependencies.is_pandas_dataframe(like):
        return nw.to_native(found)
    dtypes = {n: NULLABLE[type(t)] for n, t in found.schema.items() if type(t) in NULLABLE}
    # by way of Arrow's types: NumPy's have no null, and make floats of whole numbers
    return nw.to_native(found).to_pandas(use_pyarrow_extension_array=True).astype(dtypes)


def _typed(name: str, dtype: str) -> nw.Expr:
    column = nw.col(name).cast(DTYPES[dtype])
    if dtype != "float":
        return column
    return nw.when(~column.is_nan()).then(column).alias(name)


def _nullable(native: Any, dtypes: dict[str, str]) -> Any:
    """Give pandas' columns types that know null, whatever they came in; leave out the others."""
    if not nw.dependencies.is_pandas_dataframe(native):
        return native
    given = native[[n for n in dtypes if n in native.columns]]
    known = {n: DTYPES[d] for n, d in dtypes.items() if n in given}
    # they take NaN and None for unknown
    return given.astype({n: NULLABLE[d] for n, d in known.items() if d in NULLABLE})
