"""Inequality as a function of totals: generalised entropy and Atkinson's measure.

They need the sums of a few powers of income, so that sums of counties add up and the
measure of the city follows from them. The scores are what the function's derivatives
say (Biewen & Jenkins 2006), here by a complex step, exact to rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from povexit.errors import DesignError
from povexit.estimate import Estimates, Sums, Total
from povexit.estimate.read import Floats
from povexit.estimate.scores import divided, of_residuals
from povexit.poverty.lines import Rows
from povexit.poverty.shortfalls import COUNTED, NEGATIVE, NOT_POSITIVE, Values, variable

INCOME = "income"


@dataclass(frozen=True)
class _Smooth:
    """An inequality measure that is a smooth function of totals."""

    income: str
    persons: str | None

    @property
    def line(self) -> None:
        """There is none."""
        return None

    @property
    def base(self) -> tuple[Any, ...]:
        """What must be known of a row; measures of one base share their sums."""
        return self.income, self.persons, None

    def terms(self, income: Floats) -> Values:
        """Return the powers of income that are added up, for incomes the measure takes."""
        raise NotImplementedError

    def function(self, *totals: Any) -> Any:
        """Return the measure from the totals of counts, of incomes and of its terms."""
        raise NotImplementedError

    @property
    def outside(self) -> str | None:
        """Which incomes the measure cannot take."""
        raise NotImplementedError

    def variables(self, rows: Rows) -> Values:
        """Return the variables that are added up."""
        taken = rows.income >= 0 if self.outside == NEGATIVE else rows.income > 0
        terms = self.terms(np.where(taken, rows.income, 1.0))
        powers = {COUNTED: np.ones_like(rows.income), INCOME: rows.income} | terms
        return {variable(k, self): rows.persons * v for k, v in powers.items()}

    def estimates(self, found: Sums) -> Estimates:
        """Return values and scores from sums."""
        parts = (COUNTED, INCOME, *self.terms(np.ones(1)))
        names = [variable(p, self) for p in parts]
        totals = [Total(n).point(found, found.whole) for n in names]
        value, slopes = _valued(self.function, totals)
        deviation = np.zeros_like(found.whole)
        for name, slope in zip(names, slopes, strict=True):
            deviation[:, found.position(name)] = slope
        # the measure does not change with the number of people: its scores add up to 0
        weighted = np.einsum("dk,dk->d", deviation[:, 1:], found.whole[:, 1:])
        deviation[:, 0] = -divided(weighted, found.whole[:, 0])
        made = of_residuals(found, value, deviation, np.ones(len(value)))
        empty = (made.reason == "") & ~(totals[1] > 0)
        return replace(made, reason=np.where(empty, "mean_not_positive", made.reason))

    def influence(self, rows: Rows) -> tuple[float, Floats]:
        """Return the value and each row's linearised variable, of known rows."""
        variables = list(self.variables(rows).values())
        totals = [np.array([rows.weight @ v]) for v in variables]
        value, slopes = _valued(self.function, totals)
        return value[0], np.einsum("k,kn->n", np.concatenate(slopes), np.array(variables))


def _valued(function: Callable[..., Any], totals: list[Floats]) -> tuple[Floats, list[Floats]]:
    """Return a function of totals and its derivatives; NaN where incomes add up to 0 or less."""
    usable = (totals[0] > 0) & (totals[1] > 0)
    given = [np.where(usable, t, 1.0) for t in totals]
    slopes = []
    for k in range(len(given)):
        shifted = [t + 1e-30j if i == k else t for i, t in enumerate(given)]
        slopes.append(np.where(usable, np.imag(function(*shifted)) / 1e-30, np.nan))
    return np.where(usable, np.real(function(*given)), np.nan), slopes


@dataclass(frozen=True)
class GE(_Smooth):
    """Generalised entropy; alpha 1 is Theil's T, 0 Theil's L (mean log deviation).

    Parameters
    ----------
    income
        Column of income per person.
    persons
        Column of persons a household counts for, or ``None``: each household is one.
    alpha
        How much the top counts; 2 is half the squared coefficient of variation.

    Notes
    -----
    Without answer where an income is negative or, for alpha of 0 or less, zero; for
    other alphas an income of 0 adds 0, the limit.
    """

    alpha: float = 1

    @property
    def name(self) -> str:
        """Return the measure's name."""
        known = {1.0: "theil", 0.0: "mean_log_deviation"}
        return known.get(float(self.alpha), f"ge{self.alpha:g}")

    @property
    def outside(self) -> str | None:
        """Which incomes the measure cannot take."""
        return NEGATIVE if self.alpha > 0 else NOT_POSITIVE

    def terms(self, income: Floats) -> Values:
        """Return the powers of income that are added up, for incomes the measure takes."""
        if self.alpha == 0:
            return {"log income": np.log(income)}
        if self.alpha == 1:
            return {"income log income": income * np.log(np.where(income > 0, income, 1.0))}
        return {f"income^{self.alpha!r}": income**self.alpha}

    def function(self, *totals: Any) -> Any:
        """Return the measure from the totals of counts, of incomes and of its terms."""
        n, y, u = totals
        a = self.alpha
        if a == 0:
            return np.log(y / n) - u / n
        if a == 1:
            return u / y - np.log(y / n)
        return (u / n * (y / n) ** -a - 1) / (a * (a - 1))


@dataclass(frozen=True)
class Atkinson(_Smooth):
    """Atkinson (1970): the share of income that equality would be worth.

    Parameters
    ----------
    income, persons
        As `GE`.
    epsilon
        Aversion to inequality, above 0; from 1 on an income of 0 has no answer.

    Raises
    ------
    DesignError
        If epsilon is not above 0.
    """

    epsilon: float = 1

    def __post_init__(self) -> None:
        if not self.epsilon > 0:
            raise DesignError(
                "no such measure", where="epsilon", expected="above 0", found=self.epsilon
            )

    @property
    def name(self) -> str:
        """Return the measure's name."""
        return f"atkinson{self.epsilon:g}"

    @property
    def outside(self) -> str | None:
        """Which incomes the measure cannot take."""
        return NEGATIVE if self.epsilon < 1 else NOT_POSITIVE

    def terms(self, income: Floats) -> Values:
        """Return the powers of income that are added up, for incomes the measure takes."""
        if self.epsilon == 1:
            return {"log income": np.log(income)}
        return {f"income^{1 - self.epsilon!r}": income ** (1 - self.epsilon)}

    def function(self, *totals: Any) -> Any:
        """Return the measure from the totals of counts, of incomes and of its terms."""
        n, y, u = totals
        if self.epsilon == 1:
            return 1 - np.exp(u / n) * n / y
        return 1 - (u / n) ** (1 / (1 - self.epsilon)) * n / y
