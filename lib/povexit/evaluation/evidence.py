"""What a sample shows of a rate, and what it cannot show: the bounds behind a verdict.

Two questions are asked of every sample, and the worse answer counts. *Shown*: Clopper and
Pearson's bound on as many households as the sample is worth at the upper limit of the
design effect seen in it (the variance between villages has a chi-square error). *Unseen*:
the bound against failings concentrated in few villages as far as the assumed intra-class
correlation allows, since a sample with few events cannot show how they cluster.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.special import chdtri

from povexit.evaluation.measures import Measure, Rule
from povexit.evaluation.tails import Even, at_least, at_most, lower_bound, upper_bound

#: Bounds kept in memory: one sample is asked again by other denominators, rules and measures.
REMEMBERED = 4096


@dataclass(frozen=True)
class Evidence:
    """A sample's share of failings and what it rests on.

    Parameters
    ----------
    share
        Estimated share of failings, 0 to 1; NaN if there is none.
    households, villages
        Even households and villages: as many of equal weight tell as much (Kish).
    shown
        Households the sample is worth by the design effect seen, at its upper limit;
        0 where the design cannot say.
    clustering
        Intra-class correlation the design effect seen speaks of, at its best guess.
    icc
        Intra-class correlation assumed.
    df
        Degrees of freedom of the design.

    Examples
    --------
    >>> nothing_found = Evidence(0.0, 600.0, 30.0, 600.0, 0.0, 0.15, 28.0)
    >>> round(upper(nothing_found, 0.05), 4), lower(nothing_found, 0.05)
    (0.016, 0.0)
    """

    share: float
    households: float
    villages: float
    shown: float
    clustering: float
    icc: float
    df: float

    @property
    def even(self) -> Even:
        """The sample as even households in whole villages."""
        return Even(self.households, max(1, int(self.villages + 1e-9)))

    @property
    def seen(self) -> Even:
        """The sample as independent households."""
        return Even(self.shown, 1)


def evidence(row: Mapping[Any, Any], measure: Measure) -> Evidence:
    """Return the evidence of a row of estimates.

    Parameters
    ----------
    row
        ``estimate``, ``se``, ``df``, ``even_households``, ``even_villages``.
    measure
        Of which the estimates are.
    """
    share = row["estimate"] if measure.is_of_failings else 1 - row["estimate"]
    households, villages = row["even_households"], row["even_villages"]
    worth, shown = worth_seen(share, row["se"], row["df"], households, measure.rule)
    alike = clustering(worth, households, villages)
    return Evidence(share, households, villages, shown, alike, measure.icc, row["df"])


def worth_seen(
    share: float, se: float, df: float, households: float, rule: Rule
) -> tuple[float, float]:
    """Return how many independent households a sample is worth by what it shows.

    The first number is the best guess, share (1 - share) / variance. The second is safe:
    the variance has an error like chi-square with ``df`` degrees of freedom, and its upper
    limit counts (Korn & Graubard 1998 allow for it by t, which does not hold the level).
    Where no variance shows (no event, or the same share everywhere) weights alone count;
    without degrees of freedom nothing is shown.

    Examples
    --------
    >>> best, safe = worth_seen(0.08, 0.012, 26, 900.0, Rule(0.10, 0.0))
    >>> round(best), round(safe)
    (511, 302)
    """
    if df <= 0 or np.isnan(se):
        return 0.0, 0.0
    if se <= 1e-14 * max(share, 1 - share):
        return households, households
    worth = share * (1 - share) / se**2
    return worth, min(households, worth * limit_of_variance(df, rule.deff_level))


def limit_of_variance(df: float, level: float) -> float:
    """Return a variance over its upper limit: a chi-square quantile over its degrees of freedom.

    Examples
    --------
    >>> round(limit_of_variance(26, 0.95), 3)
    0.592
    """
    return float(chdtri(df, level)) / df


def clustering(worth: float, households: float, villages: float) -> float:
    """Return the intra-class correlation at which even households are worth so many.

    ``1 / worth = (1 - icc) / households + icc / villages``, kept within 0 and 0.95.

    Examples
    --------
    >>> round(clustering(150.0, 600.0, 30.0), 3)
    0.158
    """
    if worth <= 0 or villages >= households:
        return 0.0
    excess = (1 / worth - 1 / households) / (1 / villages - 1 / households)
    return min(max(excess, 0.0), 0.95)


@lru_cache(REMEMBERED)
def upper(found: Evidence, tail: float) -> float:
    """Return the upper bound of the share of failings that errs with chance ``tail``; or NaN."""
    if np.isnan(found.share) or found.shown <= 0:
        return float("nan") if np.isnan(found.share) else 1.0
    shown = upper_bound(found.share * found.shown, found.seen, 0.0, tail)
    unseen = upper_bound(found.share * found.households, found.even, found.icc, tail)
    return max(shown, unseen)


@lru_cache(REMEMBERED)
def lower(found: Evidence, tail: float) -> float:
    """Return the lower bound of the share of failings that errs with chance ``tail``; or NaN."""
    if np.isnan(found.share) or found.shown <= 0:
        return float("nan") if np.isnan(found.share) else 0.0
    shown = lower_bound(found.share * found.shown, found.seen, 0.0, tail)
    unseen = lower_bound(found.share * found.households, found.even, found.icc, tail)
    return min(shown, unseen)


@lru_cache(REMEMBERED)
def p_meets(found: Evidence, threshold: float) -> float:
    """Return how likely so few failings are at the threshold: small speaks for meeting it.

    The bound of `upper` at ``tail`` lies below the threshold where this is below ``tail``.
    """
    if np.isnan(found.share) or found.shown <= 0:
        return float("nan") if np.isnan(found.share) else 1.0
    shown = at_most(found.share * found.shown, found.seen, threshold, 0.0)
    return max(shown, at_most(found.share * found.households, found.even, threshold, found.icc))


@lru_cache(REMEMBERED)
def p_fails(found: Evidence, threshold: float) -> float:
    """Return how likely so many failings are at the threshold: small speaks for failing."""
    if np.isnan(found.share) or found.shown <= 0:
        return float("nan") if np.isnan(found.share) else 1.0
    shown = at_least(found.share * found.shown, found.seen, threshold, 0.0)
    return max(shown, at_least(found.share * found.households, found.even, threshold, found.icc))


@dataclass(frozen=True)
class Mixture:
    """A share that is certain in part, and in part weighted shares that were sampled.

    ``parts`` are weights and evidence; one rate alone has no ``base`` and the weight 1.
    The bounds add the distances of each part's own bound, as if the parts erred together.

    Examples
    --------
    >>> nothing_found = Evidence(0.0, 600.0, 30.0, 600.0, 0.0, 0.15, 28.0)
    >>> mixed = Mixture(0.01, ((0.5, nothing_found),))
    >>> mixed.share, round(mixed.high(0.05), 4)
    (0.01, 0.018)
    """

    base: float
    parts: tuple[tuple[float, Evidence], ...]

    @property
    def share(self) -> float:
        """The estimate; NaN if one that is needed is missing."""
        return self.base + sum(w * e.share for w, e in self.parts)

    def low(self, tail: float) -> float:
        """Return the lower bound that errs with chance ``tail``."""
        return self.base + sum(w * lower(e, tail) for w, e in self.parts)

    def high(self, tail: float) -> float:
        """Return the upper bound that errs with chance ``tail``."""
        return self.base + sum(w * upper(e, tail) for w, e in self.parts)
