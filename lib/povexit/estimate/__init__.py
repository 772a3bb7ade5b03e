"""Estimates from a sample, by the way it was drawn; on any table.

A `Design` is a table with its weights, strata, clusters and population sizes. Ask it
for totals, means, shares, ratios, quantiles or a function of them, of everyone or of
each domain; it answers with a tidy table: estimate, standard error, degrees of
freedom, design effect, interval, what it rests on, and a reason where something
cannot be given. Missing answers are counted, never dropped in silence.

Three steps, each of use by itself: `sums` adds up the rows once (sums of counties
add up), an estimand such as `Mean` or `Ratio` turns sums into values and scores, and
`table` turns those into standard errors and intervals. Formulas, choices and the
agreement with R: ``docs/estimation.md``.
"""

from __future__ import annotations

from povexit.estimate.ask import difference, function, mean, ratio, share, total
from povexit.estimate.calibrate import calibrate, poststratify, rake
from povexit.estimate.delta import combined
from povexit.estimate.design import Design, check_nested
from povexit.estimate.estimands import Mean, Ratio, Share, Total
from povexit.estimate.intervals import Interval, clopper_pearson
from povexit.estimate.quantiles import quantile
from povexit.estimate.reasons import reason_codes, reason_label
from povexit.estimate.replicate import replicate, resample
from povexit.estimate.replicates import Replicates
from povexit.estimate.resampling import Resampling
from povexit.estimate.scores import Estimates
from povexit.estimate.tables import table
from povexit.estimate.totals import Sums, sums

__all__ = [
    "Design",
    "Estimates",
    "Interval",
    "Mean",
    "Ratio",
    "Replicates",
    "Resampling",
    "Share",
    "Sums",
    "Total",
    "calibrate",
    "check_nested",
    "clopper_pearson",
    "combined",
    "difference",
    "function",
    "mean",
    "poststratify",
    "quantile",
    "rake",
    "ratio",
    "reason_codes",
    "reason_label",
    "replicate",
    "resample",
    "share",
    "sums",
    "table",
    "total",
]
