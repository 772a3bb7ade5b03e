"""What changed between two judged months, taken apart: code, data, rule; and it adds up.

Each month is there as it was recorded and as it comes out when it is judged again: the earlier
one by its own edition (what differs from the record is the code's), the later one by the earlier
edition (what differs from the earlier month is the data's) and by its own (the rule's; what then
differs from its record is the code's again). The steps are taken in this order. Counts add up over
steps and over counties; a share is taken after every step, so its parts add up too.

Between the months, data move a number unit by unit: a household that left the register or
entered it, whose answer came in or went missing, or whose indicators changed otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import reduce
from typing import Any

import pandas as pd
import polars as pl

from povexit.progress.register import POOR, VERDICT
from povexit.progress.tally import take

DATA = ("left", "entered", "answered", "changed")
#: The steps from then to now, in the order in which they are taken.
STEPS = ("code_then", *DATA, "rule", "code_now")
#: What a difference is taken apart into: the code's part is both steps of code together.
PARTS = ("code", *DATA, "rule")
ENDS = ("then", "now")
HOUSEHOLDS = (
    "households_judged",
    "households_meeting",
    "households_failing",
    "households_unknown",
    "persons_meeting",
    "households_poor",
    "persons_poor",
    "households_exited",
    "persons_exited",
)
VILLAGES = ("villages_meeting", "villages_failing", "villages_unknown", "population")
COUNTIES = ("counties_meeting", "counties_failing", "counties_unknown")
#: Share to number and denominator.
SHARES = {
    "meets_share": ("households_meeting", "households_judged"),
    "headcount_ratio": ("persons_poor", "population"),
}
QUANTITIES = (*HOUSEHOLDS, *VILLAGES, *COUNTIES)
EXITED = "exited_new"
CITY = "all"


@dataclass(frozen=True)
class Decided:
    """A month's decisions on households, villages and counties, by one edition; any engine."""

    households: Any
    villages: Any
    counties: Any


@dataclass(frozen=True)
class Stages:
    """Two months as recorded, and judged again in between.

    Attributes
    ----------
    then, now
        As recorded.
    then_again
        The earlier month judged again by its own edition.
    now_by_then, now_again
        The later month judged again by the earlier edition, and by its own.

    Every stage is of the same counties.
    """

    then: Decided
    then_again: Decided
    now_by_then: Decided
    now_again: Decided
    now: Decided


