"""Cleaned tables against the catalogue: names, types, gaps, ranges, codes, keys."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import polars as pl

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
#: So many of the things that are wrong are named in a message.
_NAMED = 5


def check(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """Return the table if it is as the catalogue says.

    Raises
    ------
    SchemaError
        Naming the columns, and how many rows break which check.
    """
    told = _misshapen(frame, table)
    if not told:
        broken = frame.select(_checks(table)).row(0, named=True)
        told = [f"{what}: {rows}" for what, rows in sorted(broken.items()) if rows]
    if told:
        raise SchemaError(
            "the cleaned table is not as the catalogue says",
            where=table,
            expected="povexit/schema/tables.csv",
            found="; ".join(told[:_NAMED]),
            hint="this is a defect of cleaning: send the file's name to whoever maintains povexit",
        )
    return frame


def _misshapen(frame: pl.DataFrame, table: str) -> list[str]:
    """Return what is wrong with names, types and order of the columns."""
    wanted = {name: POLARS[known.dtype] for name, known in columns(table).items()}
    given = dict(frame.schema)
    told = [f"{n} missing" for n in wanted if n not in given]
    told += [f"{n} in no catalogue" for n in given if n not in wanted]
    told += [f"{n} {t}, not {wanted[n]}" for n, t in given.items() if t != wanted.get(n, t)]
    return told or ["order of columns"] * (list(given) != list(wanted))


@cache
def _checks(table: str) -> tuple[pl.Expr, ...]:
    """Return how many rows break each check, named by column and check."""
    made = [part for known in columns(table).values() for part in _of_column(known)]
    unique = key(table)
    if unique:
        twice = pl.struct(unique).is_duplicated()
        made.append(twice.sum().alias(f"{', '.join(unique)} twice"))
    return tuple(made)


def _of_column(known: Column) -> Iterator[pl.Expr]:
    column, name = pl.col(known.name), known.name
    if not known.nullable:
        yield column.null_count().alias(f"{name} missing")
    if known.minimum is not None and known.maximum is not None:
        outside = ~column.is_between(known.minimum, known.maximum)
        yield outside.sum().alias(f"{name} outside {known.minimum:g} to {known.maximum:g}")
    if known.codes:
        strange = ~column.is_in([c.value for c in codes(known.codes)])
        yield strange.sum().alias(f"{name} not in {known.codes}")


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
