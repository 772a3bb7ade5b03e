"""Several deprivations at once, by the counting method of Alkire and Foster (2011).

A household's score is the sum of the weights of its deprivations; it is poor if the
score reaches the cut-off k. H is the share of poor, A their mean score, M0 = H x A.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from povexit import estimate
from povexit.errors import DesignError
from povexit.estimate import Design, Estimates, Interval, combined
from povexit.estimate.domains import By, Where, domains, membership
from povexit.estimate.intervals import as_interval
from povexit.poverty.changes import Between
from povexit.poverty.deprivations import group_contributions, measures, read, stacked, totals
from povexit.poverty.index import Index, Number

#: How unknown indicators count, and the answer put in their place.
TREATMENTS: dict[str, dict[str, float]] = {
    "drop": {"left_out": np.nan},
    "bounds": {"not_deprived": 0.0, "deprived": 1.0},
}
#: Measures that can only grow when an unknown turns out to be a deprivation.
MONOTONE = ("H", "M0", "uncensored_headcount", "censored_headcount")
CHANGING = ("H", "A", "M0", "uncensored_headcount", "censored_headcount")


def multidimensional(
    design: Design,
    index: Index,
    cutoffs: Number | Sequence[Number],
    by: By = (),
    where: Where = None,
    interval: Interval | str = "logit",
) -> pd.DataFrame:
    """Estimate the Alkire-Foster measures of an index, with standard errors.

    Parameters
    ----------
    design
        The sample.
    index
        Deprivations, weights, whom they count, and what an unknown one counts for.
    cutoffs
        One or more: ``"1/3"``, or ``"union"`` for any deprivation.
    by, where
        Domains, as `povexit.estimate.mean`.
    interval
        As `povexit.estimate.share`: every measure lies between 0 and 1.

    Returns
    -------
    pandas.DataFrame
        The ``by`` columns; ``measure``; ``k`` as given and ``indicator``, empty where
        they play no part; ``unknown_as`` (``left_out``, ``not_deprived``, ``deprived``);
        the columns of `povexit.estimate.table`; ``completed``, rows with an unknown
        indicator that was counted so. Measures: ``H``, ``A``, ``M0``;
        ``uncensored_headcount`` (deprived) and ``censored_headcount`` (deprived and
        poor) of each indicator; ``contribution`` of each to M0; with ``by``,
        ``group_contribution``, the domain's share of the whole M0. With
        ``missing="bounds"`` only those that grow with deprivation: H, M0, headcounts.

    Raises
    ------
    DesignError
        If a column is missing or not yes/no, or a cut-off is not between 0 and 1.

    Examples
    --------
    >>> table = pd.DataFrame({"w": [1.0] * 4, "ill": [1, 1, 0, 0], "cold": [1, 0, 0, 0]})
    >>> index = Index.nested({"a": ["ill"], "b": ["cold"]}, persons=None, missing="drop")
    >>> found = multidimensional(Design(table, weights="w"), index, [1, "1/2"])
    >>> found[found.measure.isin(["H", "M0"])][["measure", "k", "estimate"]].to_numpy().tolist()
    [['H', '1', 0.25], ['M0', '1', 0.25], ['H', '1/2', 0.5], ['M0', '1/2', 0.375]]
    """
    listed = _listed(cutoffs)
    places = domains(design, by)
    parts = []
    for name, answer in TREATMENTS[index.missing].items():
        rows = read(design, index, answer)
        found = totals(design, rows, listed, places, where)
        made = measures(index, found)
        if index.missing == "bounds":
            made = {k: v for k, v in made.items() if k[0] in MONOTONE}
        elif len(places.table.columns):
            made |= group_contributions(found)
        filled = np.bincount(
            places.code[rows.filled & membership(design, where)[0]], minlength=len(places.table)
        )
        table = estimate.table(stacked(made), as_interval(interval))
        table.insert(list(table).index("estimate"), "unknown_as", name)
        parts.append(table.assign(completed=np.tile(filled, len(made))))
    return pd.concat(parts, ignore_index=True)


def multidimensional_change(
    design: Design,
    index: Index,
    cutoffs: Number | Sequence[Number],
    between: Between,
    by: By = (),
    interval: Interval | str = "wald",
) -> pd.DataFrame:
    """Estimate how the measures changed between two months.

    Parameters
    ----------
    design
        One design of both months' rows; villages surveyed twice keep their name, so
        that what the months have in common is counted.
    index, cutoffs, by
        As `multidimensional`; ``missing`` must be ``drop``.
    between
        The column of the month and the two months: ``{"month": ("2015-06", "2016-06")}``.
    interval
        As `povexit.estimate.mean`.

    Returns
    -------
    pandas.DataFrame
        As `multidimensional`, with ``change``: ``absolute``, second less first, or
        ``relative``, second over first less 1.

    Raises
    ------
    DesignError
        As `multidimensional`; if unknown indicators are to be bounded.
    """
    if index.missing != "drop":
        raise DesignError(
            "bounds of two months do not make a bound of their difference",
            where="missing",
            expected="drop",
            found=index.missing,
        )
    ((column, pair),) = between.items()
    rows, places = read(design, index, np.nan), domains(design, by)
    found = (totals(design, rows, _listed(cutoffs), places, {column: m}) for m in pair)
    months = (measures(index, each).items() for each in found)
    first, second = (stacked({k: v for k, v in m if k[0] in CHANGING}) for m in months)
    made = {
        "absolute": combined(lambda a, b: b - a, [first, second]),
        "relative": combined(lambda a, b: b / a - 1, [_above_zero(first), second]),
    }
    tables = {k: estimate.table(m, as_interval(interval)) for k, m in made.items()}
    for name, table in tables.items():
        table.insert(list(table).index("estimate"), "change", name)
    return pd.concat(tables.values(), ignore_index=True)


def _listed(cutoffs: Any) -> list[Number]:
    return list(cutoffs) if isinstance(cutoffs, (list, tuple)) else [cutoffs]


def _above_zero(made: Estimates) -> Estimates:
    """Return estimates without those of 0, from which there is no relative change."""
    none = made.value == 0
    reason = np.where(none & (made.reason == ""), "no_first", made.reason)
    return replace(made, value=np.where(none, np.nan, made.value), reason=reason)
