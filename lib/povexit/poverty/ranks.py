"""Measures that rank incomes: Gini, Sen, Sen-Shorrocks-Thon, and the quintile ratio.

They need the rows in order, not only their sums: each domain is sorted once, and the
cumulated counts and incomes give both the value and the linearised variable (Deville
1999; Osier 2009; Langel & Tillé 2011, 2013).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from povexit.errors import DesignError
from povexit.estimate.quantiles import Distribution
from povexit.estimate.read import Floats
from povexit.poverty.lines import Line, Rows
from povexit.poverty.shortfalls import FGT

#: How the Gini of a weighted sample is defined; see `Gini`.
DEFINITIONS = ("lorenz", "unbiased", "convey")
SLOPES = ("exact", "kernel")

Linear = tuple[float, Floats]


@dataclass(frozen=True)
class Gini:
    """The Gini coefficient.

    Parameters
    ----------
    income
        Column of income per person.
    persons
        Column of persons a household counts for, or ``None``: each household is one.
    definition
        With x sorted, v what a row counts for, r the counts up to and with it, N their
        sum and Y the sum of v x: ``lorenz``, sum of v (2 r - v) x / (N Y) - 1, twice the
        area between the Lorenz polygon and the diagonal, half the relative mean
        difference, not changed by replication or by the scale of the weights (Langel &
        Tillé 2013; R's laeken; ineq without correction); ``unbiased``, the same times
        n / (n - 1) of the rows (ineq with ``corr=TRUE``); ``convey``, sum of
        v (2 r - 1) x / (N Y) - 1, which changes with the scale of the weights.

    Raises
    ------
    DesignError
        If there is no such definition.
    """

    income: str
    persons: str | None
    definition: str = "lorenz"

    def __post_init__(self) -> None:
        _check(self.definition, "definition", DEFINITIONS)

    @property
    def name(self) -> str:
        """Return the measure's name."""
        return "gini"

    @property
    def line(self) -> None:
        """There is none."""
        return None

    def influence(self, rows: Rows) -> Linear:
        """Return the value and each row's linearised variable, of known rows."""
        total = rows.counts.sum()
        mean = (rows.counts @ rows.income) / total
        if not mean > 0:
            return np.nan, np.full(len(rows.income), np.nan)
        spread, slopes = absolute_gini(rows.income, rows.counts, self.definition)
        value = spread / mean
        return value, rows.persons * (slopes - value * (rows.income - mean) / total) / mean


def absolute_gini(x: Floats, v: Floats, definition: str = "lorenz") -> Linear:
    """Return Gini times mean, and its derivatives by the counts ``v``.

    Under ``lorenz`` that is half the mean difference of two people drawn at random,
    and needs no division by the mean.

    Examples
    --------
    >>> value, slopes = absolute_gini(np.array([1.0, 3.0]), np.ones(2))
    >>> value, slopes.tolist()
    (0.5, [0.0, 0.0])
    """
    order = np.argsort(x, kind="stable")
    x, v = x[order], v[order]
    upto, total = np.cumsum(v), v.sum()
    income = np.cumsum(v * x)
    if definition == "convey":
        ranked = 2 * (v @ (upto * x)) - income[-1]
        value = ranked / total**2 - income[-1] / total
        slopes = (2 * (income[-1] - income + v * x + upto * x) - x) / total**2
        slopes += income[-1] / total**2 - 2 * ranked / total**3 - x / total
    else:
        value = (v @ ((2 * upto - v) * x)) / total**2 - income[-1] / total
        distance = x * (2 * upto - total) + income[-1] - 2 * income
        slopes = distance / total**2 - 2 * value / total
    if definition == "unbiased":
        scale = np.divide(len(x), len(x) - 1) if len(x) > 1 else np.nan
        value, slopes = value * scale, slopes * scale
    back = np.empty_like(slopes)
    back[order] = slopes
    return float(value), back


@dataclass(frozen=True)
class Sen:
    """Sen (1976): headcount x (gap + (1 - gap) x Gini of the poor), large-sample form.

    Parameters
    ----------
    income, persons, line
        As `povexit.poverty.FGT`. Where the line differs, incomes count as shares of it.
    definition
        Of the Gini, as `Gini`.
    """

    income: str
    persons: str | None
    line: Line
    definition: str = "lorenz"

    def __post_init__(self) -> None:
        _check(self.definition, "definition", DEFINITIONS)

    @property
    def name(self) -> str:
        """Return the measure's name."""
        return "sen"

    def influence(self, rows: Rows) -> Linear:
        """Return the value and each row's linearised variable, of known rows."""
        count, d_count = FGT(self.income, self.persons, self.line, 0).influence(rows)
        gap, d_gap = FGT(self.income, self.persons, self.line, 1).influence(rows)
        poor = self.line.poor(rows.income, rows.line) & (rows.persons > 0)
        if not poor.any():
            return count, d_count  # nobody is poor: 0, however it is measured
        among = rows.scaled().take(poor)
        spread, slopes = absolute_gini(among.income, among.counts, self.definition)
        lin = d_gap + spread * d_count
        lin[poor] += count * among.persons * slopes
        return gap + count * spread, lin


@dataclass(frozen=True)
class SST:
    """Sen, Shorrocks and Thon (Shorrocks 1995): mean gap x (1 + Gini of everyone's gaps).

    Parameters as `Sen`; those who are not poor have a gap of 0.
    """

    income: str
    persons: str | None
    line: Line
    definition: str = "lorenz"

    def __post_init__(self) -> None:
        _check(self.definition, "definition", DEFINITIONS)

    @property
    def name(self) -> str:
        """Return the measure's name."""
        return "sst"

    def influence(self, rows: Rows) -> Linear:
        """Return the value and each row's linearised variable, of known rows."""
        gap = FGT(self.income, self.persons, self.line, 1)
        value, lin = gap.influence(rows)
        spread, slopes = absolute_gini(gap.shortfall(rows), rows.counts, self.definition)
        return value + spread, lin + rows.persons * slopes


@dataclass(frozen=True)
class QuintileRatio:
    """S80/S20: what the richest fifth receive over what the poorest fifth receive.

    Parameters
    ----------
    income, persons
        As `Gini`.
    slope
        How the linearised variable treats a step of the quantile: ``exact``, by the
        income there (Langel & Tillé 2011), or ``kernel``, by a kernel mean of incomes
        around it (Osier 2009, as R's convey has it). The value is the same.

    Notes
    -----
    A quantile is the smallest income with at least that share at or below it; the
    richest are those above the upper one, the poorest those at or below the lower one.
    """

    income: str
    persons: str | None
    slope: str = "exact"

    def __post_init__(self) -> None:
        _check(self.slope, "slope", SLOPES)

    @property
    def name(self) -> str:
        """Return the measure's name."""
        return "s80s20"

    @property
    def line(self) -> None:
        """There is none."""
        return None

    def influence(self, rows: Rows) -> Linear:
        """Return the value and each row's linearised variable, of known rows."""
        whole = float(rows.counts @ rows.income)
        order = np.argsort(rows.income, kind="stable")
        # R adds up in extended precision; so do we, where the machine has it
        upto = np.cumsum(rows.counts[order].astype(np.longdouble)).astype(float)
        ranked = Distribution(rows.income[order], upto)
        low, d_low = self._received(rows, ranked, 0.2)
        high, d_high = self._received(rows, ranked, 0.8)
        if not low > 0:
            return np.nan, np.full(len(rows.income), np.nan)
        value = (whole - high) / low
        return value, rows.persons * (rows.income - d_high - value * d_low) / low

    def _received(self, rows: Rows, ranked: Distribution, share: float) -> Linear:
        """Return what those up to a quantile receive, and its linearised variable."""
        at = ranked.math(share)
        below = rows.income <= at
        step = at if self.slope == "exact" else _kernel_mean(rows, at)
        total = float(rows.counts[below] @ rows.income[below])
        return total, np.where(below, rows.income, 0.0) - step * (below - share)


def _near(rows: Rows, at: float) -> tuple[Floats, float]:
    """Return each row's count times a normal kernel around ``at``, and the kernel's width.

    The width is the standard deviation times N^(-1/5), with N people (Osier 2009).
    """
    total = rows.counts.sum()
    mean = rows.counts @ rows.income / total
    width = np.sqrt(rows.counts @ (rows.income - mean) ** 2 / total) / total**0.2
    with np.errstate(divide="ignore", invalid="ignore"):
        near = np.exp(-(((at - rows.income) / width) ** 2) / 2) / np.sqrt(2 * np.pi)
    return rows.counts * near, float(width)


def _kernel_mean(rows: Rows, at: float) -> float:
    near, _ = _near(rows, at)
    return float(near @ rows.income / near.sum())


def density(rows: Rows, at: float) -> float:
    """Return the density of income at a point; 0 where all incomes are equal."""
    near, width = _near(rows, at)
    return float(near.sum() / rows.counts.sum() / width) if width > 0 else 0.0


def _check(given: Any, where: str, known: tuple[str, ...]) -> None:
    if given not in known:
        raise DesignError("no such choice", where=where, expected=", ".join(known), found=given)
