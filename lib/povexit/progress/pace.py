"""Where a number will stand at its deadline, if it goes on as so far, and how sure that is.

A random walk with drift: with known numbers y_0 ... y_n at months t_0 ... t_n (gaps allowed), the
pace is d = (y_n - y_0) / (t_n - t_0) a month, the variance of a month

    s2 = sum((dy_i - d dt_i)^2 / dt_i) / (n - 1), at least |d|, as if units came one by one,

and the forecast h months on is y_n + h d, give or take t(n - 1) sqrt(s2 (h + h^2 / (t_n - t_0))):
chance in the months to come, and a pace known from few months (Hyndman and Athanasopoulos,
Forecasting, section 5.5). A pace says nothing of a jump to come; how often the interval holds
is measured by ``benchmarks/forecast_coverage.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from povexit.progress.model import Target
from povexit.progress.tally import month_end

#: How often the interval should hold.
LEVEL = 0.8
#: Months that must be known: two steps, or there is no spread to see.
FEWEST = 3


@dataclass(frozen=True)
class Forecast:
    """A number at a month to come; all None, and why, if there is none."""

    month: str
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    months: int = 0
    reason: str = ""


def ahead(month: str, later: str) -> int:
    """Return how many months lie between two.

    Examples
    --------
    >>> ahead("2016-06", "2016-12"), ahead("2016-12", "2017-01")
    (6, 1)
    """
    (year, number), (end, last) = (map(int, m.split("-")) for m in (month, later))
    return 12 * (end - year) + last - number


def forecast(
    table: pd.DataFrame, to: str, *, only_grows: bool = False, most: float | None = None
) -> Forecast:
    """Forecast a monthly number from its pace so far.

    Parameters
    ----------
    table
        ``month`` and ``number``; unknown months may lack or be missing.
    to
        The month to forecast.
    only_grows
        Whether the number cannot fall below what it is.
    most
        What it cannot pass, such as its denominator.

    Examples
    --------
    >>> so_far = pd.DataFrame({"month": ["2016-01", "2016-02", "2016-03"], "number": [10, 30, 40]})
    >>> forecast(so_far, "2016-05").estimate
    70.0
    """
    known = table.dropna(subset=["number"]).sort_values("month")
    n = len(known)
    if n < FEWEST:
        return Forecast(to, months=n, reason="few_months")
    numbers = known["number"].to_numpy(dtype=float)
    times = np.array([ahead(known["month"].iloc[0], m) for m in known["month"]], dtype=float)
    h = ahead(known["month"].iloc[-1], to)
    if h <= 0:
        return Forecast(to, months=n, reason="over")
    low, middle, high = _band(times, numbers, h)
    floor = numbers[-1] if only_grows else 0.0
    top = np.inf if most is None else max(most, numbers[-1])
    estimate, low, high = (float(np.clip(x, floor, top)) for x in (middle, low, high))
    return Forecast(to, estimate, low, high, n)


def _band(times: np.ndarray, numbers: np.ndarray, h: int) -> tuple[float, float, float]:
    steps, gaps = np.diff(numbers), np.diff(times)
    span = times[-1]
    pace = (numbers[-1] - numbers[0]) / span
    variance = float(np.sum((steps - pace * gaps) ** 2 / gaps) / (len(steps) - 1))
    variance = max(variance, abs(pace))
    middle = numbers[-1] + h * pace
    reach = stdtrit(len(steps) - 1, (1 + LEVEL) / 2) * np.sqrt(variance * (h + h**2 / span))
    return middle - reach, middle, middle + reach


def at_deadline(table: pd.DataFrame, target: Target) -> Forecast:
    """Forecast a target's number at its deadline, as a share where the target is one.

    Parameters
    ----------
    table
        From `povexit.progress.series`, up to the month of the report.
    target
        Which one.
    """
    to = f"{target.deadline:%Y-%m}"
    known = table.dropna(subset=["number", "denominator"])
    if known.empty:
        return Forecast(to, reason="few_months")
    whole = float(known["denominator"].iloc[-1])
    grows = target.measure.only_grows
    found = forecast(known, to, only_grows=grows, most=whole)
    if target.share is None or found.estimate is None:
        return found
    if whole <= 0:
        return Forecast(to, months=found.months, reason="no_denominator")
    shares = {n: getattr(found, n) / whole for n in ("estimate", "low", "high")}
    return replace(found, **shares)


def band(table: pd.DataFrame, target: Target) -> pd.DataFrame:
    """Return the forecast of every month from the last known to the deadline, for a chart.

    Returns
    -------
    pandas.DataFrame
        ``month``, ``estimate``, ``low``, ``high``; without rows where there is no forecast. It
        starts at the last known value, of which all three are.
    """
    known = table.dropna(subset=["value"])
    columns = ["month", "estimate", "low", "high"]
    last = at_deadline(table, target)
    if last.estimate is None or known.empty:
        return pd.DataFrame(columns=columns)
    start = known.iloc[-1]
    steps = ahead(start["month"], last.month)
    rows = [(start["month"], *[float(start["value"])] * 3)]
    for step in range(1, steps + 1):
        month = later(start["month"], step)
        found = at_deadline(table, replace(target, deadline=month_end(month)))
        rows.append((month, found.estimate, found.low, found.high))
    return pd.DataFrame(rows, columns=columns)


def later(month: str, by: int) -> str:
    """Return the month so many months on.

    Examples
    --------
    >>> later("2016-11", 3)
    '2017-02'
    """
    year, number = map(int, month.split("-"))
    total = 12 * year + number - 1 + by
    return f"{total // 12}-{total % 12 + 1:02d}"
