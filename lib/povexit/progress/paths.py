"""The way to a target: what should have been reached by a month, and what was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from povexit.progress.measured import in_places
from povexit.progress.model import Target
from povexit.progress.tally import SUMS, month_end


def months(year: int) -> list[str]:
    """Return the months of a year.

    Examples
    --------
    >>> months(2016)[0], len(months(2016))
    ('2016-01', 12)
    """
    return [f"{year}-{number:02d}" for number in range(1, 13)]


def expected(target: Target, month: str) -> float | None:
    """Return what should have been reached by the end of a month.

    On the target's own path if it has one, else on the straight line from nothing at the end of
    the year before to the target at its deadline, and never a part of a unit: 2 zones by the end
    of the year are 1 by the end of June. A single thing without a path has no way to it.

    Returns
    -------
    float or None
        None where the document names no number, or there is nothing to be seen on the way.
    """
    if target.wanted is None:
        return None
    start = (dt.date(target.deadline.year - 1, 12, 31), 0.0)
    days, numbers = zip(start, *target.path, (target.deadline, target.wanted), strict=True)
    if month_end(month) < target.deadline and target.number == 1 and not target.path:
        return None
    # by whole months: half the year is half the way, in a leap year too
    found = float(np.interp(_months(month_end(month)), [_months(day) for day in days], numbers))
    return found if target.share is not None else float(np.floor(found))


def _months(day: dt.date) -> int:
    return 12 * day.year + day.month


def series(history: Mapping[str, pd.DataFrame | None], target: Target) -> pd.DataFrame:
    """Return a target's number in the whole city, month by month.

    Parameters
    ----------
    history
        Month to rows of `povexit.progress.county` of all counties; None for a month not run.
    target
        Which one.

    Returns
    -------
    pandas.DataFrame
        One row a month, in order: ``month``, ``number``, ``denominator``, ``unknown``, ``value``
        (the number, or its share of the denominator), ``expected``. A month that was not run,
        or in which a county is missing, is unknown.
    """
    rows = []
    for month in sorted(history):
        frame, row = history[month], dict.fromkeys(SUMS, pd.NA)
        if frame is not None:
            own = frame[frame["target"] == target.id].to_dict("records")
            city = in_places(own, target)[-1]
            row = {n: city[n] if city["missing"] == 0 else pd.NA for n in SUMS}
        told = {"value": value(row, target), "expected": expected(target, month)}
        rows.append({"month": month, **row, **told})
    numbers = [*SUMS, "expected", "value"]
    table = pd.DataFrame(rows, columns=["month", *numbers])
    return table.astype(dict.fromkeys(numbers, "Float64"))


def value(row: Mapping[Any, Any], target: Target) -> float | None:
    """Return the number, or its share of the denominator; of a denominator of nothing, unknown."""
    if pd.isna(row["number"]) or pd.isna(row["denominator"]) or row["denominator"] <= 0:
        return None
    return float(row["number"] if target.share is None else row["number"] / row["denominator"])
