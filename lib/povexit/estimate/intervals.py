"""Intervals: for any estimate by Student's t, for shares by methods that keep to 0 and 1.

A share near 0 or 1 has a skewed distribution and, without any event, no variance at
all; the methods for shares work through an effective number of rows, n p (1 - p) over
the variance. Where no variance is seen, Kish's number, (sum of weights) squared over
the sum of squared weights, stands in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import betaincinv, stdtrit

from povexit.errors import DesignError
from povexit.estimate.read import Codes, Flags, Floats

METHODS = ("beta", "wilson", "logit", "exact", "wald")
SIDES = ("two", "lower", "upper")


@dataclass(frozen=True)
class Interval:
    """How an interval is to be made.

    Parameters
    ----------
    method
        ``wald``: estimate and t times its standard error, R's ``mean``. For shares
        also ``beta``: Korn & Graubard (1998), R's ``beta``; ``wilson``: score interval
        with Student's t, as R; ``logit``: R's ``xlogit``, to which R's ``logit``
        converges; ``exact``: Clopper-Pearson as if the answers were a simple random
        sample, which says ``ignores_design`` where they are not.
    level
        Confidence, of both ends together or of the one bound.
    side
        ``two``, or the bound that is wanted: ``lower`` or ``upper``.
    """

    method: str = "wald"
    level: float = 0.95
    side: str = "two"

    def __post_init__(self) -> None:
        for name, known in (("method", METHODS), ("side", SIDES)):
            if getattr(self, name) not in known:
                raise DesignError(
                    "no such interval",
                    where=name,
                    expected=", ".join(known),
                    found=getattr(self, name),
                )
        if not 0 < self.level < 1:
            raise DesignError(
                "a level lies between 0 and 1", where="level", found=self.level, hint="95 % is 0.95"
            )
        if self.tail >= 0.5:
            raise DesignError(
                "a bound on one side needs a level above a half",
                where="level",
                expected="such as 0.95",
                found=self.level,
            )

    @property
    def tail(self) -> float:
        """Probability beyond one end."""
        return (1 - self.level) / (2 if self.side == "two" else 1)

    def one_sided(
        self, low: Floats, high: Floats, least: float, most: float
    ) -> tuple[Floats, Floats]:
        """Return both ends, the one not asked for as wide as it can be."""
        low = np.where(np.isnan(low) | (self.side != "upper"), low, least)
        high = np.where(np.isnan(high) | (self.side != "lower"), high, most)
        return low, high


def as_interval(given: Interval | str) -> Interval:
    """Return an interval's description from its method's name."""
    return given if isinstance(given, Interval) else Interval(given)


@dataclass(frozen=True, eq=False)
class Seen:
    """What was seen of shares: value, standard error, df, rows, Kish's rows, a domain."""

    value: Floats
    se: Floats
    df: Codes
    n: Codes
    kish: Floats

    @property
    def unvaried(self) -> Flags:
        """Where no variance shows, up to rounding."""
        return self.se <= 1e-14 * np.maximum(self.value, 1 - self.value)

    @property
    def effective(self) -> Floats:
        """Effective number of rows."""
        spread = self.value * (1 - self.value)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.unvaried, self.kish, spread / self.se**2)


def student(value: Floats, se: Floats, df: Codes, interval: Interval) -> tuple[Floats, Floats]:
    """Return estimate and t times standard error; NaN without degrees of freedom."""
    reach = _t(df, interval) * se
    return interval.one_sided(value - reach, value + reach, -np.inf, np.inf)


