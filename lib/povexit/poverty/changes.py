"""Why poverty changed between two months: growth of the mean, or its redistribution.

With incomes as shares of their lines, Q(i, j) is the poverty that month j's incomes
would show, all multiplied so that their mean is month i's. Datt and Ravallion (1992)
with the first month as reference: growth Q(2, 1) - Q(1, 1), redistribution
Q(1, 2) - Q(1, 1), and a residual. Shapley's version (Shorrocks 2013) is the mean of the
two references and leaves none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from povexit.errors import DesignError
from povexit.estimate import Design, Interval, combined, table
from povexit.estimate.domains import By, Domains, domains
from povexit.estimate.read import Codes, Floats, codes
from povexit.poverty.lines import Rows, read
from povexit.poverty.ranks import density
from povexit.poverty.scoring import of_variable
from povexit.poverty.shortfalls import FGT

#: What each component takes of Q(1, 1), Q(2, 2), Q(2, 1), Q(1, 2).
COMPONENTS: dict[str, dict[str, tuple[float, ...]]] = {
    "shapley": {
        "change": (-1, 1, 0, 0),
        "growth": (-0.5, 0.5, 0.5, -0.5),
        "redistribution": (-0.5, 0.5, -0.5, 0.5),
    },
    "datt_ravallion": {
        "change": (-1, 1, 0, 0),
        "growth": (-1, 0, 1, 0),
        "redistribution": (-1, 0, 0, 1),
        "residual": (1, 1, -1, -1),
    },
}
Between = Mapping[str, tuple[Any, Any]]


def change_parts(
    design: Design,
    measure: FGT,
    between: Between,
    by: By = (),
    method: str = "shapley",
    interval: Interval | str = "wald",
) -> pd.DataFrame:
    """Split the change of poverty between two months into growth and redistribution.

    Parameters
    ----------
    design
        One design of both months' rows; villages surveyed twice keep their name, so
        that what the months have in common is counted.
    measure
        Headcount, gap or squared gap, with its line (a column, where it differs by month).
    between
        The column of the month and the two months: ``{"month": ("2015-06", "2016-06")}``.
    by
        Domains, as `povexit.estimate.mean`.
    method
        ``shapley``, or ``datt_ravallion`` with the first month as reference.
    interval
        As `povexit.estimate.mean`.

    Returns
    -------
    pandas.DataFrame
        One row a component and domain: the ``by`` columns, ``component`` (``change``,
        ``growth``, ``redistribution``, ``residual``) and the columns of
        `povexit.estimate.table`; ``n`` is the smaller month's.

    Raises
    ------
    DesignError
        If there is no such method, or as `povexit.poverty.measure`.

    Notes
    -----
    Linearised, with the scaling by both means estimated. How a headcount moves with the
    scale is the density at the line, by a normal kernel as in `QuintileRatio`.
    """
    if method not in COMPONENTS:
        raise DesignError(
            "no such method", where="method", expected=", ".join(COMPONENTS), found=method
        )
    places = domains(design, by)
    rows = read(design, measure.income, measure.persons, measure.line).scaled()
    months = _months(design, between)
    value, lin = _worlds(measure, rows, places, months)
    ((column, pair),) = between.items()
    parts = []
    for component, coefficients in COMPONENTS[method].items():
        total, scores = value @ coefficients, lin @ coefficients
        share = [
            of_variable(design, scores, level, places, {column: month})
            for level, month in ((total, pair[0]), (np.zeros_like(total), pair[1]))
        ]
        found = table(combined(lambda a, b: a + b, share), interval)
        found.insert(len(places.table.columns), "component", component)
        parts.append(found)
    return pd.concat(parts, ignore_index=True)


def _months(design: Design, between: Between) -> Codes:
    """Return 0 for rows of the first month, 1 for the second, -1 for others."""
    ((column, pair),) = between.items()
    found, labels = codes(design.frame, column)
    month = np.full(len(found), -1, dtype=np.int64)
    for number, label in enumerate(pair):
        at = np.flatnonzero(np.asarray(labels) == label)
        if not len(at):
            raise DesignError(
                "no row of this month",
                where=column,
                expected=str(label),
                found=", ".join(map(str, labels[:5])),
            )
        month[found == at[0]] = number
    return month


def _worlds(measure: FGT, rows: Rows, places: Domains, month: Codes) -> tuple[Floats, Floats]:
    """Return Q(1, 1), Q(2, 2), Q(2, 1), Q(1, 2) of each domain, linearised by row."""
    value, lin = np.full((len(places.table), 4), np.nan), np.zeros((len(month), 4))
    lin[~rows.known] = np.nan
    for d in range(len(value)):
        here = [np.flatnonzero((places.code == d) & (month == m) & rows.known) for m in (0, 1)]
        pair = [rows.take(h) for h in here]
        means, slopes = zip(*(_log_mean(r) for r in pair), strict=True)
        if not min(means) > 0:
            continue
        for q, (i, j) in enumerate(((0, 0), (1, 1), (1, 0), (0, 1))):
            value[d, q], own, by_scale = _scaled(measure, pair[j], means[i] / means[j])
            lin[here[j], q] += own - by_scale * slopes[j]
            lin[here[i], q] += by_scale * slopes[i]
    return value, lin


def _log_mean(rows: Rows) -> tuple[float, Floats]:
    """Return the mean income, -inf without rows, and the linearised variable of its log."""
    total = rows.counts.sum()
    if not total > 0:
        return -np.inf, rows.income
    mean = float(rows.counts @ rows.income / total)
    return mean, rows.persons * (rows.income - mean) / (total * mean) if mean else rows.income


def _scaled(measure: FGT, rows: Rows, scale: float) -> tuple[float, Floats, float]:
    """Return poverty with incomes scaled, linearised, and its derivative by log(scale)."""
    rows = replace(rows, income=rows.income * scale)
    value, own = measure.influence(rows)
    total = rows.counts.sum()
    if measure.alpha == 0:
        return value, own, -density(rows, 1.0)
    poor = measure.line.poor(rows.income, rows.line)
    left = np.where(poor, 1 - rows.income, 0.0) ** (measure.alpha - 1) * poor
    return value, own, -measure.alpha * float(rows.counts @ (left * rows.income)) / total