def apart(stages: Stages) -> pd.DataFrame:
    """Return every number then and now, and what its difference is made of.

    Parameters
    ----------
    stages
        Decisions on the same counties at every stage.

    Returns
    -------
    pandas.DataFrame
        One row a county and number, then the city (``all``): ``county_code``, ``quantity``, ``then``,
        ``now``, ``difference``, the parts `PARTS` that add up to it, and ``moved_<part>``: how many
        households, villages or counties a part rests on. A number that is not known (a village states
        no population) is missing, and with it its difference and the parts that would need it.
        Shares (0 to 1) have no ``moved_``. Households of unknown size add no persons.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    steps = pd.concat([_steps(stages, unit) for unit in UNITS], ignore_index=True)
    city = steps.groupby(["quantity", "step"], sort=False)[["value", "moved"]].agg(_whole)
    steps = pd.concat([steps, city.reset_index().assign(county_code=CITY)], ignore_index=True)
    values = _wide(steps, "value")
    counted = _parts(values).join(_rests_on(_wide(steps, "moved")))
    shares = [_shares(values, name, *pair) for name, pair in SHARES.items()]
    table = pd.concat([counted, *shares]).reset_index()
    order = {name: place for place, name in enumerate([*SHARES, *QUANTITIES])}
    table = table.sort_values(["county_code", "quantity"], key=lambda c: c.map(order).fillna(0))
    return table.sort_values("county_code", kind="stable", ignore_index=True)


# one unit's contributions to every number: counts, with whether the answer behind is open


def _households(decisions: Any) -> pl.LazyFrame:
    names = ["county_code", "household_id", "register_status", "household_size", VERDICT]
    frame = take(decisions, "decisions_households", names)
    status, size = pl.col("register_status"), pl.col("household_size")
    meets, poor, exited = pl.col(VERDICT), status.is_in(POOR), status == EXITED
    counts = {
        "households_judged": (pl.lit(1), pl.lit(False)),
        **_verdicts("households"),
        "persons_meeting": (_number(meets) * size, meets.is_null() | size.is_null()),
        "households_poor": (_number(poor), status.is_null()),
        "persons_poor": (_number(poor) * size, status.is_null() | size.is_null()),
        "households_exited": (_number(exited), status.is_null()),
        "persons_exited": (_number(exited) * size, status.is_null() | size.is_null()),
    }
    filled = {name: (count.fill_null(0), is_open) for name, (count, is_open) in counts.items()}
    return _contributing(frame, "household_id", filled)


def _villages(decisions: Any) -> pl.LazyFrame:
    names = ["county_code", "village_code", "persons_total", VERDICT]
    frame, people = take(decisions, "decisions_villages", names), pl.col("persons_total")
    # a village that states no population leaves the county's unknown, so it stays missing
    counts = {**_verdicts("villages"), "population": (people, people.is_null())}
    return _contributing(frame, "village_code", counts)


def _counties(decisions: Any) -> pl.LazyFrame:
    frame = take(decisions, "decisions_counties", ["county_code", VERDICT])
    return _contributing(frame.with_columns(id=pl.col("county_code")), "id", _verdicts("counties"))


UNITS = {
    "households": (_households, HOUSEHOLDS),
    "villages": (_villages, VILLAGES),
    "counties": (_counties, COUNTIES),
}
Counts = Mapping[str, tuple[pl.Expr, pl.Expr]]


def _verdicts(unit: str) -> dict[str, tuple[pl.Expr, pl.Expr]]:
    meets = pl.col(VERDICT)
    counts = {"meeting": meets, "failing": ~meets, "unknown": meets.is_null()}
    return {f"{unit}_{state}": (_number(is_so), meets.is_null()) for state, is_so in counts.items()}


def _number(flag: pl.Expr) -> pl.Expr:
    return flag.fill_null(False).cast(pl.Int64)


def _contributing(frame: pl.LazyFrame, id: str, counts: Counts) -> pl.LazyFrame:
    numbers = [count.cast(pl.Int64).alias(name) for name, (count, _) in counts.items()]
    opens = [is_open.alias(f"open_{name}") for name, (_, is_open) in counts.items()]
    return frame.select("county_code", pl.col(id).alias("id"), *numbers, *opens)


# from one stage to the next


def _steps(stages: Stages, unit: str) -> pd.DataFrame:
    """Return each number of a unit then and now and what each step adds, a row a county."""
    counted, names = UNITS[unit]
    given = (getattr(stages, field.name) for field in fields(Stages))
    then, again, by_then, by_now, now = (counted(getattr(decided, unit)) for decided in given)
    parts = [
        _ends(then, names, "then"),
        _moved(then, again, names, ("code_then",)),
        _moved(again, by_then, names, DATA),
        _moved(by_then, by_now, names, ("rule",)),
        _moved(by_now, now, names, ("code_now",)),
        _ends(now, names, "now"),
    ]
    wide = reduce(_beside, parts, _counties(stages.now.counties).select("county_code"))
    long = wide.unpivot(index="county_code").collect().to_pandas()
    long[["quantity", "step", "what"]] = long["variable"].str.split("|", expand=True).to_numpy()
    keys = ["county_code", "quantity", "step"]
    table = long.pivot(index=keys, columns="what", values="value").astype("Int64")
    return pd.DataFrame(table.reset_index().rename_axis(columns=None))


def _beside(places: pl.LazyFrame, part: pl.LazyFrame) -> pl.LazyFrame:
    """Return the sums of a part beside those before; a county without units has none, not unknown."""
    names = part.collect_schema().names()[1:]
    both = places.join(part.with_columns(there=pl.lit(True)), on="county_code", how="left")
    filled = pl.when("there").then(pl.col(names)).otherwise(0)
    return both.with_columns(filled).drop("there")


def _ends(frame: pl.LazyFrame, names: Sequence[str], step: str) -> pl.LazyFrame:
    sums = [_sum(pl.col(n)).alias(f"{n}|{step}|value") for n in names]
    return frame.group_by("county_code").agg(sums)


def _moved(
    before: pl.LazyFrame, after: pl.LazyFrame, names: Sequence[str], steps: Sequence[str]
) -> pl.LazyFrame:
    """Return what units add to numbers between two stages; of several steps, each by its cause."""
    old, new = before.with_columns(was=pl.lit(True)), after.with_columns(now=pl.lit(True))
    both = old.join(new, on=["county_code", "id"], how="full", coalesce=True, suffix="_now")
    sums = []
    for name in names:
        change = _change(name)
        for step in steps:
            is_own = pl.lit(True) if len(steps) == 1 else _cause(name) == step
            own = pl.when(is_own).then(change).otherwise(0)
            sums.append(_sum(own).alias(f"{name}|{step}|value"))
            sums.append((own.fill_null(1) != 0).sum().cast(pl.Int64).alias(f"{name}|{step}|moved"))
    return both.group_by("county_code").agg(sums)


def _change(name: str) -> pl.Expr:
    """Return what a unit adds to a number: missing where one side is unknown, 0 where both are."""
    was, now = (
        pl.when(pl.col(side).fill_null(False)).then(pl.col(column)).otherwise(0)
        for column, side in ((name, "was"), (f"{name}_now", "now"))
    )
    return pl.when(was.is_null() & now.is_null()).then(0).otherwise(now - was)


def _cause(name: str) -> pl.Expr:
    """Return why a unit moves a number from one month to the next: the first that holds."""
    was_open, is_open = pl.col(f"open_{name}"), pl.col(f"open_{name}_now")
    return (
        pl.when(pl.col("now").is_null())
        .then(pl.lit("left"))
        .when(pl.col("was").is_null())
        .then(pl.lit("entered"))
        .when(was_open != is_open)
        .then(pl.lit("answered"))
        .otherwise(pl.lit("changed"))
    )


def _sum(values: pl.Expr) -> pl.Expr:
    """Return a sum that is missing if a part of it is."""
    return pl.when(values.is_null().any()).then(None).otherwise(values.sum()).cast(pl.Int64)


def _whole(values: pd.Series) -> Any:
    return values.sum(skipna=False)


# from steps to parts


def _wide(steps: pd.DataFrame, what: str) -> pd.DataFrame:
    """Return a column a step, of a row a place and number."""
    wide = steps.pivot(index=["county_code", "quantity"], columns="step", values=what)
    return pd.DataFrame(wide[[*ENDS, *STEPS]].rename_axis(columns=None))


def _parts(wide: pd.DataFrame) -> pd.DataFrame:
    """Return the ends, their difference and its parts."""
    parts = wide[[*DATA, "rule"]].assign(code=wide["code_then"] + wide["code_now"])
    ends = wide[list(ENDS)].assign(difference=wide["now"] - wide["then"])
    return ends.join(parts[list(PARTS)])


def _rests_on(moved: pd.DataFrame) -> pd.DataFrame:
    """Return how many units each part rests on; of code's two steps, the larger number."""
    code = moved[["code_then", "code_now"]].max(axis=1)
    return moved.assign(code=code)[list(PARTS)].add_prefix("moved_")


def _shares(values: pd.DataFrame, name: str, number: str, whole: str) -> pd.DataFrame:
    """Return a share as counts are, each step being what it adds to the share."""
    up, down = (_walked(values, quantity) for quantity in (number, whole))
    share = (up / down.where(down > 0)).astype("Float64")
    wide = share - share.shift(axis=1)
    wide = wide[list(STEPS)].assign(then=share["then"], now=share["now"])
    wide.index = pd.MultiIndex.from_product([wide.index, [name]], names=["county_code", "quantity"])
    return _parts(wide)


def _walked(values: pd.DataFrame, quantity: str) -> pd.DataFrame:
    """Return what a number comes to after each step, a row a place; last, as it is now."""
    own = values[values.index.get_level_values("quantity") == quantity].droplevel("quantity")
    walked = own[["then", *STEPS]].astype("Float64").cumsum(axis=1, skipna=False)
    return walked.assign(now=own["now"].astype("Float64"))
