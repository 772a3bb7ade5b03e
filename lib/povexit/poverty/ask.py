"""The questions: measures of a design, or of sums that were added up elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from povexit import estimate
from povexit.errors import DesignError
from povexit.estimate import Design, Estimates, Interval, Sums
from povexit.estimate.domains import By, Where, domains, membership
from povexit.estimate.intervals import as_interval
from povexit.estimate.read import Codes, Floats
from povexit.poverty.lines import read
from povexit.poverty.scoring import (
    ADDED_UP,
    Additive,
    Measure,
    added_up,
    from_rows,
    from_sums,
    outside_of,
    scored,
)


def measure(
    data: Design | Sums,
    measures: Measure | Sequence[Measure],
    by: By = (),
    where: Where = None,
    interval: Interval | str = "beta",
) -> pd.DataFrame:
    """Estimate measures of poverty and inequality, with standard errors.

    Parameters
    ----------
    data
        A design, or `sums` of it, which already have their domains.
    measures
        One or more, such as ``FGT("income", None, Line(2952, "<="), 1)``.
    by, where
        Domains, as `povexit.estimate.mean`.
    interval
        The method for headcounts; all other measures take Student's t with the same
        level and side.

    Returns
    -------
    pandas.DataFrame
        One row a measure and domain: the ``by`` columns, ``measure``, the columns of
        `povexit.estimate.table`, and ``outside``: rows whose income the measure cannot
        take (zero or negative for Watts, Theil's L, Atkinson from 1 on; negative for
        the others of GE and Atkinson), which leave it without answer, or (negative,
        for Gini, Sen, SST and S80/S20) are counted as they are. ``unknown`` rows lack
        income, line or persons.

    Raises
    ------
    DesignError
        If a column is missing or wrong, a line is not above 0, or a measure needs the
        rows and only their sums are given.

    Examples
    --------
    >>> from povexit.poverty import FGT, Line
    >>> table = pd.DataFrame({"w": [1.0, 1.0, 2.0], "income": [900, 3000, 5000], "size": [4, 3, 3]})
    >>> design = Design(table, weights="w")
    >>> found = measure(design, [FGT("income", "size", Line(1000, "<="), a) for a in (0, 1)])
    >>> found[["measure", "estimate", "n"]].round(4).to_dict("records")
    [{'measure': 'fgt0', 'estimate': 0.3077, 'n': 3}, {'measure': 'fgt1', 'estimate': 0.0308, 'n': 3}]
    """
    wanted = _listed(measures)
    if isinstance(data, Sums):
        if by or where is not None:
            raise DesignError("sums already have their domains", where="by, where")
        made = [from_sums(m, data) for m in wanted]
    else:
        made = from_rows(data, wanted, by, where)
    parts = [_table(m, e, n, as_interval(interval)) for m, (e, n) in zip(wanted, made, strict=True)]
    return pd.concat(parts, ignore_index=True)


def estimates(design: Design, one: Measure, by: By = (), where: Where = None) -> Estimates:
    """Return a measure with its scores, for functions of measures.

    Parameters
    ----------
    design, by, where
        As `measure`.
    one
        The measure.

    Returns
    -------
    povexit.estimate.Estimates
        For `povexit.estimate.combined`, such as the difference of two domains.

    Examples
    --------
    >>> from povexit.poverty import Gini
    >>> table = pd.DataFrame({"w": 1.0, "income": [1, 2, 6, 1, 1, 4], "town": [0, 0, 0, 1, 1, 1]})
    >>> design = Design(table, weights="w")
    >>> parts = [estimates(design, Gini("income", None), where={"town": t}) for t in (0, 1)]
    >>> float(estimate.table(estimate.combined(lambda a, b: a - b, parts))["estimate"][0].round(3))
    0.037
    """
    return from_rows(design, [one], by, where)[0][0]


def sums(
    design: Design, measures: Additive | Sequence[Additive], by: By = (), where: Where = None
) -> Sums:
    """Return what measures need of the rows; sums of counties add up (``a + b``).

    Parameters
    ----------
    design
        The sample.
    measures
        FGT, Watts, GE, Atkinson, all of the same income, persons and line.
    by, where
        Domains, as `povexit.estimate.mean`.

    Raises
    ------
    DesignError
        If measures rank incomes (Gini, Sen, SST, quintile ratio), whose sums do not
        add up, or differ in income, persons or line.
    """
    wanted = _listed(measures)
    ranked = [m.name for m in wanted if not isinstance(m, ADDED_UP)]
    if ranked or len({m.base for m in wanted if isinstance(m, ADDED_UP)}) != 1:
        raise DesignError(
            "these measures cannot share sums that add up",
            where="measures",
            expected="FGT, Watts, GE or Atkinson of one income, persons and line",
            found=", ".join(ranked) or "measures of different incomes, persons or lines",
            hint="measures that rank incomes need the rows of all counties together",
        )
    return added_up(design, wanted, domains(design, by), where)


def linearised(design: Design, one: Measure, by: By = (), where: Where = None) -> Floats:
    """Return a measure's linearised variable, one value a row.

    The design variance of its total, ``estimate.total`` of it as a column, is the
    measure's (Deville 1999): any design, also one this project does not know.

    Parameters
    ----------
    design, by, where
        As `measure`. Rows of each domain carry the variable of that domain's measure.
    one
        The measure.

    Returns
    -------
    numpy.ndarray
        0 for rows that do not belong; NaN where income, line or persons are unknown
        or the measure has no answer.
    """
    rows, places = read(design, one.income, one.persons, one.line), domains(design, by)
    belongs = membership(design, where)[0]
    value, score = scored(one, rows, places, belongs)
    counted = belongs & rows.known
    if isinstance(one, ADDED_UP):
        value[np.unique(places.code[counted & outside_of(one, rows)])] = np.nan
    score[counted & np.isnan(value)[places.code]] = np.nan
    return score


def _listed(measures: Any) -> list[Any]:
    return list(measures) if isinstance(measures, Sequence) else [measures]


def _table(m: Any, made: Estimates, outside: Codes, interval: Interval) -> pd.DataFrame:
    method = interval if made.is_share else replace(interval, method="wald")
    found = estimate.table(made, method)
    found.insert(len(made.domains.columns), "measure", m.name)
    if m.line is not None and not made.is_share:
        found = _none_poor(found)
    return found.assign(outside=outside)


def _none_poor(found: pd.DataFrame) -> pd.DataFrame:
    """Take the interval from a measure of 0: a standard error of 0 is no certainty."""
    none = (found["estimate"] == 0) & (found["reason"] == "")
    ends = found[["low", "high"]].mask(none)
    return found.assign(**ends, reason=found["reason"].mask(none, "no_poor"))
