"""Do the numbers agree: the register's flow from month to month, and city, counties, villages, households.

A flow is an opening stock, signed lines and a closing stock. What the lines do not explain is a
line of its own, the difference: it is shown, never spread over the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import polars as pl

from povexit.privacy import SMALLEST_SHOWN
from povexit.progress.register import POOR, VERDICT, is_on_register, is_poor
from povexit.progress.tally import take

OPENING, CLOSING = "opening", "closing"
LINES = (
    "newly_identified",
    "returned",
    "born_or_joined",
    "died_or_left",
    "struck_off",
    "exits",
    "corrected",
)


def register_flow(before: Any, now: Any) -> pd.DataFrame:
    """Return how the poor on the register of one county changed from one month to the next.

    Parameters
    ----------
    before, now
        ``cleaned_households`` of two months; any engine.

    Returns
    -------
    pandas.DataFrame
        ``county_code``, ``unit`` (households, persons), ``line``, ``value``: opening, closing and
        `LINES` (新识别, 返贫, 自然增, 自然减, 整户销户, 脱贫, 更正). An exit withdrawn without a return to poverty
        is a correction. Households of unknown size add no persons.
    """
    names = ["household_id", "county_code", "register_status", "household_size"]
    old, new = (take(t, "cleaned_households", names) for t in (before, now))
    both = old.join(new, on="household_id", how="full", coalesce=True, suffix="_now")
    both = both.with_columns(
        was=pl.col("register_status").is_in(POOR),
        now=pl.col("register_status_now").is_in(POOR),
        size=pl.col("household_size").fill_null(0),
        size_now=pl.col("household_size_now").fill_null(0),
        county_code=pl.coalesce("county_code_now", "county_code"),
    )
    lines = {"households": _lines(pl.lit(1), pl.lit(1)), "persons": _lines("size", "size_now")}
    parts = [_flow(both, unit, steps) for unit, steps in lines.items()]
    return pl.concat(parts).sort("county_code", "unit").to_pandas()


def _lines(old: Any, new: Any) -> dict[str, pl.Expr]:
    """Return what a household adds to each line, from its size in either month."""
    size = pl.col(old) if isinstance(old, str) else old
    size_now = pl.col(new) if isinstance(new, str) else new
    was, is_ = pl.col("was").fill_null(False), pl.col("now").fill_null(False)
    new_here, gone = pl.col("register_status").is_null(), pl.col("register_status_now").is_null()
    came_back = pl.col("register_status_now") == "returned"
    grown = pl.when(was & is_).then(size_now - size).otherwise(0)
    entered, departed = is_ & ~was & ~new_here, was & ~is_ & ~gone
    return {
        OPENING: _when(was, size),
        "newly_identified": _when(is_ & new_here, size_now),
        "returned": _when(entered & came_back, size_now),
        "born_or_joined": grown.clip(lower_bound=0),
        "died_or_left": grown.clip(upper_bound=0),
        "struck_off": -_when(was & gone, size),
        "exits": -_when(departed, size),
        "corrected": _when(entered & ~came_back, size_now),
        CLOSING: _when(is_, size_now),
    }


def _when(condition: pl.Expr, size: pl.Expr) -> pl.Expr:
    return pl.when(condition).then(size).otherwise(0)


def _flow(both: pl.LazyFrame, unit: str, steps: Mapping[str, pl.Expr]) -> pl.DataFrame:
    sums = [expr.cast(pl.Int64).sum().alias(line) for line, expr in steps.items()]
    wide = both.group_by("county_code").agg(sums)
    long = wide.unpivot(index="county_code", variable_name="line", value_name="value")
    return (
        long.with_columns(unit=pl.lit(unit))
        .select("county_code", "unit", "line", "value")
        .collect()
    )


def balanced(flow: pd.DataFrame, place: str = "county_code") -> pd.DataFrame:
    """Return what each flow comes to, and how far that is from its closing stock.

    Parameters
    ----------
    flow
        ``place``, ``unit``, ``line``, ``value``; from `register_flow` or `povexit.progress.flows`.
    place
        The column that names whose flow it is.

    Returns
    -------
    pandas.DataFrame
        One row a place and unit: a column a line, ``explained`` (opening and all lines) and
        ``difference`` (closing less explained; missing where an end is).

    Examples
    --------
    >>> from povexit.progress.facts import flows
    >>> table = balanced(flows(), "place").set_index(["place", "unit"])["difference"]
    >>> table["那坡县", "persons"], table["百坭村", "persons"]
    (np.int64(-130), np.int64(0))
    """
    wide = flow.pivot_table("value", [place, "unit"], "line", aggfunc="sum", sort=False)
    order = [OPENING, *LINES, CLOSING]
    wide = wide.reindex(columns=[n for n in order if n in set(flow["line"]) | {OPENING, CLOSING}])
    lines = [n for n in wide.columns if n not in (OPENING, CLOSING)]
    explained = wide[OPENING] + wide[lines].sum(axis=1)
    wide = wide.assign(explained=explained, difference=wide[CLOSING] - explained)
    numbers = wide.astype("Int64")
    return numbers.reset_index().rename_axis(columns=None)


def city_steps(flow: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Return the whole city's flow as steps that may be shown, for a waterfall.

    Parameters
    ----------
    flow
        From `register_flow`, of any number of counties.
    unit
        ``households`` or ``persons``.

    Returns
    -------
    pandas.DataFrame
        ``line``, ``value``, ``kind`` (``stock``, ``step``, ``difference``), in order. Steps that rest on fewer
        than `povexit.privacy.SMALLEST_SHOWN` households are one line, ``other``, at least two together.
    """
    whole = flow.groupby(["unit", "line"], as_index=False)["value"].sum().assign(place="all")
    rows = {row["unit"]: row for row in balanced(pd.DataFrame(whole), "place").to_dict("records")}
    own, homes = rows[unit], rows["households"]
    lines = [name for name in LINES if name in own]
    # where only a household's size changes no household enters or leaves: then persons count
    rests_on = {name: abs(homes[name]) or abs(own[name]) for name in lines}
    moved = sorted((n for n in lines if rests_on[n]), key=lambda n: rests_on[n])
    small = [n for n in moved if rests_on[n] < SMALLEST_SHOWN]
    small = moved[:2] if len(small) == 1 else small
    steps = [(n, own[n], "step") for n in lines if n not in small]
    steps += [("other", sum(own[n] for n in small), "step")] * bool(small)
    gap = ("difference", own["difference"], "difference")
    table = [(OPENING, own[OPENING], "stock"), *steps, gap, (CLOSING, own[CLOSING], "stock")]
    return pd.DataFrame(table, columns=["line", "value", "kind"])


