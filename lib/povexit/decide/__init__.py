"""Who meets a standard, and why not: indicators and rules in, verdicts out.

Three answers throughout: true, false, unknown. A criterion fails as soon as one
thing it asks is known to be missing, passes when everything is known to be
there, and is unknown otherwise. The year names the values of dated series; the
standard names the edition. Written once, for pandas, Polars and DuckDB.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import pandas as pd

from povexit.decide.clauses import clauses, deciding
from povexit.decide.flips import counted, flipped, flips
from povexit.decide.lacking import lacking
from povexit.decide.needs import shortest
from povexit.decide.together import failing_together
from povexit.decide.totals import (
    by_criterion,
    by_month,
    by_status,
    changes,
    compared,
    most_failed,
    totals,
    verdicts,
)
from povexit.decide.verdict import KEYS, judge, threshold
from povexit.decide.verdict import verdicts as decisions_of
from povexit.decide.words import explain, reason_label, spelled
from povexit.schema.frames import enter, leave
from povexit.standards import Standard

__all__ = [
    "by_criterion",
    "by_month",
    "by_status",
    "changes",
    "clauses",
    "compared",
    "counted",
    "county",
    "deciding",
    "explain",
    "failing_together",
    "flipped",
    "flips",
    "household",
    "interview",
    "lacking",
    "most_failed",
    "reason_label",
    "shortest",
    "spelled",
    "summary",
    "threshold",
    "totals",
    "verdicts",
    "village",
]

UNITS = ("households", "persons")
OUTCOMES = ("passed", "failed", "unknown", "not_applicable")


def household(indicators: Any, standard: Standard, year: int) -> Any:
    """Return the verdict on every household.

    Parameters
    ----------
    indicators
        From `povexit.indicators.household`; pandas, Polars or DuckDB.
    standard
        The edition to judge by.
    year
        The year whose values of dated series count, such as the poverty line's.

    Returns
    -------
    table of the same kind as ``indicators``
        One row a household, in the order given: its keys; for every criterion
        ``<id>`` (true, false, null) and ``<id>_reason`` (``pass``,
        ``fail:<indicator>``, ``unknown:<indicator>``, ``unknown:<series>`` where the
        year has no value, ``unknown:rule`` where the rule was not found,
        ``not_applicable``, which counts as passed); the edition's distance columns,
        positive on the right side, null where not asked; ``meets_standard``,
        ``n_failed``, ``n_unknown``.

    Raises
    ------
    SchemaError
        If an indicator the edition asks for is missing.
    """
    return _decided(indicators, "indicators_households", standard, year)


def interview(indicators: Any, standard: Standard, year: int) -> Any:
    """Return the verdict on every household interviewed; see `household`.

    Parameters
    ----------
    indicators
        From `povexit.indicators.interview`; pandas, Polars or DuckDB.
    standard
        An edition whose unit is ``interview``.
    year
        The year whose values of dated series count.

    Raises
    ------
    SchemaError
        If an indicator the edition asks for is missing.
    """
    return _decided(indicators, "indicators_survey_households", standard, year)


def village(indicators: Any, standard: Standard, year: int) -> Any:
    """Return the verdict on every village; see `household`.

    Parameters
    ----------
    indicators
        From `povexit.indicators.village`; pandas, Polars or DuckDB.
    standard
        An edition whose unit is ``village``; the households behind the indicators should be
        judged by the household standard of the same edition.
    year
        The year whose values of dated series count.

    Returns
    -------
    table of the same kind as ``indicators``
        One row a village: its keys and persons, and as for households a verdict and a reason a
        criterion, ``meets_standard``, ``n_failed``, ``n_unknown``. A share passes or fails once
        the households of unknown answer can no longer change that. Margins, denominators and
        sources are in `clauses`.

    Raises
    ------
    SchemaError
        If an indicator the edition asks for is missing.
    """
    return _decided(indicators, "indicators_villages", standard, year)


def county(indicators: Any, standard: Standard, year: int) -> Any:
    """Return the verdict on every county; see `village`.

    Parameters
    ----------
    indicators
        From `povexit.indicators.county`; pandas, Polars or DuckDB.
    standard
        An edition whose unit is ``county``.
    year
        The year whose values of dated series count.

    Raises
    ------
    SchemaError
        If an indicator the edition asks for is missing.
    """
    return _decided(indicators, "indicators_counties", standard, year)


def _decided(indicators: Any, table: str, standard: Standard, year: int) -> Any:
    frame = enter(indicators, table, dict.fromkeys([*KEYS[standard.unit], *standard.indicators]))
    return leave(decisions_of(judge(frame, standard, year), standard, year), like=indicators)


def summary(
    decisions: Any, standard: Standard, by: Sequence[str] = ("county_code", "village_code")
) -> pd.DataFrame:
    """Count verdicts by criterion and place: counts that add up to larger places.

    Parameters
    ----------
    decisions
        From `household`; pandas, Polars or DuckDB.
    standard
        The edition by which they were judged.
    by
        Columns that name the place.

    Returns
    -------
    pandas.DataFrame
        One row a place and criterion, the last criterion being ``meets_standard``:
        ``by``, ``criterion``, ``name_zh``, ``name_en``, ``households``, ``passed``,
        ``failed``, ``unknown``, ``not_applicable`` (those of the passed it does not
        concern), and the same of persons as ``persons``, ``persons_passed``, ...
        Households without a size add no persons.
    """
    items = [*(c.id for c in standard.criteria), "meets_standard"]
    reasons = [f"{c.id}_reason" for c in standard.criteria]
    names = list(dict.fromkeys([*by, "household_size", *items, *reasons]))
    frame = enter(decisions, "decisions_households", names)
    counted = [f"{_prefix(u)}{i}_{o}" for u in UNITS for i in items for o in OUTCOMES]
    wide = (
        frame.with_columns(*_flags(items))
        .with_columns(*_persons(items))
        .group_by(*by)
        .agg(*(nw.col(c).sum() for c in counted))
        .sort(*by)
        .collect()
        .to_pandas()
    )
    return pd.concat([_long(wide, i, list(by), standard) for i in items], ignore_index=True)


def _prefix(unit: str) -> str:
    return "" if unit == "households" else f"{unit}_"


def _flags(items: list[str]) -> list[nw.Expr]:
    """Return 1 or 0 for every criterion and outcome of a household."""
    flags = []
    for item in items:
        verdict = nw.col(item)
        outcome = {
            "passed": verdict.fill_null(False),
            "failed": (~verdict).fill_null(False),
            "unknown": verdict.is_null(),
        }
        if item != "meets_standard":
            outcome["not_applicable"] = nw.col(f"{item}_reason") == "not_applicable"
        else:
            outcome["not_applicable"] = verdict.fill_null(False) & False
        flags += [flag.cast(nw.Int64).alias(f"{item}_{o}") for o, flag in outcome.items()]
    return flags


def _persons(items: list[str]) -> list[nw.Expr]:
    size = nw.col("household_size").fill_null(0)
    names = [f"{i}_{o}" for i in items for o in OUTCOMES]
    return [(nw.col(n) * size).alias(f"{_prefix('persons')}{n}") for n in names]


def _long(wide: pd.DataFrame, item: str, by: list[str], standard: Standard) -> pd.DataFrame:
    """Return the rows of one criterion."""
    labels = {c.id: (c.name, c.name_en) for c in standard.criteria}
    zh, en = labels.get(item, (standard.name, standard.name_en))
    table = wide[by].assign(criterion=item, name_zh=zh, name_en=en)
    for unit in UNITS:
        outcomes = {o: wide[f"{_prefix(unit)}{item}_{o}"].astype("Int64") for o in OUTCOMES}
        table[unit] = outcomes["passed"] + outcomes["failed"] + outcomes["unknown"]
        table = table.assign(**{f"{_prefix(unit)}{o}": n for o, n in outcomes.items()})
    return table
