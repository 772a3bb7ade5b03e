"""A month judged twice, counted: what each county had before and after, and who flipped."""

from __future__ import annotations

import pandas as pd

from povexit.decide import counted
from povexit.explore.ground import VERDICT, Judged

#: What a share counts.
COUNTS = ("households", "persons")


def counts(before: Judged, after: Judged) -> pd.DataFrame:
    """Return households and persons by county and by both verdicts."""
    import polars as pl

    both = before.homes.select("county_code", "household_size", before=VERDICT)
    both = both.with_columns(after=after.homes[VERDICT])
    grouped = both.group_by("county_code", "before", "after").agg(
        households=pl.len().cast(pl.Int64), persons=pl.col("household_size").sum()
    )
    kinds = {"before": "boolean", "after": "boolean", "county_code": "string"}
    return grouped.to_pandas().astype(kinds).sort_values("county_code", ignore_index=True)


def by_county(counts: pd.DataFrame, count: str, of: str) -> pd.DataFrame:
    """Return what a county had before and after, from counts that add up."""
    sums = counts.groupby("county_code")[[*COUNTS]].sum()
    was, now = (counts[side].fillna(False) for side in ("before", "after"))
    table = sums.assign(
        gained=_sums(counts, now & ~was, "households"), lost=_sums(counts, was & ~now, "households")
    )
    for side, meets in (("before", was), ("after", now)):
        whole = sums[count] if of == "all" else _sums(counts, counts[side].notna(), count)
        share = _sums(counts, meets, count).astype("Float64") / whole.mask(whole == 0)
        table[f"share_{side}"] = share.reindex(table.index)
    return table.fillna({"gained": 0, "lost": 0}).reset_index()


def _sums(counts: pd.DataFrame, rows: pd.Series, count: str) -> pd.Series:
    """Return a sum a county over some rows, 0 where there are none."""
    return counts[count].where(rows.astype(bool), 0).groupby(counts["county_code"]).sum()


def villages(before: Judged, after: Judged) -> pd.DataFrame:
    """Return how many villages each county has, and how many of them fail before and after."""
    table = before.villages.groupby("county_code").size().to_frame("villages")
    for name, side in (("before", before), ("after", after)):
        fails = (~side.villages[VERDICT]).fillna(False).groupby(side.villages["county_code"]).sum()
        table[f"villages_failing_{name}"] = fails.astype("Int64")
    return table.reset_index()


def totals(side: Judged) -> pd.DataFrame:
    """Return one row a level: how many meet the rule, fail it or are unknown."""
    places = [(side.villages, side.rules["village"]), (side.counties, side.rules["county"])]
    return pd.concat([_households(side), *(counted(*place) for place in places)])


def _households(side: Judged) -> pd.DataFrame:
    import polars as pl

    grouped = side.homes.group_by(VERDICT).agg(
        units=pl.len(), persons=pl.col("household_size").sum()
    )
    by = {row[VERDICT]: row for row in grouped.to_dicts()}
    nobody = {"units": 0, "persons": 0}
    row: dict[str, object] = {"level": "households", "edition": side.rules["household"].edition}
    for state, verdict in (("meets", True), ("fails", False), ("unknown", None)):
        found = by.get(verdict, nobody)
        row |= {state: found["units"], f"persons_{state}": found["persons"]}
    return pd.DataFrame([row])
