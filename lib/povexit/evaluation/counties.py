"""Many counties at once: adjusted verdicts, ranks with their uncertainty, funnel limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from povexit.errors import DesignError, UnknownNameError
from povexit.evaluation.evidence import evidence
from povexit.evaluation.measures import Measure, decision, measures
from povexit.evaluation.tails import least_events, most_events


def adjusted(found: pd.DataFrame, method: str = "holm") -> pd.DataFrame:
    """Return verdicts that allow for how many places were judged at once.

    Parameters
    ----------
    found
        From `rates` or `composite`: ``measure``, ``p_meets``, ``p_fails``.
    method
        ``holm`` keeps the chance of any wrong *meets* (and of any wrong *fails*) among the
        places of a measure at 5 % (Holm 1979); ``bh`` keeps the expected share of wrong
        ones among the verdicts given (Benjamini & Hochberg 1995).

    Returns
    -------
    pandas.DataFrame
        ``found`` with ``p_meets_adjusted``, ``p_fails_adjusted`` and ``verdict_adjusted``.
        Places without an estimate were not judged and do not count.

    Raises
    ------
    UnknownNameError
        If there is no such method.

    Examples
    --------
    >>> p = pd.DataFrame({"measure": "a", "p_meets": [0.01, 0.04, 0.9], "p_fails": [1.0, 1.0, 0.02]})
    >>> adjusted(p)["verdict_adjusted"].tolist(), adjusted(p, "bh")["p_meets_adjusted"].round(2).tolist()
    (['meets', 'undetermined', 'undetermined'], [0.03, 0.06, 0.9])
    """
    if method not in ADJUSTMENTS:
        raise UnknownNameError("no such adjustment", where=method, expected=", ".join(ADJUSTMENTS))
    change = ADJUSTMENTS[method]
    sides = {
        f"{side}_adjusted": found.groupby("measure", sort=False)[side].transform(change)
        for side in ("p_meets", "p_fails")
    }
    tail = 1 - decision().level
    meets, fails = (p <= tail for p in sides.values())
    verdict = np.select([meets, fails], ["meets", "fails"], "undetermined")
    return found.assign(**sides, verdict_adjusted=verdict)


def holm(p: pd.Series) -> pd.Series:
    """Return Holm's adjusted p-values, R's ``p.adjust(p, "holm")``; missing ones stay so.

    Examples
    --------
    >>> holm(pd.Series([0.01, 0.04, 0.03])).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    known = p.dropna().sort_values()
    steps = np.arange(len(known), 0, -1)
    return (known * steps).cummax().clip(upper=1.0).reindex(p.index)


def benjamini_hochberg(p: pd.Series) -> pd.Series:
    """Return Benjamini and Hochberg's, R's ``p.adjust(p, "BH")``; missing ones stay so.

    Examples
    --------
    >>> benjamini_hochberg(pd.Series([0.01, 0.04, 0.03])).round(2).tolist()
    [0.03, 0.04, 0.04]
    """
    known = p.dropna().sort_values(ascending=False)
    steps = len(known) / np.arange(len(known), 0, -1)
    return (known * steps).cummin().clip(upper=1.0).reindex(p.index)


ADJUSTMENTS = {"holm": holm, "bh": benjamini_hochberg}


def joint_level(places: int, level: float | None = None) -> float:
    """Return the level at which each of several independent intervals is to be computed.

    Together they then hold with ``level`` (that of the decision without it): Šidák.

    Examples
    --------
    >>> round(joint_level(12, 0.95), 5)
    0.99573
    """
    return float((decision().level if level is None else level) ** (1 / max(places, 1)))


def ranks(found: pd.DataFrame, level: float | None = None) -> pd.DataFrame:
    """Return between which ranks each place lies, all of them at once.

    Parameters
    ----------
    found
        From `rates` at the joint level of its places: ``rates(decided,
        level=joint_level(12))``.
    level
        Confidence of all ranks together; that of the decision without it.

    Returns
    -------
    pandas.DataFrame
        ``found`` with ``rank_low`` and ``rank_high``; rank 1 is the highest estimate. A
        place without an estimate may have any rank.

    Raises
    ------
    DesignError
        If the intervals were computed at a lower level than the joint one.

    Notes
    -----
    Klein, Wright & Wieczorek (2020): a place stands above those whose joint interval lies
    wholly below its own. Simple, and sound without normality; intervals of ranks by
    pairwise differences (Mogstad et al. 2024) are narrower where estimates are normal,
    which rates of 2 % are not.
    """
    parts = [_ranked(part, level) for _, part in found.groupby("measure", sort=False)]
    return pd.concat(parts).loc[found.index] if parts else found.assign(rank_low=0, rank_high=0)


