"""From villages to their county: sums, with the unknown of every village carried along.

A village whose count is not known adds its whole denominator to the unknown; one whose
denominator is not known leaves the county's unknown, since nothing bounds it.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw
import pandas as pd

from povexit.errors import UnknownNameError
from povexit.geography import counties as all_counties
from povexit.indicators.logic import one, unrecorded
from povexit.schema import columns, nearest
from povexit.schema.frames import enter, leave

VILLAGES, COUNTIES = "indicators_villages", "indicators_counties"
KEYS = ("county_code", "month")
REGISTER = ("register_households", "register_persons", "poor_households", "poor_persons")
#: Counts of a county and the whole each is part of: both are sums over its villages.
SUMS = {
    "remaining_poor_persons": "persons_total",
    "households_with_housing": "households_total",
    "persons_with_medical_cover": "persons_total",
    "children_out_of_school": "school_age_children",
    "households_with_water": "households_total",
    "households_with_power": "households_total",
    "households_with_television": "households_total",
    "hamlets_with_road": "hamlets_20plus",
    "households_in_industry": "industry_poor_households",
    "pension_insured_persons": "pension_eligible_persons",
    "aged_receiving_persons": "aged_insured_persons",
    "dibao_covered_households": "dibao_eligible_households",
}
WHOLES = tuple(dict.fromkeys(SUMS.values()))
#: What villages of a county have: each a yes or no of the village.
HAVING = {
    "villages_with_hardened_road": "has_hardened_road",
    "villages_with_office": "has_office",
    "villages_with_notice_board": "has_notice_board",
    "villages_with_clinic": "has_clinic",
    "villages_with_court": "has_court",
    "villages_with_culture_room": "has_culture_room",
    "villages_with_broadband": "has_broadband",
    "poor_villages_with_cooperative": "has_cooperative",
}


def county(villages: Any) -> Any:
    """Return the indicators of every county.

    Parameters
    ----------
    villages
        From `povexit.indicators.village`; pandas, Polars or DuckDB. All villages of a county.

    Returns
    -------
    table of the same kind
        One row a county, ordered by ``county_code`` and ``month``; columns and units as the
        catalogue's ``indicators_counties`` says.

    Raises
    ------
    SchemaError
        If a column is missing.
    UnknownNameError
        If a county's code is not one of the city's counties.
    """
    frame = _villages(villages)
    _check_counties(frame)
    flags = _flags()
    counts = [c for name in SUMS for c in (name, f"{name}_unknown")]
    sums = (
        frame.with_columns(*_filled(), **flags)
        .group_by(*KEYS)
        .agg(
            nw.len().alias("villages_total"),
            *(nw.col(c).sum() for c in (*REGISTER, *flags, *counts)),
            *(nw.col(w).sum() for w in WHOLES),
        )
    )
    whole = (c for c in sums.collect_schema().names() if c not in KEYS)
    ready = sums.with_columns(nw.col(c).cast(nw.Int64) for c in whole)
    known = ready.with_columns(*_known(), **unrecorded(COUNTIES))
    return leave(known.select(list(columns(COUNTIES))).sort(*KEYS), like=villages)


def lacking(villages: Any, indicator: str) -> pd.DataFrame:
    """Return the villages behind a county's number: which of them lack how much of it.

    Parameters
    ----------
    villages
        From `povexit.indicators.village`; pandas, Polars or DuckDB.
    indicator
        A count of ``indicators_counties``, such as ``villages_with_hardened_road``.

    Returns
    -------
    pandas.DataFrame
        ``village_code``, ``village_name``, ``lacking`` (households, persons, hamlets, or 1 for
        the village itself) and ``unknown``; those with neither left out, the most first.

    Raises
    ------
    UnknownNameError
        If a county has no such count.

    Notes
    -----
    Where little is good (poor persons, children out of school) these are the ones there are.
    """
    if indicator not in SUMS and indicator not in HAVING:
        known = [*SUMS, *HAVING]
        raise UnknownNameError(
            f"no count {indicator!r} of a county", found=indicator, hint=nearest(indicator, known)
        )
    frame = _villages(villages).with_columns(**_flags()).with_columns(*_filled())
    counted, unknown = nw.col(indicator), nw.col(f"{indicator}_unknown")
    if indicator in BAD:
        short = counted
    else:
        short = nw.col(SUMS.get(indicator, _whole_of(indicator))) - counted - unknown
    table = frame.select("village_code", "village_name", lacking=short, unknown=unknown).collect()
    found = table.to_pandas().astype({"lacking": "Int64", "unknown": "Int64"})
    some = found[(found["lacking"].fillna(1) > 0) | (found["unknown"].fillna(1) > 0)]
    return some.sort_values(
        ["lacking", "unknown", "village_code"], ascending=[False, False, True], ignore_index=True
    )


#: Counts of what should not be.
BAD = ("remaining_poor_persons", "children_out_of_school")


def _villages(villages: Any) -> nw.LazyFrame[Any]:
    own = [*KEYS, "village_code", "village_name", "is_poor_village", "is_township_seat"]
    counts = [c for name in SUMS for c in (name, f"{name}_unknown")]
    names = [*own, *REGISTER, *WHOLES, *counts, *HAVING.values()]
    return enter(villages, VILLAGES, dict.fromkeys(names))


def _check_counties(frame: nw.LazyFrame[Any]) -> None:
    known = set(all_counties()["county_code"])
    found = frame.select("county_code").unique().collect()["county_code"].to_list()
    if strange := sorted(c for c in found if c not in known):
        raise UnknownNameError(
            "no such county",
            where=VILLAGES,
            expected=", ".join(sorted(known)),
            found=", ".join(strange),
            hint="codes are those of 2016: 451002 and not 451003",
        )


def _filled() -> list[nw.Expr]:
    """Return counts in which a village without one leaves its whole denominator unknown."""
    found = []
    for name, whole in SUMS.items():
        counted, unknown = nw.col(name), nw.col(f"{name}_unknown")
        is_known = ~counted.is_null() & ~unknown.is_null()
        found.append(nw.when(is_known).then(counted).otherwise(nw.lit(0, dtype=nw.Int64)))
        found.append(nw.when(is_known).then(unknown).otherwise(nw.col(whole)))
    names = [c for name in SUMS for c in (name, f"{name}_unknown")]
    return [expr.alias(name) for expr, name in zip(found, names, strict=True)]


def _flags() -> dict[str, nw.Expr]:
    """Return 1 or 0 a village: what it has, what is unknown of it, which total it lacks."""
    found = {f"{w}_missing": nw.col(w).is_null().cast(nw.Int64) for w in WHOLES}
    homes, people = nw.col("households_total"), nw.col("persons_total")
    found["villages_without_totals"] = (homes.is_null() | people.is_null()).cast(nw.Int64)
    poor = nw.col("is_poor_village")
    found["poor_villages"] = one(poor)
    found["poor_villages_missing"] = poor.is_null().cast(nw.Int64)
    found["villages"] = one(~nw.col("village_code").is_null())
    for name, column in HAVING.items():
        has = nw.col(column)
        if name == "villages_with_clinic":
            has = has | nw.col("is_township_seat")
        among = one(poor) if name.startswith("poor_") else nw.lit(1, dtype=nw.Int64)
        found[name] = one(has) * among
        found[f"{name}_unknown"] = has.is_null().cast(nw.Int64) * among
    return found


def _whole_of(indicator: str) -> str:
    return "poor_villages" if indicator.startswith("poor_") else "villages"


def _known() -> list[nw.Expr]:
    """Return sums that are unknown where a village's denominator is."""
    found: list[nw.Expr] = []
    for whole in (*WHOLES, "poor_villages"):
        is_known = nw.col(f"{whole}_missing") == 0
        counts = [n for n, w in SUMS.items() if w == whole]
        names = [whole, *(c for n in counts for c in (n, f"{n}_unknown"))]
        found += [nw.when(is_known).then(nw.col(c)).alias(c) for c in names]
    return found
