"""Poverty and inequality: how many, how poor, how unequal, in how many ways at once.

A measure is a small object that says everything a number needs: whose income, whether
households or persons are counted, which line, and on which side a household at the line
stands. `measure` estimates any of them from a `povexit.estimate.Design`, of everyone or
by domain, with standard errors from linearised variables; `linearised` gives those.

- money: `FGT`, `Watts`, `Sen`, `SST`, `Gini`, `GE`, `Atkinson`, `QuintileRatio`
- its change: `change_parts`, growth and redistribution
- several deprivations at once (Alkire and Foster): `Index`, `multidimensional`,
  `multidimensional_change`, `rank_robustness`
- the register: `line_distance_bins`, `near_line`, `ranked`

Formulas, conventions, edge cases and the agreement with R: ``docs/poverty.md``.
"""

from __future__ import annotations

from povexit.poverty.ask import estimates, linearised, measure, sums
from povexit.poverty.changes import change_parts
from povexit.poverty.distances import line_distance_bins, near_line
from povexit.poverty.entropy import GE, Atkinson
from povexit.poverty.index import Index, Indicator, index_of
from povexit.poverty.lines import Line
from povexit.poverty.multidimensional import multidimensional, multidimensional_change
from povexit.poverty.ranked import ranked
from povexit.poverty.ranks import SST, Gini, QuintileRatio, Sen
from povexit.poverty.reasons import reason_label
from povexit.poverty.robustness import rank_robustness
from povexit.poverty.shortfalls import FGT, Watts

__all__ = [
    "FGT",
    "GE",
    "SST",
    "Atkinson",
    "Gini",
    "Index",
    "Indicator",
    "Line",
    "QuintileRatio",
    "Sen",
    "Watts",
    "change_parts",
    "estimates",
    "index_of",
    "line_distance_bins",
    "linearised",
    "measure",
    "multidimensional",
    "multidimensional_change",
    "near_line",
    "rank_robustness",
    "ranked",
    "reason_label",
    "sums",
]