# city = counties = villages = households


QUANTITIES = (
    "households_on_register",
    "persons_on_register",
    "households_poor",
    "persons_poor",
    "households_meeting",
    "persons_meeting",
)


def of_households(decisions: Any) -> pd.DataFrame:
    """Return each county's numbers, added up from households: ``county_code``, `QUANTITIES`."""
    return _added(_decided(decisions))


def of_villages(decisions: Any, villages: Any) -> pd.DataFrame:
    """Return each county's numbers, added up over the villages of the village ledger.

    A household whose village the ledger does not have is in none of them.
    """
    known = take(villages, "cleaned_villages", ["village_code"]).unique()
    return _added(_decided(decisions).join(known, on="village_code", how="semi"))


def of_counties(rows: pd.DataFrame) -> pd.DataFrame:
    """Return each county's numbers as kept for the month, from `povexit.progress.county`."""
    own = rows[rows["target"].isin(QUANTITIES)]
    wide = own.pivot(index="county_code", columns="target", values="number")
    return wide.reindex(columns=list(QUANTITIES)).reset_index().rename_axis(columns=None)


def of_ledger(villages: Any) -> pd.DataFrame:
    """Return the poor of each county's register as its villages state them (B3-1, B4-1).

    A village that states nothing leaves its county's number unknown.
    """
    names = ["county_code", "poor_households", "poor_persons"]
    frame = take(villages, "cleaned_villages", names).collect().to_pandas()
    sums = frame.groupby("county_code")[names[1:]].agg(_whole)
    renamed = dict(zip(names[1:], ("households_poor", "persons_poor"), strict=True))
    return sums.rename(columns=renamed).reset_index()


def _decided(decisions: Any) -> pl.LazyFrame:
    names = ["county_code", "village_code", "register_status", "household_size", VERDICT]
    return take(decisions, "decisions_households", names).filter(is_on_register())


def _added(frame: pl.LazyFrame) -> pd.DataFrame:
    size, whole = pl.col("household_size").fill_null(0), pl.col("county_code").is_not_null()
    kinds = (whole, is_poor(), pl.col(VERDICT).fill_null(False))
    sums = [pl.when(kind).then(of).otherwise(0).sum() for kind in kinds for of in (1, size)]
    named = [s.cast(pl.Int64).alias(n) for s, n in zip(sums, QUANTITIES, strict=True)]
    return frame.group_by("county_code").agg(named).sort("county_code").collect().to_pandas()


def reconciled(levels: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Put every number side by side as each level has it, with the difference.

    Parameters
    ----------
    levels
        Name of a level (``households``, ``villages``, ``counties``, ``ledger``) to its numbers, a row
        a county; a level may lack numbers.

    Returns
    -------
    pandas.DataFrame
        One row a number and county, then the city (``all``): ``quantity``, ``county_code``, a column
        a level, ``difference`` (the largest less the smallest of the levels that have the number;
        missing where one of them does not know it).
    """
    long = [
        frame.melt("county_code", var_name="quantity", value_name="value").assign(level=level)
        for level, frame in levels.items()
    ]
    every = pd.concat(long, ignore_index=True)
    every["value"] = every["value"].astype("Float64")
    city = every.groupby(["quantity", "level"], sort=False)["value"].agg(_whole).reset_index()
    every = pd.concat([every, city.assign(county_code="all")], ignore_index=True)
    parts = [_side_by_side(every, quantity, list(levels)) for quantity in QUANTITIES]
    return pd.concat(parts, ignore_index=True)


def _whole(values: pd.Series) -> Any:
    return values.sum(skipna=False)


def _side_by_side(every: pd.DataFrame, quantity: str, levels: list[str]) -> pd.DataFrame:
    own = every[every["quantity"] == quantity]
    wide = own.pivot(index="county_code", columns="level", values="value").reindex(columns=levels)
    there = [level for level in levels if level in set(own["level"])]
    values = wide[there]
    spread = (values.max(axis=1) - values.min(axis=1)).where(values.notna().all(axis=1))
    table = wide.assign(difference=spread).astype("Float64").round().astype("Int64")
    return table.reset_index().rename_axis(columns=None).assign(quantity=quantity)
