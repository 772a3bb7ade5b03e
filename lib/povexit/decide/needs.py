"""What a place still lacks: the shortest list of changes after which it meets its standard.

A village or county is asked every clause of its standard, so the list is one and no choice.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pandas as pd

from povexit.decide.clauses import INDICATORS, LEAST, TABLES
from povexit.schema import columns, key

Number = int | float


def shortest(clauses: pd.DataFrame) -> pd.DataFrame:
    """Return the shortest list of what must still change before a place meets the standard.

    Parameters
    ----------
    clauses
        From `clauses`, of any number of places.

    Returns
    -------
    pandas.DataFrame
        One row a place and thing, none for a place that meets the standard: the place's keys,
        ``criterion``, ``clause``, ``indicator``, ``unit``, ``test``, ``threshold``, ``status``
        (``fail`` or ``unknown``), ``to_change``: by how much the indicator must become better
        (households, yuan, metres; 1 where something is to be built), ``to_record``: of how
        many the answer must still be found, and be good; both missing where a whole count is
        still to be made. ``is_within_reach`` is false where the rule or its value was not
        found: no change at the place can settle that.

    Notes
    -----
    Every clause is asked, so the list is unique: without any one of its things the place
    does not pass, with all of them it does. What two clauses wait for is listed once.
    """
    unit_of_place = "village" if "village_code" in clauses else "county"
    table, known = TABLES[unit_of_place], columns(INDICATORS[unit_of_place])
    short = clauses[clauses["status"].isin(["fail", "unknown"])]
    found = [
        row | {"indicator": name, "to_change": change, "to_record": record}
        for row in short.to_dict("records")
        for name, change, record in _needed(row, known)
    ]
    kept = [*(c for c in columns(table) if c not in AFTER), "status", "to_change", "to_record"]
    items = pd.DataFrame(found, columns=kept)
    waits = items["indicator"].notna() & (items["status"] == "unknown")
    items = items[~(waits & items.duplicated([*key(table)[:2], "indicator"]))]
    unit = [known[i].unit if i in known else "" for i in items["indicator"]]
    dtypes = {c: clauses[c].dtype for c in kept if c in clauses}
    dtypes |= dict.fromkeys(("to_change", "to_record"), pd.Float64Dtype())
    reach = items["threshold"].notna().astype("boolean")
    typed = items.astype(dtypes).assign(unit=pd.array(unit, dtype="string"), is_within_reach=reach)
    return typed.reset_index(drop=True)


#: Columns of `clauses` that a list of what is needed has no use for, or has anew.
AFTER = (
    "of", "value_least", "value_most", "margin", "counted", "unknown", "denominator", "status",
    "reason", "source", "confidence",
)  # fmt: skip


Need = tuple[str | None, Number | None, Number | None]


def _needed(row: Mapping[Any, Any], known: Mapping[str, Any]) -> list[Need]:
    """Return the indicators a clause waits for, what must change in each and what be found out."""
    name = row["indicator"]
    if pd.isna(row["threshold"]):
        return [(None if pd.isna(name) else name, None, None)]
    if pd.notna(row["of"]):
        return _of_count(row) if pd.isna(row["value_least"]) else [(name, *_of_share(row))]
    if pd.isna(row["value_least"]):
        return [(name, 0, 1)]
    if row["test"].startswith("is_"):
        return [(name, 1, 0)]
    return [(name, _of_number(row, known[name].dtype == "int"), 0)]


def _of_count(row: Mapping[Any, Any]) -> list[Need]:
    """Return which of count and denominator is still to be made where there is no share."""
    counted, whole = row["counted"], row["denominator"]
    is_bare = pd.isna(whole) or whole == 0
    is_void = pd.isna(counted) or not is_bare or (whole == 0 and row["test"] in LEAST)
    names = [row["of"]] * is_bare + [row["indicator"]] * bool(is_void)
    return [(name, None, None) for name in names]


def _of_share(row: Mapping[Any, Any]) -> tuple[Number, Number]:
    """Return how many more or fewer must count, and of how many that is only to be found out."""
    counted, unknown = int(row["counted"]), int(row["unknown"])
    limit = Fraction(str(row["threshold"])) * int(row["denominator"])
    if row["test"] in LEAST:
        needed = _at_least(limit, row["test"] == ">") - counted
    else:
        needed = counted + unknown + _at_least(-limit, row["test"] == "<")
    return needed - min(needed, unknown), min(needed, unknown)


def _at_least(limit: Fraction, is_strict: bool) -> int:
    """Return the smallest whole number not below, or above, a limit."""
    return math.floor(limit) + 1 if is_strict else math.ceil(limit)


def _of_number(row: Mapping[Any, Any], is_whole: bool) -> Number:
    """Return by how much a number falls short, the step over a strict limit included."""
    value, limit = row["value_least"], row["threshold"]
    side = 1 if row["test"] in LEAST else -1
    step = 1.0 if is_whole else abs(math.nextafter(limit, side * math.inf) - limit)
    return side * (limit - value) + (step if row["test"] in (">", "<") else 0.0)
