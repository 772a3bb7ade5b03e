"""Sharing out villages over strata."""

from __future__ import annotations

import numpy as np
import pandas as pd

from povexit.errors import DesignError, UnknownNameError

METHODS = ("proportional", "neyman")


def refuse(is_wrong: bool | np.bool_, where: str, expected: str) -> None:
    """Raise an error about a number of a plan."""
    if is_wrong:
        raise DesignError("a plan's number cannot be", where=where, expected=expected)


def allocate(strata: pd.DataFrame, villages: int, method: str = "proportional") -> pd.DataFrame:
    """Share out villages over strata.

    Parameters
    ----------
    strata
        One row a stratum: ``stratum``, ``size`` (households or persons in it) and, for
        ``neyman``, ``rate`` (share of failings expected in it).
    villages
        How many to share out; each stratum gets two at least, without which it cannot
        show a variance.
    method
        ``proportional`` to size, or ``neyman``: to size times sqrt(rate (1 - rate)), least
        variance for the number (Neyman 1934).

    Returns
    -------
    pandas.DataFrame
        ``strata`` with ``villages``.

    Raises
    ------
    DesignError
        If villages do not suffice, or a size or rate cannot be.
    UnknownNameError
        If there is no such method.

    Examples
    --------
    >>> strata = pd.DataFrame({"stratum": ["poor", "other"], "size": [9e3, 21e3], "rate": [0.04, 0.005]})
    >>> allocate(strata, 30)["villages"].tolist(), allocate(strata, 30, "neyman")["villages"].tolist()
    ([9, 21], [16, 14])
    """
    if method not in METHODS:
        raise UnknownNameError("no such allocation", where=method, expected=", ".join(METHODS))
    size = strata["size"].to_numpy(dtype=float)
    refuse(not (np.isfinite(size) & (size > 0)).all(), "size", "above 0")
    refuse(villages < 2 * len(strata), "villages", f"two a stratum: {2 * len(strata)} or more")
    weight = size
    if method == "neyman":
        rate = strata["rate"].to_numpy(dtype=float)
        refuse(not ((rate > 0) & (rate < 1)).all(), "rate", "above 0 and below 1")
        weight = size * np.sqrt(rate * (1 - rate))
    return strata.assign(villages=_shared(weight, villages))


def _shared(weight: np.ndarray, villages: int) -> np.ndarray:
    """Share out by largest remainder, two at least: who would get less is served first."""
    few = np.zeros(len(weight), dtype=bool)
    while True:
        left = villages - 2 * few.sum()
        quota = np.where(few, 2.0, weight / max(weight[~few].sum(), 1e-300) * left)
        short = ~few & (quota < 2)
        if not short.any():
            break
        few |= short
    whole = np.floor(quota).astype(int)
    order = np.argsort(whole - quota, kind="stable")
    whole[order[: villages - whole.sum()]] += 1
    return whole
