"""Estimates with their scores: what a variance, a design effect and an interval need.

A score is what a cell (domain, sampled unit) adds to an estimate, to first order:
weight times residual over the denominator. `variance` turns scores into variances;
calibration would project them first, and functions of estimates combine them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from povexit.estimate.layout import Layout
from povexit.estimate.read import Codes, Floats
from povexit.estimate.totals import Sums
from povexit.estimate.variance import Cells, clusters, variance

#: Reasons that leave no standard error to be seen.
UNSEEN = ("no_rows", "all_unknown", "zero_denominator", "one_cluster")


@dataclass(frozen=True, eq=False)
class Estimates:
    """Estimates of all domains with their scores; a table of them is `table`.

    Parameters
    ----------
    domains, layout, cells
        As in `Sums`.
    value
        One a domain; NaN where it cannot be given.
    scores
        One a cell; their design variance is the estimate's.
    n, unknown
        Rows answered and not answered, a domain.
    population
        Sum of the weights of the rows answered.
    srs_variance
        The variance had as many rows been drawn at random, for the design effect.
    effective
        Rows of equal weight that tell as much (Kish), used where no variance is seen.
    reason
        Code of what cannot be given, else empty.
    is_share
        Whether the values are shares of 0 to 1.
    """

    domains: pd.DataFrame
    layout: Layout
    cells: Cells
    value: Floats
    scores: Floats
    n: Codes
    unknown: Codes
    population: Floats
    srs_variance: Floats
    effective: Floats
    reason: Any
    is_share: bool = False


def standard_errors(made: Estimates) -> tuple[Floats, Codes, Codes]:
    """Return each domain's standard error, clusters and degrees of freedom."""
    number, freedom = clusters(made.cells, made.layout)
    spread = np.sqrt(variance(made.scores, made.cells, made.layout))
    return np.where(np.isin(made.reason, UNSEEN), np.nan, spread), number, freedom


def only(found: Sums, k: int) -> Floats:
    """Return for each domain the coefficients of the k-th variable alone."""
    coefficients = np.zeros_like(found.whole)
    coefficients[:, k] = 1.0
    return coefficients


def divided(above: Floats, below: Floats) -> Floats:
    """Divide; NaN by 0."""
    return np.divide(above, below, out=np.full(len(above), np.nan), where=below != 0)


def spread(found: Sums, deviation: Floats) -> Floats:
    """Return the variance of a linear combination of variables between rows.

    R's ``svyvar``: n / (n - 1) times the weighted mean square. ``deviation`` holds the
    coefficients of a combination whose weighted mean is 0.
    """
    squares = np.einsum("di,dij,dj->d", deviation, found.moments, deviation)
    n = found.n.astype(float)
    return divided(n * squares, (n - 1) * found.whole[:, 0])


def of_residuals(found: Sums, value: Floats, deviation: Floats, under: Floats) -> Estimates:
    """Return estimates whose scores are a combination of totals over ``under``."""
    domain = found.cells.domain
    scale = divided(np.ones(len(under)), under)
    scores = np.einsum("ck,ck->c", found.residuals, deviation[domain]) * scale[domain]
    weight = found.whole[:, 0]
    between = spread(found, deviation) * (scale * weight) ** 2
    made = of_scores(found, value, scores, between)
    # the residuals of one cluster add up to 0: its spread is not small, it is not seen
    alone = (made.reason == "") & (found.clusters == 1)
    return replace(made, reason=np.where(alone, "one_cluster", made.reason))


def of_scores(found: Sums, value: Floats, scores: Floats, between: Floats) -> Estimates:
    """Return estimates; ``between`` is the variance between rows of what is added up."""
    weight, n = found.whole[:, 0], found.n.astype(float)
    left = divided(weight - n, weight)
    srs = divided(between * left, n)
    nothing = found.n == 0
    reason = np.where(nothing, np.where(found.unknown > 0, "all_unknown", "no_rows"), "")
    return Estimates(
        domains=found.domains,
        layout=found.layout,
        cells=found.cells,
        value=np.where(nothing, np.nan, value),
        scores=scores,
        n=found.n,
        unknown=found.unknown,
        population=weight,
        srs_variance=np.where(left > 0, srs, np.nan),
        effective=np.full(len(n), np.nan),
        reason=reason.astype(object),
    )
