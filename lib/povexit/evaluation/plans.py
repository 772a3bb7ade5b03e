"""Designing next year's sample: acceptance numbers, operating characteristics, costs.

Formulas and an example: ``docs/methods/sample_design.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from povexit.evaluation.measures import Rule
from povexit.evaluation.settle import (
    MOST_VILLAGES,
    Sample,
    accepted,
    chance_to_fail,
    chance_to_meet,
    first,
    refused,
)
from povexit.evaluation.strata import refuse
from povexit.evaluation.tails import Even, at_most


@dataclass(frozen=True)
class Field:
    """What is expected of the field, beside the rule.

    Parameters
    ----------
    clustering
        Intra-class correlation expected to be true. Without it the rule's ``icc``, the
        worst that is guarded against.
    evenness
        Even households a household visited is worth (1 with equal weights and sizes);
        an earlier sample's ``even_households / n``.
    strata
        Into how many strata the villages fall; each costs a degree of freedom.

    Raises
    ------
    DesignError
        If a number cannot be.
    """

    clustering: float | None = None
    evenness: float = 1.0
    strata: int = 1

    def __post_init__(self) -> None:
        refuse(not 0 <= (self.clustering or 0) < 1, "clustering", "0 or more and below 1")
        refuse(not 0 < self.evenness <= 1, "evenness", "above 0 and at most 1")
        refuse(self.strata < 1, "strata", "1 or more")

    def sample(self, villages: int, households: int, rule: Rule) -> Sample:
        """Return a sample of so many households in each of so many villages."""
        uneven = 1 / self.evenness - 1
        size = max(villages * households * self.evenness, float(villages))
        # the weights of a village's households add up to sums that are unequal too, but less
        even = villages / (1 + uneven / households)
        alike = rule.icc if self.clustering is None else self.clustering
        return Sample(size, even, float(villages - self.strata), alike)


PLAIN = Field()


def acceptance_size(events: int, rule: Rule) -> int:
    """Return how many independent households are needed to accept with so many failing.

    The smallest n for which as few failings have a chance of at most 5 % at the threshold
    (``rule.level`` 0.95): Clopper and Pearson's bound. Before the design effect.

    Examples
    --------
    >>> [acceptance_size(events, Rule(0.02, 0.0)) for events in range(6)]
    [149, 236, 313, 386, 456, 523]
    """
    refuse(events < 0, "events", "0 or more")

    def accepts(size: int) -> bool:
        return at_most(events, Even(float(size), size), rule.threshold, 0.0) <= rule.tail

    found = first(accepts, events + 1, 10_000_000)
    assert found is not None  # some size always does: the chance falls to 0
    return found


def acceptance_number(villages: int, households: int, rule: Rule, field: Field = PLAIN) -> int:
    """Return with how many failing households at most a sample meets the rule; -1 with none.

    Parameters
    ----------
    villages, households
        How many villages, and households in each.
    rule
        Threshold and what is guarded against.
    field
        What is expected of the field.

    Raises
    ------
    DesignError
        If there is no village or household.

    Examples
    --------
    >>> rule, field = Rule(0.02, 0.15), Field(clustering=0.02)
    >>> [acceptance_number(villages, 20, rule, field) for villages in (20, 30, 50, 100)]
    [-1, 1, 6, 20]
    """
    _check_size(villages, households)
    return accepted(field.sample(villages, households, rule), rule)


def operating_characteristic(
    villages: int,
    households: int,
    rule: Rule,
    true_rates: Sequence[float],
    field: Field = PLAIN,
) -> pd.DataFrame:
    """Return how likely each verdict is, by the true share of failings.

    Parameters
    ----------
    villages, households, rule, field
        As `acceptance_number`.
    true_rates
        Shares of 0 to 1.

    Returns
    -------
    pandas.DataFrame
        ``true_rate``, and the chances of ``meets``, ``fails`` and ``undetermined``.

    Raises
    ------
    DesignError
        If there is no village or household, or a rate is no share.

    Examples
    --------
    >>> rule, field = Rule(0.02, 0.15), Field(clustering=0.02)
    >>> found = operating_characteristic(60, 20, rule, [0.005, 0.02, 0.06], field)
    >>> found["meets"].round(3).tolist(), found["fails"].round(3).tolist()
    ([0.883, 0.002, 0.0], [0.0, 0.003, 1.0])
    """
    _check_size(villages, households)
    refuse(any(not 0 <= r <= 1 for r in true_rates), "true_rates", "0 to 1")
    sample = field.sample(villages, households, rule)
    meets = np.array([chance_to_meet(sample, rule, rate) for rate in true_rates])
    fails = np.array([chance_to_fail(sample, rule, rate) for rate in true_rates])
    return pd.DataFrame(
        {
            "true_rate": list(true_rates),
            "meets": meets,
            "fails": fails,
            "undetermined": 1 - meets - fails,
        }
    )


def sample_options(
    true_rate: float,
    rule: Rule,
    households: Sequence[int],
    cost: tuple[float, float],
    field: Field = PLAIN,
) -> pd.DataFrame:
    """Return the samples that settle a question with the power wanted, cheapest first.

    Parameters
    ----------
    true_rate
        Share of failings at which the verdict shall come: *meets* below the threshold,
        *fails* above it.
    rule
        Threshold, level, power and the clustering guarded against.
    households
        Numbers of households a village that are possible.
    cost
        Of a village, and of a household in it; any unit.
    field
        What is expected of the field.

    Returns
    -------
    pandas.DataFrame
        One row a number of households a village: ``households_per_village``, ``villages``,
        ``households``, ``accept`` (*meets* with as many failing households at most; -1:
        never), ``refuse`` (*fails* from as many on), ``power``, ``cost``.
        Null where no number of villages does.

    Raises
    ------
    DesignError
        If the rate is no share or lies at the threshold, or a cost is negative.

    Examples
    --------
    >>> rule, field = Rule(0.02, 0.15), Field(clustering=0.02)
    >>> found = sample_options(0.002, rule, [5, 10, 20, 30], (300.0, 40.0), field)
    >>> found[["villages", "households_per_village", "accept", "cost"]].iloc[0].tolist()
    [38, 10, 1, 26600]
    """
    refuse(not 0 <= true_rate <= 1, "true_rate", "0 to 1")
    refuse(
        true_rate == rule.threshold, "true_rate", "off the threshold: no sample tells them apart"
    )
    refuse(min(cost) < 0, "cost", "0 or more")
    rows = [_option(true_rate, rule, each, cost, field) for each in households]
    return pd.DataFrame(rows).convert_dtypes().sort_values("cost", ignore_index=True)


def _option(
    true_rate: float, rule: Rule, households: int, cost: tuple[float, float], field: Field
) -> dict[str, float | None]:
    """Return the smallest sample of so many households a village, or nulls."""
    _check_size(1, households)
    chance = chance_to_meet if true_rate < rule.threshold else chance_to_fail

    def settles(villages: int) -> bool:
        return chance(field.sample(villages, households, rule), rule, true_rate) >= rule.power

    villages = first(settles, 2, MOST_VILLAGES)
    row: dict[str, float | None] = {"households_per_village": households, "villages": villages}
    if villages is None:
        return {**row, **dict.fromkeys(("households", "accept", "refuse", "power", "cost"))}
    sample = field.sample(villages, households, rule)
    return {
        **row,
        "households": villages * households,
        "accept": accepted(sample, rule),
        "refuse": refused(sample, rule),
        "power": chance(sample, rule, true_rate),
        "cost": villages * (cost[0] + households * cost[1]),
    }


def _check_size(villages: int, households: int) -> None:
    refuse(villages < 1, "villages", "1 or more")
    refuse(households < 1, "households", "1 or more")