def _ranked(found: pd.DataFrame, level: float | None) -> pd.DataFrame:
    wanted = joint_level(len(found), level)
    if (found["level"] < wanted - 1e-9).any():
        raise DesignError(
            "ranks need intervals that hold together",
            where="level",
            expected=f"{wanted:.5f}",
            found=f"{found['level'].min():.5f}",
            hint="compute the rates with level=joint_level(number of places)",
        )
    low, high = found["low"].to_numpy(float), found["high"].to_numpy(float)
    above = (low[None, :] > high[:, None]).sum(axis=1)
    below = (high[None, :] < low[:, None]).sum(axis=1)
    return found.assign(rank_low=1 + above, rank_high=len(found) - below)


def funnel(
    found: pd.DataFrame, levels: Sequence[float] = (0.95, 0.998), target: float | None = None
) -> pd.DataFrame:
    """Return the limits of a funnel plot: how far off a target chance alone may lead.

    Parameters
    ----------
    found
        From `rates`.
    levels
        Shares of places that lie within the limits if all have the target's rate
        (Spiegelhalter 2005: 95 % and 99.8 %).
    target
        The common rate; without it that of all places of a measure together, by their
        even households.

    Returns
    -------
    pandas.DataFrame
        One row a place and level: the columns of ``found`` that name it, ``measure``,
        ``even_households`` (the plot's abscissa), ``estimate``, ``target``, ``level``,
        ``limit_low``, ``limit_high``, ``is_outside`` (missing without an estimate). The
        limits allow for the clustering assumed or, where it is more, seen in the sample.

    Raises
    ------
    DesignError
        If a level or the target is no share.
    """
    if not all(0 < x < 1 for x in [*levels, *([] if target is None else [target])]):
        raise DesignError(
            "a funnel's levels and target are shares", where="levels, target", expected="0 to 1"
        )
    parts = [_funnel(part, levels, target) for _, part in found.groupby("measure", sort=False)]
    return pd.concat(parts, ignore_index=True)


def _funnel(found: pd.DataFrame, levels: Sequence[float], target: float | None) -> pd.DataFrame:
    measure = next(m for m in measures() if m.id == found["measure"].iloc[0])
    centre = _together(found) if target is None else target
    named = found.drop(columns=["level", "low", "high"])
    parts = []
    for level in levels:
        ends = [_limits(row, measure, centre, level) for row in found.to_dict("records")]
        low, high = np.array(ends, dtype=float).reshape(-1, 2).T
        outside = ((found["estimate"] < low) | (found["estimate"] > high)).astype("boolean")
        parts.append(
            named.assign(
                target=centre,
                level=level,
                limit_low=low,
                limit_high=high,
                is_outside=outside.where(found["estimate"].notna()),
            )
        )
    return pd.concat(parts)


def _together(found: pd.DataFrame) -> float:
    weight = found["even_households"].where(found["estimate"].notna())
    return (
        float((found["estimate"] * weight).sum() / weight.sum()) if weight.sum() else float("nan")
    )


def _limits(
    row: dict[Any, Any], measure: Measure, target: float, level: float
) -> tuple[float, float]:
    """Return the shares beyond which a place is off the target, on the measure's own side."""
    shown = evidence(row, measure)
    share = target if measure.is_of_failings else 1 - target
    if np.isnan(shown.share) or not 0 < share < 1:
        return float("nan"), float("nan")
    icc, tail = max(shown.icc, shown.clustering), (1 - level) / 2
    few = max(most_events(shown.even, share, icc, tail), 0.0) / shown.households
    many = min(least_events(shown.even, share, icc, tail) / shown.households, 1.0)
    return (few, many) if measure.is_of_failings else (1 - many, 1 - few)
