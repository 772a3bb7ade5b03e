"""The composite rate 综合贫困发生率: register counts and two sampled rates in one number.

(poor persons left + wrong-exit rate x exited persons + omission rate x unregistered persons)
over the rural population. The counts are taken as known, so the rate is a function of two
sampled rates, both from the same villages. Its standard error is the delta method's, over
both at once. Its bounds add the distances of the two rates' own bounds (Zou & Donner 2008,
with correlation 1, the worst there is): they stand where no event was found, and the delta
method says 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize

from povexit import estimate
from povexit.errors import UnknownNameError
from povexit.evaluation.counts import Counts, checked
from povexit.evaluation.evidence import Evidence, Mixture, evidence
from povexit.evaluation.measures import Composite, Denominator, Measure, decision, edition
from povexit.evaluation.survey import PLACES, STATED, Choices, design, summed, worth
from povexit.evaluation.verdicts import decided_by, settled, verdict

#: Bounds are sought between these chances of error.
TAILS = (1e-6, 0.5)


@dataclass(frozen=True)
class Line:
    """What a composite rate is held against."""

    test: str
    threshold: float


@dataclass(frozen=True, eq=False)
class Part:
    """One sampled rate, such as those of the composite rate: its sums by place."""

    measure: Measure
    sums: estimate.Sums
    ratio: estimate.Ratio

    @cached_property
    def found(self) -> pd.DataFrame:
        """Estimates by place, with the even sample they are worth."""
        return worth(self.sums, self.ratio)

    @property
    def evidence(self) -> list[Evidence]:
        """What the sample shows of the rate, place by place."""
        return [evidence(row, self.measure) for row in self.found.to_dict("records")]


def composite(
    decided: pd.DataFrame,
    counts: pd.DataFrame,
    denominator: str = "rural_population",
    region: str = "west",
    by: Sequence[str] = PLACES,
    choices: Choices = STATED,
    how: estimate.Resampling | str | None = None,
) -> pd.DataFrame:
    """Estimate the composite rate per place, with its interval and verdict.

    Parameters
    ----------
    decided
        ``decisions_survey_households`` of one or more counties.
    counts
        One row a place: ``by``; persons as ``poor_persons`` (still in the register),
        ``exited_persons``, ``unregistered_persons`` (rural), and the population divided by.
    denominator
        Which population: an id of ``edition().composite.denominator``, whose column
        ``counts`` must have (``rural_persons`` for the rural population).
    region
        Whose threshold counts: ``west`` or ``centre``.
    by
        Columns that name the place.
    choices
        As `rates`.
    how
        Where the standard error comes from: the delta method (R's ``svycontrast``) without
        it, replicates such as ``bootstrap`` with it; see `povexit.estimate.replicate`.

    Returns
    -------
    pandas.DataFrame
        One row a place, columns as of `rates`: ``estimate``, ``se``, ``low``, ``high``,
        ``bound``, ``bound_side``, ``verdict``, ``p_meets``, ``p_fails`` (1 where above a
        half), ``more_villages``, ``more_households`` (of both groups), ``denominator``;
        ``n`` and ``unknown`` are those of the rate with fewer households.

    Raises
    ------
    SchemaError
        If a place has no counts or two rows of them, or a count is negative or not a
        number, or the population is zero.
    UnknownNameError
        If there is no such denominator or region.

    Notes
    -----
    A rate whose count is 0 plays no part, whether or not the sample has one. Where a count
    is missing the composite rate is unknown, with ``no_counts`` as its reason.
    """
    parts = sampled(design(decided, choices), by, choices)
    found, places = bounded(parts, counts, denominator, how)
    line = line_of(region)
    sides = [(_meets(p, line.threshold), _fails(p, line.threshold)) for p in places]
    meets, fails = np.array(sides, dtype=float).reshape(-1, 2).T
    given = judged(found, places, line).assign(p_meets=meets, p_fails=fails)
    asked = pd.Series(sum(p.sums.n for p in parts), index=given.index)
    return settled(given, places, line.threshold, asked)


def sampled(drawn: estimate.Design, by: Sequence[str], choices: Choices) -> list[Part]:
    """Return the sums of the rates a composite rate is made of."""
    parts = (Part(m, *summed(drawn, m, by, choices)) for m in edition().measures if is_part(m))
    return list(parts)


def is_part(measure: Measure) -> bool:
    """Return whether the composite rate is made of a measure."""
    return measure.id in edition().composite.parts


def bounded(
    parts: Sequence[Part],
    counts: pd.DataFrame,
    denominator: str,
    how: estimate.Resampling | str | None = None,
) -> tuple[pd.DataFrame, list[Mixture]]:
    """Return the composite rate's estimates, and of each place what its bounds come from."""
    rule = edition().composite
    below = _denominator(rule, denominator)
    known = checked(counts, parts[0].sums.domains, rule, below)
    found = estimate.table(_combined(parts, known, how))
    unseen = (found["reason"] == "") & (found["se"] == 0)
    named = found.assign(
        reason=found["reason"].mask(unseen, "no_events").where(known.known, "no_counts"),
        measure=rule.id,
        name_zh=rule.name,
        name_en=rule.name_en,
        denominator=denominator,
        denominator_zh=below.name,
        denominator_en=below.name_en,
    )
    return named, _places(known, [p.evidence for p in parts])


def judged(found: pd.DataFrame, places: Sequence[Mixture], line: Line) -> pd.DataFrame:
    """Return composite rates with interval, bound and verdict."""
    columns = ["low", "high", "bound", "bound_side", "verdict"]
    rows = [_judged(place, line) for place in places]
    made = pd.DataFrame(rows, columns=columns, index=found.index)
    return found.assign(
        **{c: made[c] for c in columns},
        test=line.test,
        threshold=line.threshold,
        level=decision().level,
    )


def of_rates(shares: Sequence[Any], known: Counts) -> Any:
    """Return the composite rate of wrong-exit and omission rates; one number a place.

    Examples
    --------
    >>> known = Counts(np.array([600.0]), np.array([[4000.0], [35000.0]]), np.array([40000.0]))
    >>> of_rates([np.array([0.01]), np.array([0.005])], known).round(6).tolist()
    [0.020375]
    """
    added = sum(n * share for n, share in zip(known.people, shares, strict=True))
    return (known.remaining + added) / known.population


def _combined(
    parts: Sequence[Part], known: Counts, how: estimate.Resampling | str | None
) -> estimate.Estimates | estimate.Replicates:
    def rate(*shares: Any) -> Any:
        return of_rates(shares, known)

    needed = known.people > 0
    if how is None:
        made = [p.ratio.estimates(p.sums) for p in parts]
        return estimate.combined(rate, [_needed(m, n) for m, n in zip(made, needed, strict=True)])
    drawn = [estimate.resample(p.sums, p.ratio, how) for p in parts]
    again = [
        replace(r, made=_needed(r.made, n), values=np.where(n, r.values, 0.0))
        for r, n in zip(drawn, needed, strict=True)
    ]
    return estimate.combined(rate, again)


def _needed(part: estimate.Estimates, is_needed: Any) -> estimate.Estimates:
    """Return a rate's estimates with 0 and no complaint where nobody is concerned."""
    return replace(
        part,
        value=np.where(is_needed, part.value, 0.0),
        reason=np.where(is_needed, part.reason, ""),
    )


def _places(known: Counts, shown: Sequence[Sequence[Evidence]]) -> list[Mixture]:
    places = []
    for k, population in enumerate(known.population):
        if not known.known[k]:
            places.append(Mixture(float("nan"), ()))
            continue
        weights = known.people[:, k] / population
        parts = tuple((float(w), e[k]) for w, e in zip(weights, shown, strict=True) if w > 0)
        places.append(Mixture(float(known.remaining[k] / population), parts))
    return places


def _judged(place: Mixture, line: Line) -> tuple[Any, ...]:
    tail = 1 - decision().level
    low, high = place.low(tail), place.high(tail)
    given = verdict(low, high, line)
    bound, side = decided_by(low, high, given, line)
    return place.low(tail / 2), place.high(tail / 2), bound, side, given


def _meets(place: Mixture, threshold: float) -> float:
    """Return the chance of error at which the upper bound touches the threshold."""
    return _touching(lambda tail: place.high(tail) - threshold)


def _fails(place: Mixture, threshold: float) -> float:
    """Return the chance of error at which the lower bound touches the threshold."""
    return _touching(lambda tail: threshold - place.low(tail))


def _touching(gap: Any) -> float:
    """Return where a gap that shrinks as the chance of error grows is closed; 1 if never."""
    ends = [gap(tail) for tail in TAILS]
    if np.isnan(ends).any():
        return float("nan")
    if ends[0] < 0:
        return TAILS[0]
    return 1.0 if ends[1] > 0 else float(optimize.brentq(gap, *TAILS, xtol=1e-9))


def line_of(region: str) -> Line:
    """Return what the composite rate of a region's counties is held against.

    Raises
    ------
    UnknownNameError
        If there is no threshold for the region.
    """
    rule = edition().composite
    if region not in rule.thresholds:
        raise UnknownNameError(
            "no threshold for the region", where=region, expected=", ".join(rule.thresholds)
        )
    return Line(rule.test, rule.thresholds[region])


def _denominator(rule: Composite, id: str) -> Denominator:
    found = {d.id: d for d in rule.denominator}
    if id not in found:
        raise UnknownNameError("no such denominator", where=id, expected=", ".join(found))
    return found[id]
