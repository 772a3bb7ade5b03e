"""The questions: one call each, from a design (or its sums) to a tidy table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from povexit.estimate.delta import combined
from povexit.estimate.design import Design
from povexit.estimate.domains import By, Where
from povexit.estimate.estimands import (
    Estimand,
    Mean,
    Ratio,
    Share,
    Total,
    as_share,
    estimated,
)
from povexit.estimate.intervals import Interval, as_interval
from povexit.estimate.tables import table
from povexit.estimate.totals import Sums


def total(
    data: Design | Sums, y: str, by: By = (), where: Where = None, interval: Interval | str = "wald"
) -> pd.DataFrame:
    """Estimate the population's total of ``y``; parameters and result as `mean`."""
    return table(estimated(data, Total(y, where), by)[0], interval)


def mean(
    data: Design | Sums, y: str, by: By = (), where: Where = None, interval: Interval | str = "wald"
) -> pd.DataFrame:
    """Estimate the population's mean of ``y``.

    Parameters
    ----------
    data
        A design, or `sums` of it, which already have their domains.
    y
        A numeric or yes/no column. Rows without an answer count as ``unknown``.
    by
        Columns whose combinations are the domains, one row each.
    where
        A yes/no column, or ``{column: value}``, that says which rows belong.
    interval
        A method's name, or an `Interval` to choose level and side.

    Returns
    -------
    pandas.DataFrame
        As `table` says.

    Raises
    ------
    DesignError
        If a column is missing, not numeric or infinite, or a stratum has one cluster.

    Examples
    --------
    >>> rows = pd.DataFrame({"w": [1.0, 1.0, 2.0, 2.0], "village": list("abcd"), "y": [1, 2, 3, 4]})
    >>> found = mean(Design(rows, weights="w", clusters="village"), "y")
    >>> found[["estimate", "df", "n", "clusters"]].round(3).to_dict("records")
    [{'estimate': 2.833, 'df': 3, 'n': 4, 'clusters': 4}]
    """
    return table(estimated(data, Mean(y, where), by)[0], interval)


def share(
    data: Design | Sums, y: str, by: By = (), where: Where = None, interval: Interval | str = "beta"
) -> pd.DataFrame:
    """Estimate the share of rows where the yes/no column ``y`` is true; see `mean`."""
    return table(estimated(data, Share(y, where), by)[0], interval)


def ratio(
    data: Design | Sums,
    y: str,
    x: str,
    by: By = (),
    where: Where = None,
    interval: Interval | str = "wald",
) -> pd.DataFrame:
    """Estimate the ratio of two totals, such as persons poor and persons in households.

    Parameters
    ----------
    data, by, where
        As `mean`. A row counts where both ``y`` and ``x`` are known.
    y, x
        Numeric columns, above and below.
    interval
        As `mean`; where ``y`` is a part of ``x`` also the methods for shares. Their
        effective number of rows counts a row once, however large its ``x``.

    Returns
    -------
    pandas.DataFrame
        As `table` says.

    Raises
    ------
    DesignError
        As `mean`; if a method for shares is asked and ``y`` is not a part of ``x``.
    """
    wanted, estimand = as_interval(interval), Ratio(y, x, where)
    made, found = estimated(data, estimand, by)
    if wanted.method != "wald":
        made = as_share(made, found, estimand)
    return table(made, wanted)


def function(
    data: Design,
    f: Callable[..., Any],
    of: Sequence[Estimand],
    by: By = (),
    interval: Interval | str = "wald",
) -> pd.DataFrame:
    """Estimate a smooth function of totals, means, shares or ratios; R's ``svycontrast``.

    Parameters
    ----------
    data
        A design; for sums of several parts use `combined` on their estimates.
    f
        Takes as many arrays as ``of`` has members, and returns one; see `combined`.
    of
        Estimands, each with its own ``where``: ``[Share("wrong", where="is_out"), ...]``.
    by, interval
        As `mean`.

    Returns
    -------
    pandas.DataFrame
        As `table` says, without a design effect; ``n`` is the smallest of the parts',
        ``unknown`` the largest, ``df`` that of all their clusters together.

    Examples
    --------
    >>> rows = pd.DataFrame({"w": [1.0] * 4, "a": [1, 2, 3, 4], "b": [2, 2, 2, 4]})
    >>> found = function(Design(rows, weights="w"), lambda a, b: a / b, [Total("a"), Total("b")])
    >>> same = ratio(Design(rows, weights="w"), "a", "b")
    >>> bool(abs(found.se[0] - same.se[0]) < 1e-12)
    True
    """
    return table(combined(f, [estimated(data, e, by)[0] for e in of]), interval)


def difference(
    data: Design,
    first: Estimand,
    second: Estimand,
    by: By = (),
    interval: Interval | str = "wald",
) -> pd.DataFrame:
    """Estimate ``first`` less ``second``: two domains, or two variables; see `function`."""
    return function(data, lambda a, b: a - b, [first, second], by, interval)
