"""Small household and person tables in the shape of the catalogue, on every engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import polars as pl

from povexit.schema import columns

TYPES: dict[str, Any] = {
    "str": pl.String,
    "int": pl.Int64,
    "float": pl.Float64,
    "bool": pl.Boolean,
    "date": pl.Date,
    "datetime": pl.Datetime,
}
NULLABLE: dict[Any, str] = {
    pl.String: "string",
    pl.Int64: "Int64",
    pl.Float64: "Float64",
    pl.Boolean: "boolean",
}
ENGINES = ("polars", "lazy", "duckdb", "pandas", "arrow", "plain")


def table(name: str, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Return a table of the catalogue; what a row does not name is null."""
    schema = {c: TYPES[column.dtype] for c, column in columns(name).items()}
    filled = [{**dict.fromkeys(schema), **row} for row in rows]
    return pl.DataFrame(filled, schema=schema)


def as_engine(frame: pl.DataFrame, engine: str) -> Any:
    """Return the table as an engine's own.

    ``pandas`` has nullable dtypes, ``arrow`` Arrow's, ``plain`` what pandas makes of
    missing values when nobody takes care: NaN, None and object columns.
    """
    if engine == "lazy":
        return frame.lazy()
    if engine == "duckdb":
        return duckdb.from_arrow(frame.to_arrow())
    if engine == "arrow":
        return frame.to_pandas(use_pyarrow_extension_array=True)
    if engine == "pandas":
        known = {c: NULLABLE[t] for c, t in frame.schema.items() if t in NULLABLE}
        return frame.to_pandas().astype(known)
    return frame.to_pandas() if engine == "plain" else frame


def to_polars(native: Any) -> pl.DataFrame:
    """Return any engine's table as Polars."""
    if isinstance(native, pl.LazyFrame):
        return native.collect()
    if isinstance(native, pl.DataFrame):
        return native
    return native.pl() if hasattr(native, "pl") else pl.from_pandas(native)
