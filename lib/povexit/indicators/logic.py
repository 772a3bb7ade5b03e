"""Expressions that keep true, false and unknown apart on every engine."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_

import narwhals as nw

from povexit.schema import columns
from povexit.schema.frames import DTYPES


def is_one_of(name: str, values: Iterable[str]) -> nw.Expr:
    """Tell whether a column has one of ``values``; null where the column is null.

    Engines differ on what ``is_in`` says of null, comparisons agree.
    """
    return reduce(or_, (nw.col(name) == value for value in values))


def is_true(condition: nw.Expr) -> nw.Expr:
    """Tell where a condition is known to hold: never null."""
    return condition.fill_null(False)


def per_person(amount: str, persons: str = "household_size") -> nw.Expr:
    """Divide a column by a count of persons; null where nobody is counted."""
    number = nw.col(persons).cast(nw.Float64)
    return nw.col(amount) / nw.when(number > 0).then(number)


def one(flag: nw.Expr) -> nw.Expr:
    """Return 1 where a flag is known to hold, else 0."""
    return is_true(flag).cast(nw.Int64)


def unrecorded(table: str) -> dict[str, nw.Expr]:
    """Return the columns of a table that no ledger holds (role ``unrecorded``), unknown everywhere."""
    month = nw.col("month")
    never = month.is_null()
    # columns and not literals: on pandas a literal would be NumPy's, which knows no null
    nothing = nw.when(never).then(month == month)
    nobody = nw.when(never).then(nw.col("register_households"))
    found = [c for c in columns(table).values() if c.role == "unrecorded"]
    return {c.name: nothing if c.dtype == "bool" else nobody.cast(DTYPES[c.dtype]) for c in found}
