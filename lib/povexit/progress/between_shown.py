"""What of a difference taken apart may be shown: no part that rests on few households.

A part of fewer than `povexit.privacy.SMALLEST_SHOWN` households is not shown, in none of the numbers
that add up with one another. Parts add up to a difference and counties to the city, and both are
shown; so in no line, of parts or of counties, is one part hidden alone: the smallest other goes
with it. Parts of none are hidden among the small ones, or it would be known which are not.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from povexit.privacy import SMALLEST_SHOWN, suppress_small
from povexit.progress.between import CITY, DATA, HOUSEHOLDS, PARTS, SHARES

VALUES = ("then", "now", "difference")
SHOWN = ("code", "data", *DATA, "rule", "other")
#: What a number rests on where that is not all households judged: a cell of the register.
CELLS = {
    "households_poor": "households_poor",
    "persons_poor": "households_poor",
    "headcount_ratio": "households_poor",
    "households_exited": "households_exited",
    "persons_exited": "households_exited",
}
BASE = "households_judged"
#: Numbers that add up with one another: of verdicts, and of the register.
LINKED = (
    tuple(n for n in HOUSEHOLDS if n not in CELLS),
    tuple(n for n in HOUSEHOLDS if n in CELLS),
)
KEYS = ["county_code", "quantity"]


def shown_apart(table: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers of `povexit.progress.apart` as they may be shown.

    Parameters
    ----------
    table
        From `povexit.progress.apart`.

    Returns
    -------
    pandas.DataFrame
        ``county_code``, ``quantity``, ``then``, ``now``, ``difference``, ``code``, ``data`` (of all
        causes together), its causes, ``rule``, ``other`` (the hidden parts together; missing if
        none is) and ``status`` (``shown``, ``suppressed``, ``unknown``). A hidden part is missing. Of
        shares, causes are not shown: with those of their counts they would tell hidden ones.
    """
    hidden = {name: found for names in LINKED if (found := _hidden(table, names)) for name in names}
    few = {base: _few(table, base) for base in (BASE, *set(CELLS.values()))}
    parts = [
        _quantity(own, few[CELLS.get(str(name), BASE)], hidden.get(str(name), set()))
        for name, own in table.groupby("quantity", sort=False)
    ]
    whole = pd.concat(parts).sort_index()
    of_shares = [_of_share(whole, name) for name in SHARES]
    whole = pd.concat([whole[~whole["quantity"].isin(list(SHARES))], *of_shares]).sort_index()
    return whole[[*KEYS, *VALUES, *SHOWN, "status"]]


Hidden = set[tuple[str, str]]


def _quantity(own: pd.DataFrame, few: set[str], hidden: Hidden) -> pd.DataFrame:
    """Return one number's rows with what may not be shown left out."""
    places = own["county_code"]
    gone = places.isin(few)
    closed = pd.DataFrame({p: gone | places.isin([c for c, q in hidden if q == p]) for p in PARTS})
    out = own.assign(status=pd.Series("shown", own.index).mask(own["difference"].isna(), "unknown"))
    out["status"] = out["status"].mask(gone, "suppressed")
    out[list(PARTS)] = out[list(PARTS)].mask(closed)
    out["data"] = out["difference"] - out["code"] - out["rule"]
    rest = out["difference"] - out[list(PARTS)].fillna(0).sum(axis=1)
    out["other"] = rest.where(closed.any(axis=1) & ~gone)
    out[list(VALUES)] = out[list(VALUES)].mask(gone)
    return out.assign(data=out["data"].mask(gone))


def _few(table: pd.DataFrame, base: str) -> set[str]:
    """Return the places whose numbers rest on too few, of counties at least two together."""
    own = table[table["quantity"] == base]
    cells = own.assign(n=own[["then", "now"]].min(axis=1))
    is_city = cells["county_code"] == CITY
    parts = [suppress_small(cells[of], "n", []) for of in (~is_city, is_city)]
    found = pd.concat(parts)
    return set(found.loc[found["status"] == "suppressed", "county_code"])


def _hidden(table: pd.DataFrame, names: tuple[str, ...]) -> Hidden:
    """Return place and part of what is not shown of numbers that add up with one another."""
    own = table[table["quantity"].isin(names)]
    moved = own.set_index("county_code")[[f"moved_{p}" for p in PARTS]].astype("Float64")
    sizes = moved.mask(moved == 0).groupby(level=0).min().fillna(0).set_axis(PARTS, axis=1)
    sizes = sizes.loc[:, sizes.gt(0).any()]  # what moved no unit anywhere is 0 for all
    if len(sizes.columns) == 1 and sizes.columns[0] not in DATA:
        return set()  # rule or code alone is the difference, which is shown
    numbers = sizes.to_numpy(dtype=float)
    hidden = numbers < SMALLEST_SHOWN
    if not (hidden & (numbers > 0)).any():
        return set()
    while (more := _beside(hidden, numbers)) is not None:
        hidden[more] = True
    at = zip(*np.nonzero(hidden), strict=True)
    return {(str(sizes.index[row]), str(sizes.columns[column])) for row, column in at}


def _beside(hidden: np.ndarray, sizes: np.ndarray) -> tuple[int, int] | None:
    """Return the part to hide beside one that is hidden alone in its line; None if none is."""
    for is_column in (False, True):
        lines, numbers = (hidden.T, sizes.T) if is_column else (hidden, sizes)
        for line in np.flatnonzero(lines.sum(axis=1) == 1) if lines.shape[1] > 1 else ():
            other = int(np.where(lines[line], np.inf, numbers[line]).argmin())
            return (other, int(line)) if is_column else (int(line), other)
    return None


def _of_share(whole: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a share's rows, taken apart where its counts are into code, data and rule."""
    own = whole[whole["quantity"] == name].copy()
    is_open = pd.Series(True, index=own.index)
    for count in SHARES[name]:
        of_count = whole[whole["quantity"] == count].set_index("county_code")["data"]
        is_open &= own["county_code"].map(of_count).notna()
    parts = ["code", "data", "rule"]
    own[parts] = own[parts].where(is_open)
    own[list(DATA)] = own[list(DATA)].mask(own[list(DATA)].notna())
    return own
