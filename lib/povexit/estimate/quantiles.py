"""Quantiles with Woodruff's interval.

The interval of the share at or below the quantile is read back through the weighted
distribution (Woodruff 1952; Francisco & Fuller 1991). Quantiles need the rows, not
only their sums.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from povexit.errors import DesignError
from povexit.estimate.design import Design
from povexit.estimate.domains import By, Where, domains, membership
from povexit.estimate.estimands import Share
from povexit.estimate.intervals import Interval, as_interval
from povexit.estimate.read import Codes, Floats, numbers
from povexit.estimate.tables import COLUMNS, table
from povexit.estimate.totals import row_sums


@dataclass(frozen=True, eq=False)
class Distribution:
    """Sorted values of one domain and the weight up to each of them."""

    values: Floats
    cumulated: Floats

    def math(self, p: float) -> float:
        """Return the smallest value with a share of at least p at or below; R's math, hf1."""
        low, high = self._steps(p)
        return float(self.values[high if low is None else low])

    def school(self, p: float) -> float:
        """Return `math`, halfway to the next value where p is met exactly; R's school, hf2."""
        low, high = self._steps(p)
        return float(self.values[high if low is None else low] + self.values[high]) / 2

    def hf7(self, p: float) -> float:
        """Return Hyndman and Fan's type 7, the unweighted default of R and NumPy."""
        if len(self.values) == 1:
            return float(self.values[0])
        before = np.concatenate([[0.0], self.cumulated[:-1]])
        return float(np.interp(p, before / self.cumulated[-2], self.values))

    def _steps(self, p: float) -> tuple[int | None, int]:
        """Return the step that meets p exactly, if any, and the next one.

        Whether p is met is decided in floating point and without slack, as in R: with
        equal weights and p n whole, the answer can be either of two neighbours.
        """
        total, last = self.cumulated[-1], len(self.values) - 1
        place = int(np.searchsorted(self.cumulated, p * total, side="right")) - 1
        met = place >= 0 and p - self.cumulated[place] / total <= 0
        return (place if met else None), min(place + 1, last)


RULES: dict[str, Callable[[Distribution, float], float]] = {
    "math": Distribution.math,
    "school": Distribution.school,
    "hf7": Distribution.hf7,
}


#: Reasons that a share has and a quantile has not.
OF_SHARES = ("no_events", "all_events", "no_variation")


def quantile(
    design: Design,
    y: str,
    q: float | Sequence[float] = 0.5,
    by: By = (),
    where: Where = None,
    interval: Interval | str = "wald",
    rule: str = "math",
) -> pd.DataFrame:
    """Estimate quantiles of ``y``, such as the median.

    Parameters
    ----------
    design, y, by, where
        As `povexit.estimate.mean`.
    q
        One or more shares between 0 and 1.
    interval
        How the interval of the share below is made, any method for shares; R's
        ``interval.type``, whose default is ``mean``, here ``wald``.
    rule
        ``math``, ``school`` or ``hf7``; R's ``qrule``.

    Returns
    -------
    pandas.DataFrame
        One row a domain and q, with the columns of `povexit.estimate.table` after
        ``q``; ``se`` is the interval's length over twice Student's t. An end that
        lies beyond the data is NaN with the reason ``outside_data``, as in R.

    Raises
    ------
    DesignError
        If q or the rule is wrong, or as `povexit.estimate.mean`.

    Examples
    --------
    >>> rows = pd.DataFrame({"w": [1.0] * 9, "y": range(1, 10)})
    >>> quantile(Design(rows, weights="w"), "y", [0.25, 0.5])["estimate"].tolist()
    [3.0, 5.0]
    """
    shares = [float(q)] if isinstance(q, (int, float)) else [float(p) for p in q]
    if rule not in RULES or not all(0 < p < 1 for p in shares):
        raise DesignError(
            "no such quantile",
            where="q, rule",
            expected=f"q between 0 and 1; rule one of {', '.join(RULES)}",
            found=f"{shares}, {rule}",
        )
    if design.weight.min(initial=1) < 0:
        raise DesignError(
            "a distribution with negative weights has no quantiles",
            where="weights",
            hint="calibrate with bounds, or by raking",
        )
    values, places = numbers(design.frame, y), domains(design, by)
    held = membership(design, where)[0] & ~np.isnan(values)
    found = _distributions(values[held], design.weight[held], places.code[held], len(places.table))
    read = RULES[rule]
    wanted = as_interval(interval)
    parts = []
    for p in shares:
        at = np.array([read(d, p) if len(d.values) else np.nan for d in found])
        below = np.where(np.isnan(values), np.nan, values <= at[places.code])
        made = Share("below").estimates(row_sums(design, {"below": below}, places, where))
        parts.append(_read_back(table(made, wanted), at, p, (found, read, wanted)))
    names = [*places.table.columns, "q"]
    return pd.concat(parts).sort_values(names, kind="stable").reset_index(drop=True)


def _distributions(
    values: Floats, weight: Floats, domain: Codes, domains: int
) -> list[Distribution]:
    order = np.lexsort((values, domain))
    ends = np.searchsorted(domain[order], np.arange(domains + 1))
    pieces = [order[a:b] for a, b in pairwise(ends)]
    # R adds up in extended precision; so do we, where the machine has it
    long = weight.astype(np.longdouble)
    return [Distribution(values[i], np.cumsum(long[i]).astype(float)) for i in pieces]


def _read_back(
    shares: pd.DataFrame,
    at: Floats,
    p: float,
    how: tuple[list[Distribution], Callable[[Distribution, float], float], Interval],
) -> pd.DataFrame:
    """Return the quantiles' table from the table of the shares at or below them."""
    found, read, interval = how

    def ends(column: str, least: float, most: float) -> Floats:
        given = shares[column].to_numpy()
        usable = (given >= least) & (given <= most)
        pairs = zip(found, given, usable, strict=True)
        return np.array([read(d, s) if ok and len(d.values) else np.nan for d, s, ok in pairs])

    low, high = ends("low", 0, 1), ends("high", 0, 1)
    blind = shares["df"].to_numpy() <= 0
    t = stdtrit(np.where(blind, np.nan, shares["df"]), 1 - interval.tail)
    se = (high - low) / (2 * t) if interval.side == "two" else np.full(len(at), np.nan)
    outside = (np.isnan(low) | np.isnan(high)) & shares["low"].notna() & ~blind
    # that all answers lie at or below a quantile is nothing unusual
    kept = shares["reason"].mask(shares["reason"].isin(OF_SHARES), "")
    table_ = shares.assign(
        estimate=at,
        se=se,
        deff=np.nan,
        low=np.where(blind, np.nan, low),
        high=np.where(blind, np.nan, high),
        reason=np.where(outside, "outside_data", kept),
    )
    table_.insert(len(table_.columns) - len(COLUMNS), "q", p)
    return table_
