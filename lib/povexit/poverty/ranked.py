"""All households from the poorest to the richest, in groups too large to show anyone.

One table serves two pictures: Pen's parade, in which incomes walk past by height, and the TIP
curve of Jenkins and Lambert, which shows the three I's of poverty at once: its width is the
incidence (how many are poor), its height the intensity (how far they are below the line, spread
over all persons: FGT 1), its bend the inequality among the poor.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from povexit.privacy import SMALLEST_SHOWN

#: The most groups: more could not be told apart in a picture.
MOST_GROUPS = 100


def ranked(decisions: Any, line_yuan: float, groups: int = MOST_GROUPS) -> pd.DataFrame:
    """Return households in order of income per person, in groups of at least ten.

    Parameters
    ----------
    decisions
        One row a household with ``income_distance_yuan`` (income less line, yuan per person
        and year) and ``household_size``; any engine narwhals knows.
    line_yuan
        The line that distance is measured from.
    groups
        How many groups at most, of about as many households each.

    Returns
    -------
    pandas.DataFrame
        A row a group, the poorest first: ``households``, ``persons``, ``population_share`` (0 to
        1, of persons of known income, up to the group's end), ``income_yuan`` (mean of its
        persons) and ``gap_share``: the gaps to the line of all persons up to there, over all
        persons and the line, so that the last is FGT 1. A household exactly at the line has no
        gap. The last row, without shares, counts those of unknown income. Without ten
        households of known income there is that row alone.

    References
    ----------
    Jenkins and Lambert (1997), Three 'I's of poverty curves, Oxford Economic Papers 49(3).
    """
    distance = nw.col("income_distance_yuan").cast(nw.Float64)
    frame = nw.from_native(decisions).lazy()
    read = frame.select(distance, nw.col("household_size").cast(nw.Float64)).collect()
    gap, size = (read[c].to_numpy().astype(float) for c in read.columns)
    known = np.isfinite(gap) & np.isfinite(size)
    order = np.lexsort((size[known], gap[known]))
    found = _grouped(gap[known][order], size[known][order], line_yuan, groups)
    unknown = {"households": int((~known).sum()), "persons": int(np.nansum(size[~known]))}
    table = pd.concat([found, pd.DataFrame([unknown])], ignore_index=True)
    shares = ["population_share", "income_yuan", "gap_share"]
    return table.astype({"households": int, "persons": int, **dict.fromkeys(shares, "Float64")})


def _grouped(distance: np.ndarray, size: np.ndarray, line: float, groups: int) -> pd.DataFrame:
    columns = ["households", "persons", "population_share", "income_yuan", "gap_share"]
    count = min(groups, distance.size // SMALLEST_SHOWN)
    if not count or not size.sum():
        return pd.DataFrame(columns=columns)
    ends = np.round(np.linspace(0, distance.size, count + 1)).astype(int)
    starts, persons = ends[:-1], np.add.reduceat(size, ends[:-1])
    income = np.add.reduceat((distance + line) * size, starts) / np.where(persons, persons, np.nan)
    gaps = np.cumsum(np.add.reduceat(np.maximum(-distance, 0.0) * size, starts))
    values = (
        *(np.diff(ends), persons, np.cumsum(persons) / size.sum(), income),
        gaps / (line * size.sum()),
    )
    return pd.DataFrame(dict(zip(columns, values, strict=True)))
