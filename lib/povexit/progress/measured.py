"""A month's numbers for every target: one row a county, target and part, sums that add up.

A county's rows come from its own tables; what is shown of the city is their sum. A table that
was not delivered, and a denominator of nothing, give unknown and never 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import pandas as pd
import polars as pl

from povexit.geography import counties
from povexit.progress import ledgers, register
from povexit.progress.model import Target
from povexit.progress.read import measures, targets
from povexit.progress.tally import SUMS, Given, polars

Row = Mapping[Any, Any]
Where = tuple[tuple[str, str], ...]
Function = Callable[[Given], pl.LazyFrame]
#: Kept with the targets' numbers: how much of the city was delivered, and what must reconcile.
BASES = (
    "households_on_register",
    "persons_on_register",
    "households_poor",
    "persons_poor",
    "households_meeting",
    "persons_meeting",
    "poor_villages",
)
SCHEMA: dict[str, Any] = {
    "month": pl.String,
    "county_code": pl.String,
    "target": pl.String,
    "part": pl.String,
    **dict.fromkeys(SUMS, pl.Float64),
}


def function(measure: str) -> Function:
    """Return the function that counts a measure."""
    room = register if hasattr(register, measure) else ledgers
    found: Function = getattr(room, measure)
    return found


def tables() -> tuple[str, ...]:
    """Return the names of the tables that the measures need."""
    return tuple(dict.fromkeys(name for m in measures().values() for name in m.needs))


def county(
    given: Mapping[str, Any],
    month: str,
    county_code: str,
    asked: Iterable[Target] | None = None,
) -> pl.DataFrame:
    """Count every target in one county's tables of one month.

    Parameters
    ----------
    given
        Table by name (see `tables`), of any engine; one that is absent or None was not
        delivered.
    month, county_code
        When and where.
    asked
        The targets; those of 2016 without it.

    Returns
    -------
    polars.DataFrame
        ``month``, ``county_code``, ``target``, ``part`` (the zone; null where there are no
        parts), ``number``, ``denominator``, ``unknown``: null where a table is missing. The rows
        of `BASES` come first. A target that names other places has no row.

    Raises
    ------
    SchemaError
        If a table lacks a column.
    """
    chosen = targets() if asked is None else tuple(asked)
    wanted: list[tuple[str, str, Where]] = [(base, base, ()) for base in BASES]
    wanted += [
        (t.id, t.measure.id, t.where) for t in chosen if not t.places or county_code in t.places
    ]
    # read once: every measure looks at some of the tables again
    read = {
        name: polars(table).collect().lazy() for name, table in given.items() if table is not None
    }
    counted = pl.collect_all([_counted(read, month, *one) for one in wanted])
    # a ledger without a zone: none, not unknown
    found = [
        rows if rows.height else _line(target, 0.0)
        for (target, *_), rows in zip(wanted, counted, strict=True)
    ]
    whole = pl.concat([pl.DataFrame(schema=SCHEMA), *found], how="diagonal_relaxed")
    keys = {"month": month, "county_code": county_code}
    return whole.with_columns(*(pl.lit(v).alias(k) for k, v in keys.items())).select(
        pl.col(name).cast(dtype) for name, dtype in SCHEMA.items()
    )


def _counted(
    given: Mapping[str, pl.LazyFrame], month: str, target: str, measure: str, where: Where
) -> pl.LazyFrame:
    if not all(name in given for name in measures()[measure].needs):
        return _line(target, None).lazy()
    return function(measure)(Given(given, month, where)).with_columns(target=pl.lit(target))


def _line(target: str, value: float | None) -> pl.DataFrame:
    types = {"target": pl.String, **dict.fromkeys(SUMS, pl.Float64)}
    return pl.DataFrame({"target": [target], **{name: [value] for name in SUMS}}, schema=types)


def totals(rows: pd.DataFrame, target: Target) -> pd.DataFrame:
    """Return one target's number in each of its counties, and in all of them together.

    Parameters
    ----------
    rows
        From `county`, of any number of counties of one month.
    target
        Which one.

    Returns
    -------
    pandas.DataFrame
        One row a county of the target's places, in the order of their codes, then ``all``:
        ``county_code``, ``number``, ``denominator``, ``unknown`` (Float64, missing where not
        known), ``missing``: of how many counties nothing is known. The city's sums are of the
        counties known; of none they are missing.
    """
    own = rows[rows["target"] == target.id].to_dict("records")
    found = pd.DataFrame(in_places(own, target), columns=["county_code", *SUMS, "missing"])
    return found.astype({**dict.fromkeys(SUMS, "Float64"), "missing": "Int64"})


def in_places(own: Iterable[Row], target: Target) -> list[dict[str, Any]]:
    """Return what `totals` does, a mapping a place, from the rows of the target alone."""
    parts: dict[str, list[Row]] = {place: [] for place in target.places or _codes()}
    for row in own:
        if row["county_code"] in parts:
            parts[row["county_code"]].append(row)
    # where one part is not known, nothing is known of the county
    known = {c: part for c, part in parts.items() if not any(map(_is_open, part))}
    sums = {place: _added(known.get(place, []), target) for place in sorted(parts)}
    missing = {place: int(one["number"] is None) for place, one in sums.items()}
    sums["all"] = _added([row for part in known.values() for row in part], target)
    missing["all"] = sum(missing.values())
    return [{"county_code": c, **one, "missing": missing[c]} for c, one in sums.items()]


@cache
def _codes() -> tuple[str, ...]:
    return tuple(counties()["county_code"])


def _is_open(row: Row) -> bool:
    return any(pd.isna(row[name]) for name in SUMS)


def _added(rows: Sequence[Row], target: Target) -> dict[str, float | None]:
    """Return sums; for a target in parts, how many reach its number, and how many may."""
    if not rows:
        return dict.fromkeys(SUMS)
    if target.at_least is None:
        return {name: math.fsum(row[name] for row in rows) for name in SUMS}
    parts: dict[str, list[Row]] = {}
    for row in rows:
        if not pd.isna(row["part"]):
            parts.setdefault(row["part"], []).append(row)
    numbers = [math.fsum(row["number"] for row in part) for part in parts.values()]
    most = [
        number + math.fsum(row["unknown"] for row in part)
        for number, part in zip(numbers, parts.values(), strict=True)
    ]
    reached = sum(number >= target.at_least for number in numbers)
    may = sum(number >= target.at_least for number in most) - reached
    return {"number": reached, "denominator": len(parts), "unknown": may}
