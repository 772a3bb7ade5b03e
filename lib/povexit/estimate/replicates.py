"""Estimates of every replicate, and the standard error they show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from povexit.estimate.read import Codes, Flags, Floats
from povexit.estimate.scores import UNSEEN, Estimates
from povexit.estimate.variance import clusters


@dataclass(frozen=True, eq=False)
class Replicates:
    """Estimates of all domains with those of each replicate; a table of them is `table`.

    Parameters
    ----------
    made
        The estimates from the whole sample.
    values
        Shape (replicates, domains); NaN where a replicate has nothing to estimate from.
    scales
        What a replicate's squared difference counts for in the variance.
    freedom
        Most degrees of freedom that so many replicates can show.
    mse
        Whether differences are from the estimate instead of the replicates' mean.
    """

    made: Estimates
    values: Floats
    scales: Floats
    freedom: int
    mse: bool = False

    @property
    def kept(self) -> Flags:
        """Which replicates have an estimate, shape (replicates, domains)."""
        return np.isfinite(self.values)

    @property
    def variance(self) -> Floats:
        """The variance of each domain's estimate; replicates that are lost vary as the others."""
        kept = self.kept
        values = np.where(kept, self.values, 0.0)
        count = kept.sum(axis=0)
        weight = self.scales[:, None] * kept
        with np.errstate(divide="ignore", invalid="ignore"):
            centre = self.made.value if self.mse else values.sum(axis=0) / count
            share = weight.sum(axis=0) / self.scales.sum()
            squares = (weight * (values - centre) ** 2).sum(axis=0)
            return np.where(count > 1, squares / share, np.nan)

    def standard_errors(self) -> tuple[Floats, Codes, Codes]:
        """Return each domain's standard error, clusters and degrees of freedom."""
        number, freedom = clusters(self.made.cells, self.made.layout)
        unseen = np.isin(self.made.reason, UNSEEN)
        spread = np.where(unseen, np.nan, np.sqrt(self.variance))
        return spread, number, np.minimum(freedom, self.freedom)
