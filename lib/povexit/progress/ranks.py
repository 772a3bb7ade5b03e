"""红黑榜: who is best and who worst, only as far as uncertainty lets anybody say so.

One place is better than another if its whole interval lies beyond the other's. A place has a
rank only if it is better or worse than every other; the others have none.
"""

from __future__ import annotations

from typing import Any

import pandas as pd


def bounds(table: pd.DataFrame) -> pd.DataFrame:
    """Return shares between what they are if no unknown counts and if every one does.

    Parameters
    ----------
    table
        ``number``, ``denominator``, ``unknown``.

    Returns
    -------
    pandas.DataFrame
        The table with ``estimate``, ``low`` and ``high``: a share of 0 to 1, missing where the
        denominator is nothing or not known.
    """
    whole = table["denominator"].astype("Float64")
    whole = whole.where(whole > 0)
    low = table["number"] / whole
    high = (table["number"] + table["unknown"]) / whole
    return table.assign(estimate=low, low=low, high=high)


def ranked(table: pd.DataFrame, *, most: int = 3, higher_is_better: bool = True) -> pd.DataFrame:
    """Rank places by their intervals.

    Parameters
    ----------
    table
        One row a place: ``low`` and ``high``; of a place without both nothing is said.
    most
        How many places may stand on either list.
    higher_is_better
        Whether a high value is good.

    Returns
    -------
    pandas.DataFrame
        The table with ``better`` and ``worse`` (how many places are surely better or worse than this
        one), ``rank`` (1 is best; missing where intervals overlap) and ``list``: ``red`` for the best
        and ``black`` for the worst ranks, else empty.

    Examples
    --------
    >>> two = pd.DataFrame({"low": [0.1, 0.5, 0.52], "high": [0.2, 0.6, 0.7]})
    >>> ranked(two, most=1)["list"].tolist()
    ['black', '', '']
    """
    known = table[["low", "high"]].dropna()
    low, high = (known[name].to_numpy(dtype=float) for name in ("low", "high"))
    above = low[:, None] > high[None, :]
    better, worse = above.sum(axis=0), above.sum(axis=1)
    if not higher_is_better:
        better, worse = worse, better
    out = table.copy()
    for name, counted in (("better", better), ("worse", worse)):
        out[name] = pd.Series(counted, index=known.index).reindex(table.index).astype("Int64")
    is_ranked = (out["better"] + out["worse"] == len(known) - 1) & (len(known) > 1)
    out["rank"] = (out["better"] + 1).where(is_ranked)
    return out.assign(list=[_list(row, len(known), most) for row in out.to_dict("records")])


def against(table: pd.DataFrame, whole: pd.DataFrame) -> pd.DataFrame:
    """Tell on which side of the whole each place lies, as far as the unknown let anybody say so.

    Parameters
    ----------
    table
        One row a place, from `bounds`.
    whole
        One row, from `bounds`: of all places together.

    Returns
    -------
    pandas.DataFrame
        The table with ``side``: ``below`` or ``above`` if the whole interval lies beyond the
        other's, ``among`` if they overlap, missing where either is not known.

    Examples
    --------
    >>> two = pd.DataFrame({"low": [0.1, 0.5], "high": [0.2, 0.7]})
    >>> against(two, pd.DataFrame({"low": [0.3], "high": [0.5]}))["side"].tolist()
    ['below', 'among']
    """
    low, high = whole["low"].iloc[0], whole["high"].iloc[0]
    side = pd.Series("among", index=table.index, dtype="string")
    if pd.isna(low) or pd.isna(high):
        return table.assign(side=side.mask(side.notna()))
    side = side.mask((table["high"] < low).fillna(False), "below")
    side = side.mask((table["low"] > high).fillna(False), "above")
    return table.assign(side=side.mask(table[["low", "high"]].isna().any(axis=1)))


def _list(row: dict[Any, Any], n: int, most: int) -> str:
    if pd.isna(row["rank"]):
        return ""
    if row["rank"] <= min(most, n // 2):
        return "red"
    return "black" if row["rank"] > n - min(most, n // 2) else ""
