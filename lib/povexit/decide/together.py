"""Which criteria households fail together: one lack, or many at once."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import pandas as pd

from povexit.privacy import SMALLEST_SHOWN
from povexit.schema.frames import enter
from povexit.standards import Standard

TABLE = "decisions_households"
#: How many combinations stand by themselves; the rarer ones are counted together.
MOST = 10


def failing_together(decisions: Any, standard: Standard, most: int = MOST) -> pd.DataFrame:
    """Count the households that fail, by all the criteria they fail.

    Parameters
    ----------
    decisions
        One row a household, from `household`; any engine.
    standard
        The edition it was judged by.
    most
        How many combinations stand by themselves.

    Returns
    -------
    pandas.DataFrame
        The most frequent first: a boolean column a criterion (true: fails), ``households``,
        ``persons``, ``share`` of all households that fail (0 to 1) and ``is_other``, true for the
        last row, which counts the rarer combinations together. What is not known of a household
        is not failed. No row stands for fewer than ten households: those are among the others,
        and if the others were as few, the rarest shown joins them.
    """
    ids = [c.id for c in standard.criteria]
    frame = enter(decisions, TABLE, [*ids, "household_size"])
    fails = [(~nw.col(c)).fill_null(False).alias(c) for c in ids]
    failing = frame.with_columns(*fails).filter(
        nw.any_horizontal(*map(nw.col, ids), ignore_nulls=True)
    )
    counted = failing.group_by(*ids).agg(
        nw.len().alias("households"), nw.col("household_size").sum().alias("persons")
    )
    table = counted.collect().to_pandas().astype(dict.fromkeys(ids, bool))
    table = table.astype({"households": int, "persons": int})
    order = ["households", *ids]
    table = table.sort_values(order, ascending=[False, *[True] * len(ids)], ignore_index=True)
    return _pooled(table, ids, most)


def _pooled(table: pd.DataFrame, ids: list[str], most: int) -> pd.DataFrame:
    """Count the rarest combinations as one row, so that no row stands for few households."""
    n = min(most, int((table["households"] >= SMALLEST_SHOWN).sum()))
    rest = table.iloc[n:]
    while n and len(rest) and rest["households"].sum() < SMALLEST_SHOWN:
        n -= 1
        rest = table.iloc[n:]
    shown = table.iloc[:n].assign(is_other=False)
    if len(rest):
        other: dict[str, Any] = {**dict.fromkeys(ids, False), "is_other": True}
        other |= {count: int(rest[count].sum()) for count in ("households", "persons")}
        shown = pd.concat([shown, pd.DataFrame([other])], ignore_index=True)
    total = shown["households"].sum()
    if 0 < total < SMALLEST_SHOWN:
        shown = shown.iloc[:0]  # so few fail that not even their number is shown here
    return shown.assign(share=shown["households"] / total if total else 0.0)
