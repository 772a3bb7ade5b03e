"""Cleaned tables against the catalogue, by pandera: names, types, ranges, codes, keys."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from povexit.errors import SchemaError
from povexit.schema import Column, codes, columns, key

POLARS: dict[str, Any] = {
    "str": pl.String,
    "int": pl.Int64,
    "float": pl.Float64,
    "bool": pl.Boolean,
    "date": pl.Date,
    "datetime": pl.Datetime("ms"),
}


@cache
def schema(table: str) -> pa.DataFrameSchema:
    """Return the pandera schema of a table of the catalogue."""
    made = {name: _column(known) for name, known in columns(table).items()}
    unique = key(table) or None
    return pa.DataFrameSchema(made, unique=unique, strict=True, ordered=True, name=table)


def _column(known: Column) -> pa.Column:
    checks = []
    if known.minimum is not None and known.maximum is not None:
        checks.append(pa.Check.in_range(known.minimum, known.maximum))
    if known.codes:
        checks.append(pa.Check.isin([c.value for c in codes(known.codes)]))
    return pa.Column(POLARS[known.dtype], checks=checks, nullable=known.nullable)


def check(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """Return the table if it is as the catalogue says.

    Raises
    ------
    SchemaError
        Naming the columns and how many rows break which check.
    """
    try:
        return schema(table).validate(frame, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases.group_by("column", "check").len().sort("column", "check")
        told = "; ".join(f"{c} {check}: {n}" for c, check, n in cases.head(5).iter_rows())
        raise SchemaError(
            "the cleaned table is not as the catalogue says",
            where=table,
            expected="povexit/schema/tables.csv",
            found=told,
            hint="this is a defect of cleaning: send the file's name to whoever maintains povexit",
        ) from None


def refer(frame: pl.DataFrame, column: str, target: pl.DataFrame, table: str) -> None:
    """Raise unless every value of a foreign key is there in the table it points to.

    Raises
    ------
    SchemaError
        If one is not.
    """
    lost = frame.join(target, on=column, how="anti").height
    if lost:
        raise SchemaError(
            "rows point to rows that are not there",
            where=f"{table}.{column}",
            found=f"{lost} rows",
            hint="this is a defect of cleaning: send the file's name to whoever maintains povexit",
        )
