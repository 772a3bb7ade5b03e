"""What a survey says of exits: wrong-exit rate 错退率, omission rate 漏评率, recognition 群众认可度.

The measures, their denominators and thresholds are data (``reference/evaluation.toml``).
Each is a weighted share with the interval of Korn and Graubard, which holds for rare
events; a verdict is given only where the interval lies on one side of the threshold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from povexit import estimate
from povexit.evaluation.measures import Measure, measures

__all__ = ["Measure", "design", "design_facts", "measures", "rates", "verdict", "worded"]

INTERVAL = "beta"
PLACES = ("county_code",)


def design(decided: pd.DataFrame) -> estimate.Design:
    """Return the survey design of interviews: villages drawn within strata of a county.

    Parameters
    ----------
    decided
        ``decisions_survey_households`` of one or more counties.

    Raises
    ------
    DesignError
        If a chance is missing, not above 0 or over 1.

    Notes
    -----
    Villages count as drawn with replacement, so that the households drawn within them
    need no term of their own; intervals are slightly wide for it. A stratum of one
    village is centred at the mean of all villages (``adjust``), which errs on the wide side.
    """
    table = decided.assign(
        _stratum=decided["county_code"] + "|" + decided["stratum"],
        _chance=decided["village_probability"] * decided["household_probability"],
        _persons=decided["household_size"].astype("Float64"),
        **{measure.id: _event(decided, measure) for measure in measures()},
    )
    return estimate.Design(
        table,
        probabilities="_chance",
        strata="_stratum",
        clusters="village_code",
        lonely="adjust",
        ids="interview_id",
    )


def _event(decided: pd.DataFrame, measure: Measure) -> pd.Series:
    """Return 1, 0 or unknown for each household, in persons where persons are counted."""
    answer = decided[measure.column].astype("boolean")
    event = (answer if measure.event == "is_true" else ~answer).astype("Float64")
    return event * decided["household_size"] if measure.unit == "persons" else event


def rates(decided: pd.DataFrame, by: Sequence[str] = PLACES) -> pd.DataFrame:
    """Estimate every measure per place, with its interval and verdict.

    Parameters
    ----------
    decided
        ``decisions_survey_households`` of one or more counties.
    by
        Columns that name the place; none for all together.

    Returns
    -------
    pandas.DataFrame
        One row a measure and place: ``by``, ``measure``, ``name_zh``, ``name_en``,
        ``denominator_zh``, ``denominator_en``; ``estimate``, ``se``, ``df``, ``deff``,
        ``low``, ``high`` (shares of 0 to 1; 95 % interval), ``n`` (households that answered),
        ``unknown`` (those that did not), ``clusters`` (villages), ``threshold``, ``verdict``
        (meets, fails, undetermined) and ``reason`` (a code of `povexit.estimate`, or empty).

    Raises
    ------
    DesignError
        If the sample cannot be weighted.
    """
    drawn = design(decided)
    return pd.concat([_rate(drawn, measure, by) for measure in measures()], ignore_index=True)


def _rate(drawn: estimate.Design, measure: Measure, by: Sequence[str]) -> pd.DataFrame:
    where = {"household_group": measure.group} if measure.group else None
    if measure.unit == "persons":
        found = estimate.ratio(drawn, measure.id, "_persons", list(by), where, INTERVAL)
    else:
        found = estimate.share(drawn, measure.id, list(by), where, INTERVAL)
    named = found.assign(
        measure=measure.id,
        name_zh=measure.name,
        name_en=measure.name_en,
        denominator_zh=measure.denominator,
        denominator_en=measure.denominator_en,
        threshold=measure.threshold,
    )
    bounds = zip(named["low"], named["high"], strict=True)
    return named.assign(verdict=[verdict(low, high, measure) for low, high in bounds])


def verdict(low: float, high: float, measure: Measure) -> str:
    """Return whether an interval lies on one side of a measure's threshold.

    Examples
    --------
    >>> wrong = measures()[0]
    >>> verdict(0.0, 0.012, wrong), verdict(0.001, 0.031, wrong), verdict(0.021, 0.06, wrong)
    ('meets', 'undetermined', 'fails')
    """
    if np.isnan(low) or np.isnan(high):
        return "undetermined"
    if measure.test == "<":
        on_side, off_side = high < measure.threshold, low >= measure.threshold
    else:
        on_side, off_side = low >= measure.threshold, high < measure.threshold
    return "meets" if on_side else "fails" if off_side else "undetermined"


def worded(found: pd.DataFrame, lang: str = "zh") -> pd.DataFrame:
    """Return estimates with ``name`` and ``reason`` in words, as tables and sentences take them."""
    told = [estimate.reason_label(code, lang) if code else "" for code in found["reason"]]
    return found.assign(name=found[f"name_{lang}"], reason=told)


def design_facts(found: pd.DataFrame) -> dict[str, Any]:
    """Return what a reader must know of the design behind a table of `rates`.

    Returns
    -------
    dict
        ``n`` and ``unknown`` of the measure asked of everyone, most ``clusters``; least
        and most ``df``, and the largest ``deff`` that could be computed (or missing).
    """
    everyone = next(m.id for m in measures() if not m.group)
    asked = found[found["measure"] == everyone]
    return {
        "n": int(asked["n"].sum() + asked["unknown"].sum()),
        "clusters": int(asked["clusters"].sum()),
        "df_low": int(found["df"].min()),
        "df_high": int(found["df"].max()),
        "deff": float(found["deff"].max()),
        "unknown": int(found["unknown"].sum()),
    }
