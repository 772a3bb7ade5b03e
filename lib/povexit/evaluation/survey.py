"""The survey behind the measures: its design, and estimates with what they rest on.

The choices a rate depends on, and on which the documents are silent, are arguments:
`Choices`. Whoever wants to know what they are worth asks `specifications`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from povexit import estimate
from povexit.errors import UnknownNameError
from povexit.evaluation.measures import Measure, measures, weightings

PLACES = ("county_code",)
UNITS = ("stated", "other")
MISSING = ("left_out", "failing", "meeting")


@dataclass(frozen=True)
class Choices:
    """What has to be chosen to compute a rate.

    Parameters
    ----------
    unit
        ``stated`` counts persons or households as the measure says, ``other`` the other.
    weighting
        For whom the sample speaks; an id of `weightings`.
    lonely
        Rule for a stratum of one village; see `povexit.estimate.Design`.
    missing
        A household without an answer is ``left_out``, or counted as ``failing`` or ``meeting``.

    Raises
    ------
    UnknownNameError
        If there is no such choice.
    """

    unit: str = "stated"
    weighting: str = "county"
    lonely: str = "adjust"
    missing: str = "left_out"

    def __post_init__(self) -> None:
        known = {"unit": UNITS, "weighting": tuple(weightings()), "missing": MISSING}
        for name, options in known.items():
            if getattr(self, name) not in options:
                raise UnknownNameError(
                    "no such choice",
                    where=name,
                    expected=", ".join(options),
                    found=getattr(self, name),
                )


STATED = Choices()


def design(decided: pd.DataFrame, choices: Choices = STATED) -> estimate.Design:
    """Return the survey design of interviews: villages drawn within strata of a county.

    Parameters
    ----------
    decided
        ``decisions_survey_households`` of one or more counties.
    choices
        Weighting, lonely strata, missing answers, unit.

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
    chance = pd.Series(1.0, index=decided.index)
    for name in weightings()[choices.weighting].chances:
        chance = chance * decided[name]
    table = decided.assign(
        _stratum=decided["county_code"] + "|" + decided["stratum"],
        _chance=chance,
        _persons=decided["household_size"].astype("Float64"),
        _households=1.0,
        **{m.id: _events(decided, m, choices) for m in measures()},
    )
    return estimate.Design(
        table,
        probabilities="_chance",
        strata="_stratum",
        clusters="village_code",
        lonely=choices.lonely,
        ids="interview_id",
    )


def counted(measure: Measure, choices: Choices) -> str:
    """Return the unit in which a measure is counted, ``persons`` or ``households``."""
    other = {"persons": "households", "households": "persons"}
    return measure.unit if choices.unit == "stated" else other[measure.unit]


def _events(decided: pd.DataFrame, measure: Measure, choices: Choices) -> pd.Series:
    """Return what each household adds to the event: its persons, or 1; 0; or unknown."""
    answer = decided[measure.column].astype("boolean")
    event = answer if measure.event == "is_true" else ~answer
    if choices.missing != "left_out":
        event = event.fillna((choices.missing == "failing") == measure.is_of_failings)
    number = event.astype("Float64")
    return number * decided["household_size"] if counted(measure, choices) == "persons" else number


def summed(
    drawn: estimate.Design, measure: Measure, by: Sequence[str], choices: Choices
) -> tuple[estimate.Sums, estimate.Ratio]:
    """Return a measure's sums by place, and the ratio they are summed for."""
    where = {"household_group": measure.group} if measure.group else None
    ratio = estimate.Ratio(measure.id, f"_{counted(measure, choices)}")
    return estimate.sums(drawn, ratio.names, list(by), where), ratio


def estimated(
    drawn: estimate.Design, measure: Measure, by: Sequence[str], choices: Choices
) -> pd.DataFrame:
    """Return estimates of a measure by place, with the even sample they are worth.

    Returns
    -------
    pandas.DataFrame
        As `povexit.estimate.table`, with ``even_households`` and ``even_villages``: as
        many of equal weight tell as much as these do (Kish: the square of the sum of
        weights over the sum of their squares).
    """
    return worth(*summed(drawn, measure, by, choices))


def worth(sums: estimate.Sums, ratio: estimate.Ratio) -> pd.DataFrame:
    """Return `estimated` of sums in hand."""
    found = estimate.ratio(sums, ratio.y, ratio.x, interval="beta")
    households, villages = even_sample(sums, ratio)
    return found.assign(even_households=households, even_villages=villages)


def even_sample(sums: estimate.Sums, ratio: estimate.Ratio) -> tuple[np.ndarray, np.ndarray]:
    """Return of each place how many even households and villages a sample is worth."""
    under = estimate.Total(ratio.x).estimates(sums)
    squares = np.bincount(under.cells.domain, under.scores**2, minlength=under.cells.domains)
    villages = np.full(len(squares), np.nan)
    np.divide(under.value**2, squares, out=villages, where=squares > 0)
    return ratio.estimates(sums).effective, villages


def villages(decided: pd.DataFrame, by: Sequence[str] = PLACES) -> pd.DataFrame:
    """Return how many villages each place has, by the chances with which its sample was drawn.

    Returns
    -------
    pandas.DataFrame
        One row a place: ``by`` and ``villages``; each village visited stands for as many as
        the inverse of its chance.
    """
    visited = decided.drop_duplicates([*by, "village_code"])
    each = visited.assign(villages=1 / visited["village_probability"])
    return each.groupby(list(by))[["villages"]].sum().round().reset_index()
