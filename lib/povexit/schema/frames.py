"""The door between a user's table and code written once for all engines.

`enter` takes a pandas, Polars or DuckDB table and gives a narwhals frame with
the catalogue's types, in which a missing value is null and nothing else: NaN is
a number to Polars (and larger than any other), so it is made null here.
`leave` gives the same kind of table back.
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
# Inside, pandas works on Arrow's types, where null stays null in every comparison and join;
# users get pandas' own nullable dtypes, as from `povexit.store.load`.
ARROW = {
    "str": "string[pyarrow]",
    "int": "int64[pyarrow]",
    "float": "double[pyarrow]",
    "bool": "bool[pyarrow]",
}
NUMPY = {"int64": "int64[pyarrow]", "float64": "double[pyarrow]", "bool": "bool[pyarrow]"}
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
    native = _nullable(native, {n: known[n].dtype for n in names})
    frame = nw.from_native(native).lazy()
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


def leave(frame: nw.LazyFrame[Any], like: Any) -> Any:
    """Return the native table behind ``frame``: eager if ``like`` is, else lazy."""
    eager = isinstance(nw.from_native(like), nw.DataFrame)
    if not nw.dependencies.is_pandas_dataframe(like):
        return nw.to_native(frame.collect() if eager else frame)
    dtypes = {
        n: NULLABLE[type(t)] for n, t in frame.collect_schema().items() if type(t) in NULLABLE
    }
    return nw.to_native(frame.collect()).astype(dtypes).reset_index(drop=True)


def _typed(name: str, dtype: str) -> nw.Expr:
    column = nw.col(name).cast(DTYPES[dtype])
    if dtype != "float":
        return column
    return nw.when(~column.is_nan()).then(column).alias(name)


def keep_unknown(frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return the frame with Arrow's types where, on pandas, NumPy's crept in.

    A count or a join gives NumPy columns there, in which the next comparison
    would make unknown false. Other engines need nothing.
    """
    if not frame.implementation.is_pandas():
        return frame
    native: Any = nw.to_native(frame)
    wanted = {c: NUMPY[str(d)] for c, d in native.dtypes.items() if str(d) in NUMPY}
    return nw.from_native(native.astype(wanted)).lazy()


def _nullable(native: Any, dtypes: dict[str, str]) -> Any:
    """Give pandas' columns types that know null, whatever they came in."""
    if not nw.dependencies.is_pandas_dataframe(native):
        return native
    known = {n: d for n, d in dtypes.items() if n in native.columns and d in ARROW}
    # by way of pandas' nullable dtypes, which take NaN and None for unknown
    middle = {n: NULLABLE[DTYPES[d]] for n, d in known.items()}
    return native.astype(middle).astype({n: ARROW[d] for n, d in known.items()})
