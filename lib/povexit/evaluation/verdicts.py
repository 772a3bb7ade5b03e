"""The verdict: on which side of the threshold the one-sided bounds lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from povexit.evaluation.evidence import (
    Evidence,
    Mixture,
    evidence,
    lower,
    p_fails,
    p_meets,
    upper,
)
from povexit.evaluation.further import further_villages
from povexit.evaluation.measures import Measure, decision


def verdict(low: float, high: float, measure: Any) -> str:
    """Return what the bounds of a rate settle.

    Parameters
    ----------
    low, high
        One-sided bounds of the rate, each at the level of the decision; NaN for none.
    measure
        Anything with ``test`` (``<`` or ``>=``) and ``threshold``.

    Examples
    --------
    >>> from povexit.evaluation import measures
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


def bounds(found: Evidence, measure: Measure, tail: float) -> tuple[float, float]:
    """Return the rate's lower and upper bound, each of which errs with chance ``tail``."""
    low, high = lower(found, tail), upper(found, tail)
    return (low, high) if measure.is_of_failings else (1 - high, 1 - low)


def decided_by(low: float, high: float, given: str, measure: Any) -> tuple[float, str]:
    """Return the bound a verdict rests on and its side.

    *Fails* rests on the bound that shows it; the others on the one that has to clear the
    threshold.
    """
    side = "upper" if (measure.test == "<") != (given == "fails") else "lower"
    return (high, "upper") if side == "upper" else (low, "lower")


def judged(found: pd.DataFrame, measure: Measure, level: float | None = None) -> pd.DataFrame:
    """Return estimates with interval, bound and verdict; see `rates`."""
    sure = decision().level
    display = sure if level is None else level
    rows = [_judged(row, measure, display) for row in found.to_dict("records")]
    columns = ("low", "high", "bound", "bound_side", "verdict", "p_meets", "p_fails")
    made = pd.DataFrame(rows, columns=list(columns), index=found.index)
    plain = {"plain_low": found["low"], "plain_high": found["high"]}
    return found.assign(**plain, **{c: made[c] for c in columns}, icc=measure.icc, level=display)


def _judged(row: dict[Any, Any], measure: Measure, display: float) -> tuple[Any, ...]:
    shown, rule = evidence(row, measure), measure.rule
    ends = bounds(shown, measure, (1 - display) / 2)
    low, high = bounds(shown, measure, rule.tail)
    given = verdict(low, high, measure)
    bound, side = decided_by(low, high, given, measure)
    chances = p_meets(shown, rule.threshold), p_fails(shown, rule.threshold)
    return *ends, bound, side, given, *chances


def alone(row: dict[Any, Any], measure: Measure) -> Mixture:
    """Return the evidence of one rate as a mixture of nothing else."""
    return Mixture(0.0, ((1.0, evidence(row, measure)),))


def settled(
    found: pd.DataFrame, shown: Sequence[Mixture], threshold: float, asked: pd.Series
) -> pd.DataFrame:
    """Return judged estimates with the further sample that would settle the open ones.

    ``shown`` is what each row rests on, ``threshold`` that of its share of failings,
    ``asked`` how many households were visited for it.
    """
    more = [
        further_villages(mixture, int(clusters), threshold) if given == "undetermined" else None
        for mixture, clusters, given in zip(shown, found["clusters"], found["verdict"], strict=True)
    ]
    villages = pd.Series(pd.array(more, dtype="Int64"), index=found.index)
    visited = np.ceil(asked / found["clusters"].where(found["clusters"] > 0))
    return found.assign(more_villages=villages, more_households=villages * visited.astype("Int64"))
