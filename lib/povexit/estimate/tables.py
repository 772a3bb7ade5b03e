"""Estimates as a tidy table: one row a domain, every number with what it rests on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from povexit.errors import DesignError
from povexit.estimate.intervals import Interval, Seen, as_interval, share_bounds, student
from povexit.estimate.read import Codes, Flags
from povexit.estimate.replicates import Replicates
from povexit.estimate.scores import Estimates, standard_errors

COLUMNS = (
    "estimate",
    "se",
    "df",
    "deff",
    "low",
    "high",
    "n",
    "unknown",
    "population",
    "clusters",
    "reason",
)


def table(made: Estimates | Replicates, interval: Interval | str = "wald") -> pd.DataFrame:
    """Return estimates with standard errors and intervals.

    Parameters
    ----------
    made
        From an estimator, or from `resample`.
    interval
        A method's name or an `Interval`; shares take any method, others ``wald``.

    Returns
    -------
    pandas.DataFrame
        One row a domain: its ``by`` columns; ``estimate``, ``se``, ``df`` (clusters
        less strata, with answers in the domain), ``deff`` (against a simple random
        sample of as many rows without replacement, R's default), ``low``, ``high``,
        ``n`` (rows answered), ``unknown`` (rows without an answer), ``population``
        (their weights' sum: rows of the population that ``n`` stands for),
        ``clusters``, ``reason`` (a code for `reason_label`, or empty).

    Raises
    ------
    DesignError
        If the design has a stratum of one cluster and forbids it, or a method for
        shares is asked of something else.
    """
    wanted = as_interval(interval)
    lost: Flags = np.zeros(1, dtype=bool)
    if isinstance(made, Replicates):
        lost = np.asarray(~made.kept.all(axis=0))
        (se, number, df), made = made.standard_errors(), made.made
    else:
        se, number, df = standard_errors(made)
    if wanted.method != "wald" and not made.is_share:
        raise DesignError(
            "this interval is for shares", where=wanted.method, hint='use interval="wald"'
        )
    seen = Seen(made.value, se, df, made.n, made.effective)
    if made.is_share:
        low, high = share_bounds(seen, wanted)
    else:
        low, high = student(made.value, se, df, wanted)
    with np.errstate(divide="ignore", invalid="ignore"):
        deff = np.where(made.srs_variance > 0, se**2 / made.srs_variance, np.nan)
    reason = _reasons(made, seen, number, wanted, lost)
    columns = (made.value, se, df, deff, low, high, made.n, made.unknown, made.population)
    return _framed(made.domains, (*columns, number, reason))


def _framed(domains: pd.DataFrame, columns: tuple[Any, ...]) -> pd.DataFrame:
    *numbers, reason = columns
    named = dict(zip(COLUMNS, (*numbers, pd.array(reason, dtype="str")), strict=True))
    return pd.DataFrame({c: domains[c].array for c in domains} | named)


def _reasons(made: Estimates, seen: Seen, clusters: Codes, interval: Interval, lost: Flags) -> Any:
    """Return each domain's reason; what was found first, and weighs most, stands."""
    ordered: list[tuple[str, Any]] = [
        ("lonely_strata", np.isnan(seen.se) & ~lost),
        ("no_df", seen.df <= 0),
    ]
    if made.is_share:
        skewed = interval.method == "exact" and _ignored(made, clusters)
        ordered += [
            ("ignores_design", skewed),
            ("no_events", seen.value == 0),
            ("all_events", seen.value == 1),
            ("no_variation", seen.unvaried),
        ]
    ordered.append(("lost_replicates", lost))
    reason = made.reason
    for code, holds in ordered:
        reason = np.where((reason == "") & holds, code, reason)
    return reason


def _ignored(made: Estimates, clusters: Codes) -> Flags:
    return (made.n > made.effective * (1 + 1e-9)) | (clusters < made.n)
