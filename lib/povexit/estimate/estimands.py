"""What is estimated: totals, means, shares, ratios, and functions of them.

Each estimand is a function of a domain's totals. It says its value (`point`) and
its scores: the derivative's weights times the totals of each cell (delta method;
Binder 1983). `variance` turns scores into a standard error. Resampling needs only
`point`; calibration would project the scores.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from povexit.errors import DesignError
from povexit.estimate.design import Design
from povexit.estimate.domains import By, Where
from povexit.estimate.read import Floats
from povexit.estimate.scores import Estimates, divided, of_residuals, of_scores, only, spread
from povexit.estimate.totals import Sums, sums


class Estimand(Protocol):
    """Something that sums can be turned into."""

    @property
    def where(self) -> Where:
        """Return which rows belong."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """Return the columns it needs."""
        ...

    def point(self, found: Sums, totals: Floats) -> Floats:
        """Return its value from (shifted) totals of each domain."""
        ...

    def estimates(self, found: Sums) -> Estimates:
        """Return its values and scores."""
        ...


@dataclass(frozen=True)
class Total:
    """The population's total of ``y``."""

    y: str
    where: Where = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the columns it needs."""
        return (self.y,)

    def point(self, found: Sums, totals: Floats) -> Floats:
        """Return the total from (shifted) totals of each domain."""
        k = found.position(self.y)
        return totals[:, k] + found.offset[:, k] * totals[:, 0]

    def estimates(self, found: Sums) -> Estimates:
        """Return totals with their scores."""
        k = found.position(self.y)
        offset = found.offset[found.cells.domain, k]
        scores = found.residuals[:, k] + offset * found.residuals[:, 0]
        deviation = only(found, k)
        deviation[:, 0] = -divided(found.whole[:, k], found.whole[:, 0])
        between = spread(found, deviation) * found.whole[:, 0] ** 2
        return of_scores(found, self.point(found, found.whole), scores, between)


@dataclass(frozen=True)
class Mean:
    """The population's mean of ``y`` a row."""

    y: str
    where: Where = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the columns it needs."""
        return (self.y,)

    def point(self, found: Sums, totals: Floats) -> Floats:
        """Return the mean from (shifted) totals of each domain."""
        k = found.position(self.y)
        return found.offset[:, k] + divided(totals[:, k], totals[:, 0])

    def estimates(self, found: Sums) -> Estimates:
        """Return means with their scores."""
        k = found.position(self.y)
        deviation = only(found, k)
        deviation[:, 0] = -divided(found.whole[:, k], found.whole[:, 0])
        value = self.point(found, found.whole)
        return of_residuals(found, value, deviation, found.whole[:, 0])


@dataclass(frozen=True)
class Share(Mean):
    """The population's share of rows where ``y`` is true."""

    def estimates(self, found: Sums) -> Estimates:
        """Return shares with their scores."""
        k = found.position(self.y)
        ones = Total(self.y).point(found, found.whole)
        offset = found.offset[:, k]
        moments = found.moments[:, k, k] + 2 * offset * found.whole[:, k]
        squares = moments + offset**2 * found.whole[:, 0]
        if not np.allclose(ones, squares, rtol=1e-9, atol=0, equal_nan=True):
            raise DesignError(
                "a share is asked of a column that is not yes/no",
                where=self.y,
                expected="true, false or null (or 1 and 0)",
                hint="take the mean, or make the column a condition first",
            )
        effective = divided(found.whole[:, 0] ** 2, found.squares[:, 0])
        return replace(super().estimates(found), effective=effective, is_share=True)


@dataclass(frozen=True)
class Ratio:
    """The ratio of the totals of ``y`` and ``x``, such as persons poor and persons."""

    y: str
    x: str
    where: Where = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the columns it needs."""
        return tuple(dict.fromkeys((self.y, self.x)))

    def point(self, found: Sums, totals: Floats) -> Floats:
        """Return the ratio from (shifted) totals of each domain."""
        return divided(Total(self.y).point(found, totals), Total(self.x).point(found, totals))

    def estimates(self, found: Sums) -> Estimates:
        """Return ratios with their scores."""
        y, x = found.position(self.y), found.position(self.x)
        value = self.point(found, found.whole)
        under = Total(self.x).point(found, found.whole)
        deviation = only(found, y)
        deviation[:, x] -= value
        deviation[:, 0] = found.offset[:, y] - value * found.offset[:, x]
        made = of_residuals(found, value, deviation, under)
        empty = (made.reason == "") & (under == 0)
        reason = np.where(empty, "zero_denominator", made.reason)
        return replace(made, effective=divided(under**2, found.squares[:, x]), reason=reason)


def as_share(made: Estimates, found: Sums, ratio: Ratio) -> Estimates:
    """Return a ratio's estimates as shares, checked to be a part of a whole.

    Raises
    ------
    DesignError
        If a unit has more of ``y`` than of ``x``, or less than none.
    """
    offset = found.offset[found.cells.domain]
    part, whole = (
        found.totals[:, k] + offset[:, k] * found.totals[:, 0]
        for k in (found.position(ratio.y), found.position(ratio.x))
    )
    rest = whole - part
    slack = 1e-9 * np.abs(part).max(initial=0)
    if part.min(initial=0) < -slack or rest.min(initial=0) < -slack:
        raise DesignError(
            "an interval for shares is asked of a ratio that is none",
            where=f"{ratio.y} / {ratio.x}",
            expected=f"{ratio.y} between 0 and {ratio.x}",
            hint='use interval="wald"',
        )
    return replace(made, is_share=True)


def estimated(data: Design | Sums, estimand: Estimand, by: By = ()) -> tuple[Estimates, Sums]:
    """Return the estimates of one estimand and the sums they came from.

    Raises
    ------
    DesignError
        If sums are given together with ``by`` or ``where``, which are fixed in them.
    """
    if isinstance(data, Design):
        found = sums(data, estimand.names, by, estimand.where)
        return estimand.estimates(found), found
    if by or estimand.where is not None:
        raise DesignError(
            "sums already have their domains",
            where="by, where",
            hint="say by= and where= when the sums are taken",
        )
    return estimand.estimates(data), data
