"""Look-alikes: the units nearest to one on standardised indicators."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from povexit.errors import UnknownNameError


def alike(
    table: pd.DataFrame, key: str, unit: str, names: Sequence[str], most: int
) -> pd.DataFrame:
    """Return the units most like one.

    Parameters
    ----------
    table
        One row a unit: ``key`` and the columns ``names``, numbers or yes and no.
    key
        The column that names a unit.
    unit
        The unit whose look-alikes are asked for.
    names
        Columns to compare by. Those the unit does not know, or that are the same of all, are
        left out; units that lack one of the rest are no candidates.
    most
        How many.

    Returns
    -------
    pandas.DataFrame
        Rows of ``table``, the nearest first, with ``distance``: Euclidean, each indicator
        in its standard deviations over the candidates, divided by the root of how many there
        are, so that 1 is a standard deviation in each. The unit itself is left out.

    Raises
    ------
    UnknownNameError
        If the table has no such unit.
    """
    from scipy.spatial import cKDTree

    own = np.flatnonzero((table[key] == unit).to_numpy(dtype=bool, na_value=False))
    if not own.size:
        raise UnknownNameError(f"no {key} {unit!r}", found=unit)
    numbers = table[list(names)].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    numbers = numbers[:, ~np.isnan(numbers[own[0]])]
    whole = np.flatnonzero(~np.isnan(numbers).any(axis=1))
    numbers = numbers[:, numbers[whole].std(axis=0) > 0]
    if not numbers.shape[1] or whole.size < 2:
        return table.iloc[:0].assign(distance=pd.Series(dtype=float))
    scaled = (numbers - numbers[whole].mean(axis=0)) / numbers[whole].std(axis=0)
    far, near = cKDTree(scaled[whole]).query(scaled[own[0]], k=min(most + 1, whole.size))
    found = table.iloc[whole[near]].assign(distance=far / np.sqrt(numbers.shape[1]))
    return found[found[key] != unit].head(most).reset_index(drop=True)