def share_bounds(seen: Seen, interval: Interval) -> tuple[Floats, Floats]:
    """Return the ends of the intervals of shares.

    Where a share is 0 or 1 or no variance is seen, ``logit`` and ``wald`` have no
    answer of their own and give that of ``beta``. Without degrees of freedom the
    design says nothing, and the interval is 0 to 1.

    Examples
    --------
    >>> none = Seen(np.array([0.0]), np.array([0.0]), np.array([148]), np.array([149]), np.array([149.0]))
    >>> low, high = share_bounds(none, Interval("exact", side="upper"))
    >>> float(low[0]), round(float(high[0]), 4)
    (0.0, 0.0199)
    """
    method = BOUNDS[interval.method]
    low, high = method(seen, interval)
    if interval.method in ("logit", "wald"):
        other = beta(seen, interval)
        low, high = (np.where(seen.unvaried, o, e) for o, e in zip(other, (low, high), strict=True))
    if interval.method != "exact":
        blind = (seen.df <= 0) | np.isnan(seen.se)
        low, high = np.where(blind, 0.0, low), np.where(blind, 1.0, high)
    nothing = np.isnan(seen.value)
    low, high = np.where(nothing, np.nan, low), np.where(nothing, np.nan, high)
    return interval.one_sided(low, high, 0.0, 1.0)


def beta(seen: Seen, interval: Interval) -> tuple[Floats, Floats]:
    """Return Korn and Graubard's interval: Clopper-Pearson on effective rows.

    The effective number is multiplied by the squared ratio of t quantiles with n - 1
    and with the design's degrees of freedom.
    """
    with np.errstate(invalid="ignore"):
        ratio = _t(seen.n - 1, interval) / _t(seen.df, interval)
    return clopper_pearson(seen.value, seen.effective * ratio**2, interval.tail)


def exact(seen: Seen, interval: Interval) -> tuple[Floats, Floats]:
    """Return Clopper and Pearson's interval on the rows answered."""
    return clopper_pearson(seen.value, seen.n.astype(float), interval.tail)


def clopper_pearson(share: Floats, n: Floats, tail: float) -> tuple[Floats, Floats]:
    """Return the exact binomial bounds of a share of ``n`` rows, ``n`` not always whole.

    Examples
    --------
    >>> low, high = clopper_pearson(np.array([0.0]), np.array([100.0]), 0.05)
    >>> float(low[0]), round(float(high[0]), 5)
    (0.0, 0.02951)
    """
    hits, misses = n * share, n * (1 - share)
    with np.errstate(invalid="ignore"):
        low = betaincinv(hits, misses + 1, tail)
        high = betaincinv(hits + 1, misses, 1 - tail)
    return np.where(share == 0, 0.0, low), np.where(share == 1, 1.0, high)


def wilson(seen: Seen, interval: Interval) -> tuple[Floats, Floats]:
    """Return the score interval with Student's t on effective rows."""
    square, n, p = _t(seen.df, interval) ** 2, seen.effective, seen.value
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = (p + square / (2 * n)) / (1 + square / n)
        reach = np.sqrt(square * (p * (1 - p) / n + square / (4 * n**2))) / (1 + square / n)
    low, high = centre - reach, centre + reach
    return np.where(p == 0, 0.0, low), np.where(p == 1, 1.0, high)


def logit(seen: Seen, interval: Interval) -> tuple[Floats, Floats]:
    """Return the interval on the scale of log odds."""
    p = seen.value
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = np.log(p / (1 - p))
        reach = _t(seen.df, interval) * seen.se / (p * (1 - p))
        ends = [1 / (1 + np.exp(-(centre + s * reach))) for s in (-1, 1)]
    return ends[0], ends[1]


def wald(seen: Seen, interval: Interval) -> tuple[Floats, Floats]:
    """Return the share and t times its standard error, not cut at 0 and 1, as R."""
    return student(
        seen.value, seen.se, seen.df, replace(interval, side="two", level=1 - 2 * interval.tail)
    )


BOUNDS = {"beta": beta, "exact": exact, "wilson": wilson, "logit": logit, "wald": wald}


def _t(df: Codes, interval: Interval) -> Floats:
    usable = np.where(df > 0, df, np.nan)
    return np.asarray(stdtrit(usable, 1 - interval.tail))
