"""The rules worth showing: those that are broken, most often first, with their names."""

from __future__ import annotations

import pandas as pd

from povexit.quality.model import CHECKED

MOST_SHOWN = 18


def most_flagged(table: pd.DataFrame, labels: dict[str, str], most: int) -> pd.DataFrame:
    """Return the rows of the rules broken most often over all counties of the table.

    Parameters
    ----------
    table
        From `povexit.quality.check`, of one or more counties.
    labels
        Rule to name.
    most
        How many rules at the most.
    """
    checked = table[table["status"] == CHECKED]
    sums = checked.groupby("rule_id", sort=False)[["checked", "flagged", "unknown"]].sum()
    known = (sums["checked"] - sums["unknown"]).astype("Float64")
    share = sums["flagged"] / known.where(known > 0)
    broken = share[sums["flagged"] > 0].sort_values(ascending=False, kind="stable")
    order = {rule: place for place, rule in enumerate(broken.head(most).index)}
    shown = checked[checked["rule_id"].isin(order)]
    shown = shown.assign(name=shown["rule_id"].map(labels), _order=shown["rule_id"].map(order))
    shown = shown.sort_values(["_order", "county_code"], kind="stable", ignore_index=True)
    return shown.drop(columns="_order")
