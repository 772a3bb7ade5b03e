"""Which interviewer's answers are unusual, given where the interviewer worked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from povexit.errors import SchemaError

#: Limits within which so many interviewers lie by chance (Spiegelhalter 2005).
LEVELS = (0.95, 0.998)
#: So much of either end is drawn in before the spread beyond chance is judged.
WINSOR = 0.1


def interviewers(
    interviews: pd.DataFrame, event: pd.Series, levels: Sequence[float] = LEVELS
) -> pd.DataFrame:
    """Return how often an event occurs with each interviewer, within limits of chance.

    Parameters
    ----------
    interviews
        ``interviewer_id``, ``county_code`` and ``household_group``, a row an interview.
    event
        Whether it occurred, aligned; unknown is left out.
    levels
        Shares of interviewers that lie within the limits if none is unusual.

    Returns
    -------
    pandas.DataFrame
        One row an interviewer and level: ``interviewer_id``, ``name`` (the same), ``n``
        (interviews), ``estimate`` (share with the event), ``expected`` (share expected where
        the interviewer worked), ``target`` (share of all interviews),
        ``even_households`` (interviews, worth less where interviewers differ beyond chance
        anyhow), ``z``, ``level``, ``limit_low``, ``limit_high``, ``is_outside``; the most
        unusual first.

    Raises
    ------
    SchemaError
        If a column is missing.

    Notes
    -----
    What is expected is the share among all interviews of the same county and kind of
    household, so that an interviewer sent to poor households is not unusual for that. Limits
    are binomial with mid-p, widened by the winsorised mean of z squared where that is above 1.
    """
    cells = ["county_code", "household_group"]
    if missing := [c for c in ("interviewer_id", *cells) if c not in interviews]:
        raise SchemaError("a column is missing", where="interviews", expected=missing)
    known = interviews.assign(_event=event.astype("Float64"))
    known = known.dropna(subset=["_event", "interviewer_id", *cells])
    share = known.groupby(cells)["_event"].transform("mean").astype(float)
    parts = known.assign(_expected=share).groupby("interviewer_id")
    found = parts.agg(
        n=("_event", "size"), events=("_event", "sum"), expected=("_expected", "mean")
    ).astype(float)
    return _limits(found.reset_index().assign(target=float(known["_event"].mean())), levels)


def _limits(found: pd.DataFrame, levels: Sequence[float]) -> pd.DataFrame:
    from scipy import stats  # nearly a second to import, and this alone needs it

    chance = stats.binom(found["n"], found["expected"])
    # half of the chance of just as many counts, so that few events are judged fairly
    below = chance.cdf(found["events"] - 1) + chance.pmf(found["events"]) / 2
    z = pd.Series(stats.norm.ppf(below), index=found.index)
    z = z.where((found["expected"] > 0) & (found["expected"] < 1))
    wide = np.sqrt(_overdispersion(z.dropna().to_numpy()))
    parts = []
    for level in levels:
        reach = float(stats.norm.ppf((1 + level) / 2))
        low, high = (chance.ppf(stats.norm.cdf(side * reach * wide)) for side in (-1, 1))
        outside = (z.abs() > reach * wide).astype("boolean").where(z.notna())
        limits = {"limit_low": low / found["n"], "limit_high": high / found["n"]}
        parts.append(found.assign(level=level, **limits, is_outside=outside))
    out = pd.concat(parts).assign(
        estimate=lambda t: t["events"] / t["n"],
        z=z / wide,
        even_households=lambda t: t["n"] / wide**2,
        name=lambda t: t["interviewer_id"],
    )
    order = (z / wide).abs().sort_values(ascending=False, na_position="last").index
    return out.loc[order].drop(columns="events").reset_index(drop=True)


def _overdispersion(z: np.ndarray) -> float:
    """Return by how much interviewers vary more than chance; at least 1."""
    if not z.size:
        return 1.0
    low, high = np.quantile(z, [WINSOR, 1 - WINSOR])
    return max(1.0, float((np.clip(z, low, high) ** 2).mean()))
