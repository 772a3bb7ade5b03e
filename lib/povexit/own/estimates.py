"""What a survey of one's own says: the measures of the county reports, of everyone and by group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from povexit import estimate, poverty
from povexit.errors import SurveyError
from povexit.estimate import Design, Interval
from povexit.geography import resolve_county
from povexit.own.survey import Survey
from povexit.privacy import SMALLEST_SHOWN, suppress_small
from povexit.schema import nearest

QUANTILES = (0.1, 0.5, 0.9)
#: The measures in the order they are shown.
MEASURES = (
    "fgt0",
    "fgt1",
    "fgt2",
    "mean",
    "p10",
    "p50",
    "p90",
    "gini",
    "theil",
    "s80s20",
)
#: Those that are amounts of money; all others are shares or ratios.
AMOUNTS = ("mean", "p10", "p50", "p90")
_NUMBERS = ["estimate", "se", "df", "deff", "low", "high", "population", "clusters"]
_MONEY = ("welfare", "household_size")


def estimates(
    survey: Survey, by: str | Sequence[str] = (), level: float = 0.95, masked: bool = True
) -> pd.DataFrame:
    """Return poverty, welfare and inequality with intervals, of everyone or by group.

    Parameters
    ----------
    survey
        From `read`.
    by
        A group of the mapping, or several crossed; everyone without it.
    level
        Confidence of the intervals.
    masked
        Whether groups of fewer than ten households are masked.

    Returns
    -------
    pandas.DataFrame
        A row a measure and group: the ``by`` columns; ``measure`` (``fgt0`` headcount, ``fgt1``
        gap, ``fgt2`` squared gap, ``mean``, ``p10``, ``p50``, ``p90``, ``gini``, ``theil``,
        ``s80s20``), counted in persons, amounts a year; the columns of
        `povexit.estimate.table`; ``status`` (shown, suppressed, unknown).

    Raises
    ------
    SurveyError
        If the mapping has no such group; the nearest is named.
    """
    groups = _groups(survey, by)
    interval = Interval("beta", level)
    wald = Interval("wald", level)
    parts = [
        poverty.measure(survey.design, _measures(survey), by=groups, interval=interval),
        _mean(survey, groups, wald),
        _quantiles(survey, groups, wald),
    ]
    found = pd.concat(parts, ignore_index=True).drop(columns="outside")
    found["measure"] = pd.Categorical(found["measure"], MEASURES, ordered=True)
    found = found.sort_values([*groups, "measure"], kind="stable", ignore_index=True)
    found["measure"] = found["measure"].astype("str")
    return _masked(found, masked)


def _groups(survey: Survey, by: str | Sequence[str]) -> list[str]:
    groups = [by] if isinstance(by, str) else list(by)
    for group in groups:
        if group not in survey.groups:
            raise SurveyError(
                "the mapping has no such group",
                where=f"{survey.mapping.where}, [groups]",
                expected=", ".join(survey.groups) or "none is mapped",
                found=group,
                hint=nearest(group, survey.groups) if survey.groups else None,
            )
    return groups


def _measures(survey: Survey) -> list[Any]:
    unequal = [poverty.Gini(*_MONEY), poverty.GE(*_MONEY, 1), poverty.QuintileRatio(*_MONEY)]
    line = survey.line
    poor = [] if line is None else [poverty.FGT(*_MONEY, line, alpha) for alpha in (0, 1, 2)]
    return [*poor, *unequal]


def by_persons(survey: Survey) -> Design:
    """Return the design in which a household counts its persons; unknown ones have no answer.

    The frame's ``welfare`` is unknown where the size is, so that the weight put in its place
    plays no part.
    """
    frame = survey.frame
    size = frame["household_size"].fillna(1.0)
    known = frame["welfare"].where(frame["household_size"].notna())
    made = frame.assign(person_weight=frame["weight"] * size, welfare=known)
    return Survey(made, survey.mapping, survey.found, survey.where).weighted("person_weight")


def _mean(survey: Survey, groups: list[str], interval: Interval) -> pd.DataFrame:
    frame = survey.frame
    made = frame.assign(whole=frame["welfare"] * frame["household_size"])
    design = Survey(made, survey.mapping, survey.found, survey.where).design
    found = estimate.ratio(design, "whole", "household_size", by=groups, interval=interval)
    return found.assign(measure="mean")


def _quantiles(survey: Survey, groups: list[str], interval: Interval) -> pd.DataFrame:
    found = estimate.quantile(
        by_persons(survey), "welfare", QUANTILES, by=groups, interval=interval
    )
    names = {q: f"p{round(100 * q)}" for q in QUANTILES}
    found["measure"] = found.pop("q").map(names)
    return found


def _masked(found: pd.DataFrame, masked: bool) -> pd.DataFrame:
    """Mask each measure's groups of few households; a group is hidden in all measures or none."""
    if not masked:
        return found.assign(status=np.where(found["estimate"].isna(), "unknown", "shown"))
    parts = [
        suppress_small(part, "n", _NUMBERS, SMALLEST_SHOWN)
        for _, part in found.groupby("measure", sort=False)
    ]
    whole = pd.concat(parts).sort_index()
    silent = whole["estimate"].isna() & (whole["status"] == "shown")
    return whole.assign(status=whole["status"].mask(silent, "unknown"))


