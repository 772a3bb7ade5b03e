"""Poverty as a mean over everyone: Foster, Greer and Thorbecke's family, and Watts.

Each is a ratio of two totals, so that sums of counties add up and the measure of the
city follows from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from povexit.errors import DesignError
from povexit.estimate import Estimates, Ratio, Sums
from povexit.estimate.estimands import as_share
from povexit.estimate.read import Floats
from povexit.poverty.lines import Line, Rows

Values = dict[str, Floats]

#: Rows whose income a measure cannot take, counted without their weights.
NEGATIVE, NOT_POSITIVE = "negative", "not positive"
COUNTED = "counted"


def variable(part: str, one: Any) -> str:
    """Return the name of what is added up: sums of another income or line do not hold it."""
    return f"{part} {one.base}"


@dataclass(frozen=True)
class _Ratio:
    """A poverty measure that is a mean over all who are counted."""

    income: str
    persons: str | None
    line: Line

    @property
    def base(self) -> tuple[Any, ...]:
        """What must be known of a row; measures of one base share their sums."""
        return self.income, self.persons, self.line

    @property
    def name(self) -> str:
        """Return the measure's name."""
        raise NotImplementedError

    @property
    def outside(self) -> str | None:
        """Which incomes the measure cannot take."""
        return None

    def shortfall(self, rows: Rows) -> Floats:
        """Return what a person adds to the mean."""
        raise NotImplementedError

    def variables(self, rows: Rows) -> Values:
        """Return the variables that are added up."""
        values = {COUNTED: rows.persons, self.name: rows.persons * self.shortfall(rows)}
        return {variable(k, self): v for k, v in values.items()}

    @property
    def ratio(self) -> Ratio:
        """The ratio of totals that the measure is."""
        return Ratio(variable(self.name, self), variable(COUNTED, self))

    def estimates(self, found: Sums) -> Estimates:
        """Return values and scores from sums."""
        return self.ratio.estimates(found)

    def influence(self, rows: Rows) -> tuple[float, Floats]:
        """Return the value and each row's linearised variable, of known rows."""
        total = rows.counts.sum()
        shortfall = self.shortfall(rows)
        value = (rows.counts @ shortfall) / total if total > 0 else np.nan
        return value, rows.persons * (shortfall - value) / total


@dataclass(frozen=True)
class FGT(_Ratio):
    """Foster, Greer and Thorbecke (1984): the mean of ((line - income) / line)^alpha.

    Parameters
    ----------
    income
        Column of income per person; negative ones count as they are.
    persons
        Column of persons a household counts for, or ``None``: each household is one.
    line
        The line, and whether a household at it is poor.
    alpha
        0: headcount; 1: gap; 2: squared gap, or any number above 1.

    Raises
    ------
    DesignError
        If alpha is neither 0 nor at least 1.
    """

    alpha: float = 0

    def __post_init__(self) -> None:
        if self.alpha != 0 and not self.alpha >= 1:
            raise DesignError(
                "no such measure", where="alpha", expected="0, or 1 and more", found=self.alpha
            )

    @property
    def name(self) -> str:
        """Return the measure's name."""
        return f"fgt{self.alpha:g}"

    def shortfall(self, rows: Rows) -> Floats:
        """Return what a person adds to the mean."""
        if self.alpha == 0:
            return self.line.poor(rows.income, rows.line).astype(float)
        # at the line the gap is 0 on either test
        gap = rows.line - rows.income
        gap /= rows.line
        np.maximum(gap, 0.0, out=gap)
        return gap if self.alpha == 1 else gap**self.alpha

    def estimates(self, found: Sums) -> Estimates:
        """Return values and scores from sums; a headcount is a share."""
        made = super().estimates(found)
        return as_share(made, found, self.ratio) if self.alpha == 0 else made


@dataclass(frozen=True)
class Watts(_Ratio):
    """Watts (1968): the mean of log(line / income) of the poor; parameters as `FGT`.

    Without answer where an income is zero or negative.
    """

    @property
    def name(self) -> str:
        """Return the measure's name."""
        return "watts"

    @property
    def outside(self) -> str | None:
        """Which incomes the measure cannot take."""
        return NOT_POSITIVE

    def shortfall(self, rows: Rows) -> Floats:
        """Return what a person adds to the mean."""
        poor = self.line.poor(rows.income, rows.line) & (rows.income > 0)
        return np.log(np.where(poor, rows.line, 1.0) / np.where(poor, rows.income, 1.0))
