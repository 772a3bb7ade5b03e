"""A poverty line, and incomes read beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from povexit.errors import DesignError
from povexit.estimate import Design
from povexit.estimate.read import Flags, Floats, numbers, refuse

TESTS = ("<", "<=")


@dataclass(frozen=True)
class Line:
    """A poverty line, and whether a household exactly at it is poor.

    Parameters
    ----------
    value
        One amount for everyone, or the name of a column, where the line differs by
        household, area or month; in the unit of the incomes.
    test
        ``<``: poor below the line; ``<=``: poor below or at it. Amounts are compared
        as they stand, so round both to the same digits first.

    Raises
    ------
    DesignError
        If the test is neither, or the amount is not above 0 or not finite.

    Examples
    --------
    >>> Line(2952, "<=")
    Line(value=2952, test='<=')
    """

    value: float | str
    test: str

    def __post_init__(self) -> None:
        if self.test not in TESTS:
            raise DesignError(
                "it is not said whether a household at the line is poor",
                where="Line(test=)",
                expected='"<" (poor below the line) or "<=" (poor below or at it)',
                found=self.test,
            )
        if not isinstance(self.value, str) and not 0 < self.value < np.inf:
            raise DesignError(
                "a line is not above 0",
                where="Line(value=)",
                expected="an amount above 0, or the name of a column of amounts",
                found=self.value,
                hint="a line that was not found is a missing value in a column, not 0",
            )

    def poor(self, income: Floats, line: Floats) -> Flags:
        """Return which incomes are poor."""
        return income < line if self.test == "<" else income <= line


@dataclass(frozen=True, eq=False)
class Rows:
    """Households: income, persons counted, line, weight; NaN where unknown."""

    income: Floats
    persons: Floats
    line: Floats
    weight: Floats

    @property
    def known(self) -> Flags:
        """Where everything is known."""
        return ~np.isnan(self.income + self.persons + self.line)

    @property
    def counts(self) -> Floats:
        """How many of the population (households or persons) each row stands for."""
        return self.weight * self.persons

    def take(self, rows: Any) -> Rows:
        """Return some of the rows."""
        return Rows(self.income[rows], self.persons[rows], self.line[rows], self.weight[rows])

    def scaled(self) -> Rows:
        """Return incomes as multiples of their lines, beside a line of 1."""
        return replace(self, income=self.income / self.line, line=np.ones_like(self.line))


def read(design: Design, income: str, persons: str | None, line: Line | None) -> Rows:
    """Return the households of a design.

    Raises
    ------
    DesignError
        If a column is missing, not numeric or infinite, a line is not above 0, or a
        number of persons is negative.
    """
    shape = len(design.weight)
    sizes = np.ones(shape)
    if persons is not None:
        sizes = numbers(design.frame, persons)
        refuse(sizes < 0, sizes, persons, "a number of persons is negative", "0 or more")
    amounts = np.ones(shape)
    if line is not None and isinstance(line.value, str):
        amounts = numbers(design.frame, line.value)
        refuse(amounts <= 0, amounts, line.value, "a line is not above 0", "amounts above 0")
    elif line is not None:
        amounts = np.full(shape, float(line.value))
    return Rows(numbers(design.frame, income), sizes, amounts, design.weight)