def overview(survey: Survey, level: float = 0.95, masked: bool = True) -> pd.DataFrame:
    """Return `estimates` of everyone and of every group of the mapping, one below another.

    Parameters
    ----------
    survey, level, masked
        As `estimates`.

    Returns
    -------
    pandas.DataFrame
        As `estimates`, with ``group`` (its name in the mapping; empty for everyone) and
        ``value`` in place of the groups' own columns.
    """
    parts = [estimates(survey, (), level, masked).assign(group="", value="")]
    for group in survey.groups:
        found = estimates(survey, group, level, masked)
        parts.append(found.rename(columns={group: "value"}).assign(group=group))
    whole = pd.concat(parts, ignore_index=True)
    front = ["group", "value", "measure"]
    return whole[[*front, *(c for c in whole if c not in front)]]


def for_map(survey: Survey, group: str, measure: str = "fgt0", level: float = 0.95) -> pd.DataFrame:
    """Return one measure by county as a map takes it; groups are matched by any county's name.

    Parameters
    ----------
    survey, level
        As `estimates`.
    group
        The group of the mapping whose values are counties, by name or code.
    measure
        One of `MEASURES`.

    Returns
    -------
    pandas.DataFrame
        ``county_code``, ``value``, ``low``, ``high``, ``n``, ``status``: for
        `povexit.maps.choropleth`.

    Raises
    ------
    SurveyError
        If there is no such measure.
    UnknownNameError
        If a value is no county known here; the nearest are named.
    """
    found = estimates(survey, group, level)
    if measure not in set(found["measure"]):
        known = [m for m in MEASURES if m in set(found["measure"])]
        raise SurveyError("no such measure", expected=", ".join(known), found=measure)
    rows = found[(found["measure"] == measure) & found[group].notna()]
    codes = [resolve_county(value) for value in rows[group]]
    made = rows.assign(county_code=codes, value=rows["estimate"])
    names = ["county_code", "value", "low", "high", "n", "status"]
    return made[names].reset_index(drop=True)


def deprivations(
    survey: Survey, by: str | Sequence[str] = (), level: float = 0.95, masked: bool = True
) -> pd.DataFrame:
    """Return the Alkire-Foster measures of the mapping's deprivations.

    Parameters
    ----------
    survey, by, level, masked
        As `estimates`.

    Returns
    -------
    pandas.DataFrame
        As `povexit.poverty.multidimensional`, and ``status``.

    Raises
    ------
    SurveyError
        If the mapping has no deprivations, or no such group.
    """
    if survey.index is None:
        raise SurveyError(
            "the mapping has no deprivations",
            where=survey.mapping.where,
            expected="[[deprivations.indicator]] with name, column and is, below or above",
        )
    groups = _groups(survey, by)
    found = poverty.multidimensional(
        survey.design,
        survey.index,
        survey.mapping.cutoff,
        by=groups,
        interval=Interval("logit", level),
    )
    if not masked:
        return _masked(found, False)
    kinds = found["measure"] + found["indicator"].fillna("").astype(str)
    masked_parts = [_masked(part, True) for _, part in found.groupby(kinds, sort=False)]
    return pd.concat(masked_parts).sort_index()


def distribution(survey: Survey, bins: int = 40) -> pd.DataFrame:
    """Return how persons are distributed over welfare, in bins of equal width.

    The last bin also holds all beyond it: the richest two in a hundred.

    Returns
    -------
    pandas.DataFrame
        ``low``, ``high`` (a year), ``share`` of persons (0 to 1), ``n`` households. A last row
        without edges holds those whose welfare is unknown: their share is of all households.
    """
    frame = survey.frame
    known = frame.dropna(subset=["welfare", "household_size"])
    welfare = known["welfare"].to_numpy(float)
    persons = (known["weight"] * known["household_size"]).to_numpy(float)
    order = np.argsort(welfare)
    upto = np.cumsum(persons[order]) / persons.sum()
    top = welfare[order][np.searchsorted(upto, 0.98)]
    edges = np.linspace(min(welfare.min(), 0.0), top, bins + 1)
    inside = np.clip(welfare, edges[0], edges[-1])
    share, _ = np.histogram(inside, edges, weights=persons / persons.sum())
    count, _ = np.histogram(inside, edges)
    found = pd.DataFrame({"low": edges[:-1], "high": edges[1:], "share": share, "n": count})
    lost = len(frame) - len(known)
    last = {"low": np.nan, "high": np.nan, "share": lost / len(frame), "n": lost}
    return pd.concat([found, pd.DataFrame([last])], ignore_index=True)
